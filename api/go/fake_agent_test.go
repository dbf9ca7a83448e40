package lars

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"example.com/lars/internal/wire"
)

// useMS is how long the fake agent's hosts may be used.
const useMS = 20

// patience is the timeout of clients whose agent answers, on whatever machine.
const patience = 30 * time.Second

// ports differ from process to process: an agent that is away must not find
// another one on its ports.
var ports = newRandom()

// fakeAgent is an agent with one route, (1, 1), whose hosts it hands out in
// turn. It can be taken away, and come back on the same ports.
type fakeAgent struct {
	t     testing.TB
	first int

	mu      sync.Mutex
	conns   []*net.UDPConn
	hosts   []netip.AddrPort
	picks   int
	results []wire.CallResult
	// datagrams that came.
	datagrams int
	// programs that are registered, by instance.
	programs map[string]wire.RegisterRequest
	// said are the ids of the requests of programs.
	said []wire.MessageID
	// status is the answer to a program that is ready.
	status wire.InstanceStatus
	// older tells that it knows no registrations, drains that those that leave are
	// never done.
	older, drains bool
}

func newFakeAgent(t testing.TB, hosts ...netip.AddrPort) *fakeAgent {
	t.Helper()
	for tries := 0; tries < 100; tries++ {
		agent := &fakeAgent{
			t: t, first: 20_000 + ports.Intn(10_000), hosts: hosts,
			programs: map[string]wire.RegisterRequest{},
			status:   wire.InstanceStatus{State: wire.Served, HeartbeatMS: 100},
		}
		if agent.listen() == nil {
			t.Cleanup(agent.goAway)
			return agent
		}
	}
	t.Fatal("no three free ports")
	return nil
}

func (a *fakeAgent) address() string { return fmt.Sprintf("127.0.0.1:%d", a.first) }

func (a *fakeAgent) listen() error {
	for i := 0; i < agentServers; i++ {
		conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: a.first + i})
		if err != nil {
			a.goAway()
			return err
		}
		a.mu.Lock()
		a.conns = append(a.conns, conn)
		a.mu.Unlock()
		go a.serve(conn)
	}
	return nil
}

// goAway closes the ports, as an agent that was killed.
func (a *fakeAgent) goAway() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, conn := range a.conns {
		conn.Close()
	}
	a.conns = nil
}

func (a *fakeAgent) comeBack() {
	a.t.Helper()
	if err := a.listen(); err != nil {
		a.t.Fatal(err)
	}
}

func (a *fakeAgent) serve(conn *net.UDPConn) {
	buffer := make([]byte, wire.DatagramBytesMax)
	for {
		size, from, err := conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		id, body, err := wire.Decode(buffer[:size])
		if err != nil {
			a.t.Errorf("a malformed datagram: %x", buffer[:size])
			return
		}
		answerID, answer, err := a.answer(id, body)
		if err != nil {
			a.t.Errorf("a malformed message %d: %x", id, body)
			return
		}
		if answer != nil {
			conn.WriteToUDPAddrPort(wire.Encode(answerID, answer), from)
		}
	}
}

func (a *fakeAgent) answer(id wire.MessageID, body []byte) (wire.MessageID, wire.Message, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.datagrams++
	switch id {
	case wire.GetHostRequestID:
		var request wire.GetHostRequest
		err := request.Unmarshal(body)
		a.results = append(a.results, request.Results...)
		return wire.GetHostResponseID, a.pick(&request), err
	case wire.ReportRequestID:
		var report wire.ReportRequest
		err := report.Unmarshal(body)
		if report.Host != nil {
			a.results = append(a.results, wire.CallResult{Host: *report.Host, ReturnCode: report.ReturnCode, DurationUS: report.DurationUS})
		}
		a.results = append(a.results, report.More...)
		return 0, nil, err
	case wire.RegisterRequestID, wire.BeatRequestID, wire.DeregisterRequestID:
		if a.older {
			return 0, nil, nil
		}
		a.said = append(a.said, id)
		answer, err := a.answerProgram(id, body)
		return id + 1, answer, err
	default:
		var request wire.GetRouteRequest
		err := request.Unmarshal(body)
		answer := &wire.GetRouteResponse{ModID: request.ModID, CmdID: request.CmdID}
		if request.ModID == 1 && request.CmdID == 1 {
			for _, host := range a.hosts {
				answer.Hosts = append(answer.Hosts, wire.NewHostInfo(host))
			}
		}
		return wire.GetRouteResponseID, answer, err
	}
}

func (a *fakeAgent) answerProgram(id wire.MessageID, body []byte) (wire.Message, error) {
	if id == wire.RegisterRequestID {
		var program wire.RegisterRequest
		err := program.Unmarshal(append([]byte(nil), body...))
		a.programs[string(program.Instance)] = program
		return a.statusOf(program.Seq, program.Instance), err
	}
	var request wire.InstanceRequest
	err := request.Unmarshal(append([]byte(nil), body...))
	name := string(request.Instance)
	if id == wire.DeregisterRequestID {
		delete(a.programs, name)
		return &wire.Deregistered{Seq: request.Seq, Instance: request.Instance, Done: !a.drains}, err
	}
	if program, isKnown := a.programs[name]; isKnown {
		program.NotReady = request.Number != 0
		a.programs[name] = program
	}
	return a.statusOf(request.Seq, request.Instance), err
}

func (a *fakeAgent) statusOf(seq uint32, instance []byte) *wire.InstanceStatus {
	status := a.status
	if program, isKnown := a.programs[string(instance)]; !isKnown {
		status.State = wire.Unknown
	} else if program.NotReady {
		status.State = wire.NotReady
	}
	status.Seq, status.Instance = seq, instance
	return &status
}

// with changes it while it answers nothing.
func (a *fakeAgent) with(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *fakeAgent) pick(request *wire.GetHostRequest) *wire.GetHostResponse {
	answer := &wire.GetHostResponse{Seq: request.Seq, ModID: request.ModID, CmdID: request.CmdID}
	if request.ModID != 1 || request.CmdID != 1 || len(a.hosts) == 0 {
		answer.ReturnCode = wire.NoSuchRoute
		return answer
	}
	next := func() wire.HostInfo {
		a.picks++
		return wire.NewHostInfo(a.hosts[a.picks%len(a.hosts)])
	}
	host := next()
	answer.Host = &host
	if request.Count > 0 {
		answer.UseMS = useMS
		for i := uint32(1); i < request.Count; i++ {
			answer.More = append(answer.More, next())
		}
	}
	return answer
}

// counts are the results that came, by whether the call succeeded.
func (a *fakeAgent) counts() (succeeded, failed, unused int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, result := range a.results {
		switch {
		case result.Unused:
			unused++
		case result.ReturnCode == 0:
			succeeded++
		default:
			failed++
		}
	}
	return succeeded, failed, unused
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(ms) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

func open(t testing.TB, agent *fakeAgent, set ...Option) *Client {
	t.Helper()
	client, err := Open(append([]Option{WithAgent(agent.address()), WithTimeout(patience)}, set...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}
