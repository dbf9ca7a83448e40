package lars

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"example.com/lars/internal/wire"
)

// Errors of [Serve].
var (
	// ErrRefused tells that the agent does not accept the program; the message
	// says why.
	ErrRefused = errors.New("the agent refuses it")
	// ErrUnsupported tells that the agent answers other requests, but does not
	// know registrations: it is of the original system, or an older one.
	ErrUnsupported = errors.New("the agent does not know registrations")
)

// unsupportedMin is how often in a row an agent must answer another request but not
// this one until it is believed that it does not know it.
const unsupportedMin = 2

// drainDefault is the Drain of a [Service] that has none.
const drainDefault = 5 * time.Second

// Route names a route.
type Route struct {
	ModID, CmdID int32
}

// Service is what a program serves. Port and a route are needed; the rest has
// defaults.
type Service struct {
	// Routes are 1 to 32.
	Routes []Route
	// Port is where the program listens.
	Port int
	// IP is the IPv4 address that callers use; without it the machine's own, as
	// its agent knows it.
	IP netip.Addr
	// Weight is the relative capacity, 1 to 10,000; 0 is unset, like 100.
	Weight int
	// Zone it stands in; without it the agent's.
	Zone string
	// TTL is the time after which the agent takes it out when it hears nothing of
	// the program; 0 is 15 s.
	TTL time.Duration
	// Check is what the agent looks at: "none" or empty, "tcp", "http:/PATH",
	// "https:/PATH", whose certificate may be any, or "pid", which is this process.
	Check string
	// Drain is the longest time that leaving takes: until all callers have told
	// that their calls have ended. 0 is 5 s, and less than 0 none.
	Drain time.Duration
	// Version and Tags are for people, in printable ASCII.
	Version string
	Tags    []string
	// NotReady starts it without calls, until [Instance.Ready].
	NotReady bool
	// OnChange is called when its state changes, in a goroutine of the instance.
	OnChange func(state State, reason string)
}

// Serve registers this program as a host of routes, and keeps it registered until
// [Instance.Close]. It returns when the agent of this machine has accepted; an
// agent that does not answer is waited for until ctx is done.
//
// Only when the instance is closed is the program to stop listening: callers then
// know. The options are those of [Open] that say where the agent is.
func Serve(ctx context.Context, service Service, set ...Option) (*Instance, error) {
	o, err := newOptions(set)
	if err != nil {
		return nil, err
	}
	request, err := service.request()
	if err != nil {
		return nil, err
	}
	servers, err := resolveAgent(o.agent)
	if err != nil {
		return nil, err
	}
	link, err := openRegistrations(servers[0], o)
	if err != nil {
		return nil, err
	}
	accepted, err := register(ctx, link, &request)
	if err != nil {
		link.close()
		return nil, fmt.Errorf("lars: cannot serve %v: %w", service.Routes, err)
	}
	return newInstance(link, request, service.OnChange, accepted), nil
}

func (s *Service) request() (wire.RegisterRequest, error) {
	request := wire.RegisterRequest{
		Instance: make([]byte, 16),
		Port:     int32(s.Port),
		Weight:   uint32(s.Weight),
		Zone:     s.Zone,
		TTLMS:    uint32(s.TTL.Milliseconds()),
		DrainMS:  uint32(s.Drain.Milliseconds()),
		Version:  s.Version,
		Tags:     s.Tags,
		NotReady: s.NotReady,
	}
	if s.Drain == 0 {
		request.DrainMS = uint32(drainDefault.Milliseconds())
	} else if s.Drain < 0 {
		request.DrainMS = 0
	}
	if s.Port < 1 || s.Port > 0xffff || s.Weight < 0 || s.TTL < 0 || len(s.Routes) == 0 {
		return request, fmt.Errorf("lars: cannot serve without a route and a port from 1 to 65535, or with a negative weight or TTL: current values are %v, %d, %d and %v", s.Routes, s.Port, s.Weight, s.TTL)
	}
	for _, route := range s.Routes {
		request.Routes = append(request.Routes, wire.RouteKey(route))
	}
	if s.IP.IsValid() {
		if !s.IP.Unmap().Is4() {
			return request, fmt.Errorf("lars: cannot serve as the ip must be an IPv4 address: current value is %v", s.IP)
		}
		request.IP = wire.NewHostInfo(netip.AddrPortFrom(s.IP, 1)).IP
	}
	switch check := s.Check; {
	case check == "" || check == "none":
	case check == "tcp":
		request.Check = wire.CheckTCP
	case check == "pid":
		request.Check, request.PID = wire.CheckPID, uint32(os.Getpid())
	case strings.HasPrefix(check, "http:/"):
		request.Check, request.Path = wire.CheckHTTP, strings.TrimPrefix(check, "http:")
	case strings.HasPrefix(check, "https:/"):
		request.Check, request.Path = wire.CheckHTTPS, strings.TrimPrefix(check, "https:")
	default:
		return request, fmt.Errorf("lars: cannot serve as the check must be none, tcp, http:/PATH, https:/PATH or pid: current value is %q", check)
	}
	_, err := rand.Read(request.Instance)
	return request, err
}

