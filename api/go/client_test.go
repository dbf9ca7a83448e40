package lars

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"reflect"
	"sync"
	"testing"
	"time"

	"example.com/lars/internal/wire"
)

var background = context.Background()

func TestCallReportsSuccessFailureAndPanic(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	client := open(t, agent)
	err := client.Call(background, 1, 1, func(_ context.Context, host Host) error {
		if host != (Host{AddrPort: hostA}) || host.String() != "10.0.0.1:80" {
			t.Errorf("called %v", host)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	broken := errors.New("broken")
	err = client.Call(background, 1, 1, func(context.Context, Host) error { return broken })
	if err != broken {
		t.Errorf("%v, want what the call returned", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		client.Call(background, 1, 1, func(context.Context, Host) error { panic("broken") })
	}()
	eventually(t, "three reports", func() bool {
		succeeded, failed, _ := agent.counts()
		return succeeded == 1 && failed == 2
	})
	for _, result := range agent.results {
		if result.DurationUS == 0 {
			t.Errorf("not measured: %+v", result)
		}
	}
}

func TestACallThatRunsIntoItsDeadlineFails(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	client := open(t, agent)
	ctx, cancel := context.WithTimeout(background, 500*ms)
	defer cancel()
	err := client.Call(ctx, 1, 1, func(ctx context.Context, _ Host) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	eventually(t, "a failure", func() bool {
		_, failed, _ := agent.counts()
		return failed == 1
	})
}

func TestACallThatIsCanceledIsTakenBack(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	client := open(t, agent)
	// Only agents that batch have a word for it: have the client find out.
	var callers sync.WaitGroup
	for i := 0; i < 10; i++ {
		callers.Add(1)
		go func() {
			defer callers.Done()
			client.GetHost(background, 1, 1)
		}()
	}
	callers.Wait()
	eventually(t, "the client knows its agent", func() bool {
		client.GetHost(background, 1, 1)
		client.mu.Lock()
		defer client.mu.Unlock()
		return client.link.batching == batches
	})
	ctx, cancel := context.WithCancel(background)
	err := client.Call(ctx, 1, 1, func(ctx context.Context, _ Host) error {
		cancel()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	eventually(t, "an unused host", func() bool {
		_, failed, unused := agent.counts()
		return unused == 1 && failed == 0
	})
}

func TestManyGoroutinesShareDatagrams(t *testing.T) {
	const goroutines, calls = 50, 100
	agent := newFakeAgent(t, hostA, hostB)
	client := open(t, agent)
	var running sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		running.Add(1)
		go func() {
			defer running.Done()
			for call := 0; call < calls; call++ {
				if err := client.Call(background, 1, 1, func(context.Context, Host) error { return nil }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	running.Wait()
	eventually(t, "every report", func() bool {
		succeeded, _, _ := agent.counts()
		return succeeded+int(client.Counters().Unconfirmed) == goroutines*calls
	})
	agent.mu.Lock()
	defer agent.mu.Unlock()
	if agent.datagrams > goroutines*calls {
		t.Errorf("%d datagrams for %d calls and reports", agent.datagrams, goroutines*calls)
	}
}

func TestNoHostErrors(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	client := open(t, agent)
	_, err := client.GetHost(background, 7, 7)
	var none *NoHostError
	if !errors.As(err, &none) || *none != (NoHostError{7, 7, ErrNoRoute}) {
		t.Errorf("%v", err)
	}
	if want := "lars: no host for (7, 7): the agent knows no such route"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	canceled, cancel := context.WithCancel(background)
	cancel()
	if _, err := client.GetHost(canceled, 1, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := client.GetRoute(background, 7, 7); !errors.Is(err, ErrNoRoute) {
		t.Errorf("%v", err)
	}
	if err := client.Register(background, 7, 7); !errors.Is(err, ErrNoRoute) {
		t.Errorf("%v", err)
	}
	client.Close()
	if err := client.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	if _, err := client.GetHost(background, 1, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	if err := client.Report(1, 1, CallResult{Host: Host{AddrPort: hostA}}); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
}

func TestGetRouteListsEveryHost(t *testing.T) {
	client := open(t, newFakeAgent(t, hostA, hostB))
	if err := client.Register(background, 1, 1); err != nil {
		t.Fatal(err)
	}
	hosts, err := client.GetRoute(background, 1, 1)
	want := []RouteHost{{Host: Host{AddrPort: hostA}}, {Host: Host{AddrPort: hostB}}}
	if err != nil || !reflect.DeepEqual(hosts, want) {
		t.Errorf("%v, %v, want %v", hosts, err, want)
	}
}

func TestWithoutAnAgentItFailsAtOnce(t *testing.T) {
	agent := newFakeAgent(t)
	agent.goAway()
	// It would take an hour to time out.
	client := open(t, agent, WithTimeout(time.Hour))
	if _, err := client.GetHost(background, 1, 1); !errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
	if client.AgentUp() {
		t.Error("the agent is up")
	}
	agent.comeBack()
	agent.mu.Lock()
	agent.hosts = []netip.AddrPort{hostA}
	agent.mu.Unlock()
	eventually(t, "a host", func() bool {
		_, err := client.GetHost(background, 1, 1)
		return err == nil
	})
	if !client.AgentUp() {
		t.Error("the agent is away")
	}
}

func TestAnAgentThatGoesAwayCostsNoCall(t *testing.T) {
	agent := newFakeAgent(t, hostA, hostB)
	client := open(t, agent)
	if err := client.Register(background, 1, 1); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var callers sync.WaitGroup
	for i := 0; i < 20; i++ {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for {
				select {
				case <-stop:
					return
				case <-time.After(ms):
				}
				if err := client.Call(background, 1, 1, func(context.Context, Host) error { return nil }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	eventually(t, "calls", func() bool { return client.Counters().Answered > 50 })
	agent.goAway()
	eventually(t, "stand-ins", func() bool { return client.Counters().StandIns > 100 })
	if client.AgentUp() {
		t.Error("the agent is up")
	}
	agent.comeBack()
	eventually(t, "the agent is back", client.AgentUp)
	answered := client.Counters().Answered
	eventually(t, "calls again", func() bool { return client.Counters().Answered > answered+50 })
	close(stop)
	callers.Wait()
}

func TestOpenRefusesWrongOptions(t *testing.T) {
	for want, option := range map[string]Option{
		"lars: cannot open client as the timeout must be above 0: current value is 0s":                WithTimeout(0),
		"lars: cannot open client as tries must be 1 to 1000: current value is 0":                     WithTries(0),
		"lars: cannot open client as the stand-in must be 0 or longer: current value is -1ns":         WithStandIn(-1),
		"lars: cannot open client as the agent's port must be 1 to 65533: current value is \"65534\"": WithAgent("127.0.0.1:65534"),
		"lars: cannot open client: address 127.0.0.1: missing port in address":                        WithAgent("127.0.0.1"),
	} {
		if client, err := Open(option); err == nil || err.Error() != want {
			t.Errorf("%v, %v, want %q", client, err, want)
		}
	}
}

func TestTheEnvironmentNamesTheAgent(t *testing.T) {
	agent := newFakeAgent(t, hostA)
	t.Setenv("LARS_AGENT", agent.address())
	client, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.GetHost(background, 1, 1); err != nil {
		t.Error(err)
	}
}

func TestReportRefusesHostsThatCannotBe(t *testing.T) {
	client := open(t, newFakeAgent(t, hostA))
	for _, host := range []string{"0.0.0.0:80", "10.0.0.1:0", "[::1]:80"} {
		if client.Report(1, 1, CallResult{Host: Host{AddrPort: netip.MustParseAddrPort(host)}}) == nil {
			t.Errorf("%s was reported", host)
		}
	}
	if client.Report(1, 1, CallResult{}) == nil {
		t.Error("no host was reported")
	}
	mapped := Host{AddrPort: netip.MustParseAddrPort("[::ffff:10.0.0.1]:80")}
	if err := client.Report(1, 1, CallResult{Host: mapped}); err != nil {
		t.Error(err)
	}
}

func TestDurationsAreMicroseconds(t *testing.T) {
	for duration, want := range map[time.Duration]uint32{
		-1: 0, 0: 0, 1: 1, 999: 1, 1500 * time.Microsecond: 1500, 100 * time.Hour: 1<<32 - 1,
	} {
		if got := durationUS(duration); got != want {
			t.Errorf("%v: %d, want %d", duration, got, want)
		}
	}
}

func TestDialConnectsAndReports(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	agent := newFakeAgent(t, netip.MustParseAddrPort(listener.Addr().String()))
	client := open(t, agent)
	conn, err := client.Dial(background, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	eventually(t, "a report", func() bool {
		succeeded, failed, _ := agent.counts()
		return succeeded == 1 && failed == 0
	})
}

func TestMalformedDatagramsAreDropped(t *testing.T) {
	client := open(t, newFakeAgent(t, hostA))
	for _, datagram := range [][]byte{
		nil,
		{5, 0, 0, 0, 9, 0, 0, 0, 1},
		wire.Encode(99, &wire.GetHostResponse{}),
		{5, 0, 0, 0, 1, 0, 0, 0, 0xff},
		{8, 0, 0, 0, 1, 0, 0, 0, 0xff},
	} {
		client.do(func(now time.Duration) { client.link.receive(0, datagram, now) })
	}
	if got := client.Counters().Malformed; got != 5 {
		t.Errorf("%d malformed", got)
	}
}

func BenchmarkCall(b *testing.B) {
	client := open(b, newFakeAgent(b, hostA, hostB))
	for name, parallelism := range map[string]int{"1 in flight": 0, "64 in flight": 32} {
		b.Run(name, func(b *testing.B) {
			call := func() {
				if err := client.Call(background, 1, 1, func(context.Context, Host) error { return nil }); err != nil {
					b.Error(err)
				}
			}
			if parallelism == 0 {
				for i := 0; i < b.N; i++ {
					call()
				}
				return
			}
			b.SetParallelism(parallelism)
			b.RunParallel(func(loop *testing.PB) {
				for loop.Next() {
					call()
				}
			})
		})
	}
}
