package lars

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/lars/internal/wire"
)

// told are the states of an instance in their order.
type told struct {
	mu     sync.Mutex
	states []State
}

func (t *told) add(state State, _ string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.states = append(t.states, state)
}

func (t *told) has(wanted State) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, state := range t.states {
		if state == wanted {
			return true
		}
	}
	return false
}

// serving registers a program that leaves at once, unless it says otherwise.
func serving(t *testing.T, agent *fakeAgent, service Service) *Instance {
	t.Helper()
	service.Routes, service.Port = []Route{{1, 2}, {3, 4}}, 8080
	if service.Drain == 0 {
		service.Drain = -1
	}
	instance, err := Serve(background, service, WithAgent(agent.address()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { instance.Close(background) })
	return instance
}

func assertState(t *testing.T, instance *Instance, want State) {
	t.Helper()
	if state, reason := instance.State(); state != want {
		t.Fatalf("got %v (%s), want %v", state, reason, want)
	}
}

func TestServeRegistersBeatsAndLeaves(t *testing.T) {
	agent := newFakeAgent(t)
	var states told
	instance := serving(t, agent, Service{
		IP: netip.MustParseAddr("10.0.0.5"), Weight: 7, Check: "http:/h", Tags: []string{"a"},
		OnChange: states.add,
	})
	assertState(t, instance, Served)
	id := instance.ID()
	agent.with(func() {
		program := agent.programs[string(id[:])]
		if len(program.Routes) != 2 || program.Routes[1] != (wire.RouteKey{ModID: 3, CmdID: 4}) || program.Port != 8080 ||
			program.IP != 0x0a000005 || program.Weight != 7 || program.Check != wire.CheckHTTP || program.Path != "/h" {
			t.Errorf("%+v", program)
		}
	})
	eventually(t, "two beats", func() (beats bool) {
		agent.with(func() { beats = len(agent.said) > 2 && agent.said[2] == wire.BeatRequestID })
		return beats
	})
	if err := instance.Close(background); err != nil {
		t.Fatal(err)
	}
	<-instance.Done()
	assertState(t, instance, Closed)
	agent.with(func() {
		if len(agent.programs) != 0 {
			t.Error("it is still registered")
		}
	})
	if !states.has(Leaving) || !states.has(Closed) {
		t.Error(states.states)
	}
	if err := instance.Ready(background); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestServeNamesWhatTheAgentLooksAt(t *testing.T) {
	for _, c := range []struct {
		check string
		kind  uint32
		path  string
	}{
		{"none", wire.CheckNone, ""},
		{"tcp", wire.CheckTCP, ""},
		{"https:/h", wire.CheckHTTPS, "/h"},
	} {
		service := Service{Routes: []Route{{1, 2}}, Port: 80, Check: c.check}
		request, err := service.request()
		if err != nil || request.Check != c.kind || request.Path != c.path {
			t.Errorf("%s: %+v, %v", c.check, request, err)
		}
	}
}

func TestServeSaysWhetherItIsReady(t *testing.T) {
	instance := serving(t, newFakeAgent(t), Service{NotReady: true})
	assertState(t, instance, NotReady)
	if err := instance.Ready(background); err != nil {
		t.Fatal(err)
	}
	assertState(t, instance, Served)
	if err := instance.NotReady(background); err != nil {
		t.Fatal(err)
	}
	assertState(t, instance, NotReady)
}

func TestServeRegistersAgainWithAnAgentThatWasAway(t *testing.T) {
	agent := newFakeAgent(t)
	instance := serving(t, agent, Service{})
	agent.goAway()
	agent.with(func() { agent.programs = map[string]wire.RegisterRequest{} })
	eventually(t, "it is away", func() bool {
		state, _ := instance.State()
		return state == AgentAway
	})
	heard := make(chan error)
	go func() { heard <- instance.NotReady(background) }()
	agent.comeBack()
	if err := <-heard; err != nil {
		t.Fatal(err)
	}
	assertState(t, instance, NotReady)
	cancelled, cancel := context.WithCancel(background)
	cancel()
	agent.goAway()
	if err := instance.Ready(cancelled); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestServeTellsWhatAPersonDid(t *testing.T) {
	agent := newFakeAgent(t)
	var states told
	instance := serving(t, agent, Service{OnChange: states.add})
	agent.with(func() { agent.status.State, agent.status.Reason = wire.Drained, "by ann: disk" })
	eventually(t, "it hears", func() bool { return states.has(Drained) })
	if _, reason := instance.State(); reason != "by ann: disk" {
		t.Error(reason)
	}
}

func TestServeLeavesInTimeWhateverTheAgentSays(t *testing.T) {
	agent := newFakeAgent(t)
	agent.with(func() { agent.drains = true })
	instance := serving(t, agent, Service{Drain: time.Hour})
	ctx, cancel := context.WithCancel(background)
	left := make(chan error)
	go func() { left <- instance.Close(ctx) }()
	eventually(t, "it leaves", func() bool {
		state, _ := instance.State()
		return state == Leaving
	})
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	assertState(t, instance, Closed)
}

func TestServeIsNotAccepted(t *testing.T) {
	agent := newFakeAgent(t)
	serve := func(ctx context.Context) error {
		_, err := Serve(ctx, Service{Routes: []Route{{1, 2}}, Port: 80}, WithAgent(agent.address()))
		return err
	}
	agent.with(func() { agent.status.State, agent.status.Reason = wire.Refused, "it is off" })
	if err := serve(background); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "it is off") {
		t.Error(err)
	}
	agent.with(func() { agent.older = true })
	if err := serve(background); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	agent.goAway()
	ctx, cancel := context.WithCancel(background)
	cancel()
	if err := serve(ctx); !errors.Is(err, ErrUnreachable) {
		t.Error(err)
	}
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	routes := []Route{{1, 2}}
	for _, service := range []Service{
		{Routes: routes},
		{Routes: routes, Port: 65_536},
		{Port: 80},
		{Routes: routes, Port: 80, Weight: -1},
		{Routes: routes, Port: 80, TTL: -1},
		{Routes: routes, Port: 80, Check: "tcp:80"},
		{Routes: routes, Port: 80, IP: netip.MustParseAddr("::1")},
	} {
		if instance, err := Serve(background, service); err == nil {
			instance.Close(background)
			t.Errorf("%+v", service)
		}
	}
}