// register asks until the agent has accepted.
func register(ctx context.Context, link *registrationLink, request *wire.RegisterRequest) (*wire.InstanceStatus, error) {
	unsupported := 0
	for pause := 100 * time.Millisecond; ; pause = shortest(2*pause, awayPause) {
		if status := link.register(request); status != nil {
			if status.State == wire.Refused {
				return nil, fmt.Errorf("%w: %s", ErrRefused, status.Reason)
			}
			return status, nil
		}
		if link.isAnswering(request.Routes[0]) {
			unsupported++
		} else {
			unsupported = 0
		}
		if unsupported == unsupportedMin {
			return nil, ErrUnsupported
		}
		timer := time.NewTimer(shorten(pause, 2))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("%w: %v", ErrUnreachable, ctx.Err())
		}
	}
}

// shorten takes up to a part of a pause away, at random.
func shorten(pause time.Duration, part int64) time.Duration {
	return pause - time.Duration(mathrand.Int63n(int64(pause)/part+1))
}

// registrationLink is a socket for the requests of one instance, one at a time.
type registrationLink struct {
	conn    *net.UDPConn
	timeout time.Duration
	tries   int
	seq     uint32
}

func openRegistrations(agent netip.AddrPort, o options) (*registrationLink, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(agent))
	if err != nil {
		return nil, fmt.Errorf("lars: cannot open client: %w", err)
	}
	return &registrationLink{conn: conn, timeout: o.timeout, tries: o.tries, seq: mathrand.Uint32()}, nil
}

func (l *registrationLink) close() { l.conn.Close() }

// register is nil without an answer, as are those that follow.
func (l *registrationLink) register(request *wire.RegisterRequest) *wire.InstanceStatus {
	l.seq++
	request.Seq = l.seq
	status := &wire.InstanceStatus{}
	isMine := func() bool { return l.isMine(status.Seq, status.Instance, request.Instance) }
	if !l.ask(wire.RegisterRequestID, request, wire.RegisterResponseID, status, isMine) {
		return nil
	}
	return status
}

func (l *registrationLink) beat(instance []byte, notReady bool) *wire.InstanceStatus {
	request := l.about(instance, 0)
	if notReady {
		request.Number = 1
	}
	status := &wire.InstanceStatus{}
	isMine := func() bool { return l.isMine(status.Seq, status.Instance, instance) }
	if !l.ask(wire.BeatRequestID, request, wire.BeatResponseID, status, isMine) {
		return nil
	}
	return status
}

func (l *registrationLink) deregister(instance []byte, drainMS uint32) *wire.Deregistered {
	answer := &wire.Deregistered{}
	isMine := func() bool { return l.isMine(answer.Seq, answer.Instance, instance) }
	if !l.ask(wire.DeregisterRequestID, l.about(instance, drainMS), wire.DeregisterResponseID, answer, isMine) {
		return nil
	}
	return answer
}

// isAnswering tells whether the agent answers the request that each takes.
func (l *registrationLink) isAnswering(route wire.RouteKey) bool {
	request := &wire.GetRouteRequest{ModID: route.ModID, CmdID: route.CmdID}
	always := func() bool { return true }
	return l.ask(wire.GetRouteRequestID, request, wire.GetRouteResponseID, &wire.GetRouteResponse{}, always)
}

func (l *registrationLink) about(instance []byte, number uint32) *wire.InstanceRequest {
	l.seq++
	return &wire.InstanceRequest{Seq: l.seq, Instance: instance, Number: number}
}

func (l *registrationLink) isMine(seq uint32, instance, wanted []byte) bool {
	return seq == l.seq && string(instance) == string(wanted)
}

// ask sends a request, and again while there is no answer; false if there is none
// to any try.
func (l *registrationLink) ask(id wire.MessageID, request wire.Message, answerID wire.MessageID, answer wire.Message, isMine func() bool) bool {
	frame := wire.Encode(id, request)
	for try := 0; try < l.tries; try++ {
		if _, err := l.conn.Write(frame); err != nil {
			// Of an earlier datagram that was refused: this one has not left.
			continue
		}
		if l.receive(answerID, answer, isMine) {
			return true
		}
	}
	return false
}

func (l *registrationLink) receive(answerID wire.MessageID, answer wire.Message, isMine func() bool) bool {
	l.conn.SetReadDeadline(time.Now().Add(l.timeout))
	buffer := make([]byte, wire.DatagramBytesMax)
	for {
		size, err := l.conn.Read(buffer)
		if err != nil {
			// Late, or nothing listens at the agent's port.
			return false
		}
		id, body, err := wire.Decode(buffer[:size])
		if err == nil && id == answerID && answer.Unmarshal(body) == nil && isMine() {
			return true
		}
	}
}
