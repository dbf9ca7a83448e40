package lars

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/lars/internal/wire"
)

const (
	// registerTries bounds the requests of Register.
	registerTries = 3
	// registerPause is the time between two of them, in which the agent pulls
	// the route.
	registerPause = 50 * time.Millisecond
)

// Client asks an agent which host to call, and reports how the call went. It is
// safe for any number of goroutines.
//
// A lost datagram is sent again: WithTries times with a timeout of WithTimeout
// each. Goroutines that ask for a route while a request for it is on its way
// wait for that answer, at most 1 ms, and share the next request, which also
// carries the results of calls. Hosts are never asked for in advance.
//
// When the agent refuses a datagram or answers no try, the client stands in for
// it: GetHost returns a host from memory at once, marked StandIn, results of
// calls are kept, the last 64 of a route, and one probe every 100 ms finds out
// when the agent is back.
type Client struct {
	conns  [agentServers]*net.UDPConn
	opened time.Time
	reads  sync.WaitGroup

	sent, sendFailures atomic.Uint64

	mu   sync.Mutex
	link *agentLink
	// timer fires at timerAt, if timerSet.
	timer    *time.Timer
	timerAt  time.Duration
	timerSet bool
}

// Counters tell what a client did so far.
type Counters struct {
	// Sent are datagrams that left; SendFailures those that the system did not
	// take.
	Sent, SendFailures uint64
	// Resent are requests that were sent again, as no answer had come in time.
	Resent uint64
	// Answered are answers to requests; one may have been for several callers.
	Answered uint64
	// Late are answers to no request that waits; Malformed are datagrams that
	// are no answer at all.
	Late, Malformed uint64
	// Timeouts are requests without an answer to their last try.
	Timeouts uint64
	// Refused are requests above 65,536 that wait.
	Refused uint64
	// Shared are callers who waited for a request that they shared.
	Shared uint64
	// Unused are hosts that were picked and given back.
	Unused uint64
	// Unconfirmed are results in requests that stayed unanswered: the agent
	// may have missed them.
	Unconfirmed uint64
	// StandIns are hosts that the client picked itself, as the agent was away.
	StandIns uint64
	// Downs is how often one of the agent's three servers went away.
	Downs uint64
}

// Open opens a client of an agent. It fails if an option is out of its range, if
// the agent's name cannot be resolved, or if there is no socket; not if there is
// no agent.
func Open(set ...Option) (*Client, error) {
	o, err := newOptions(set)
	if err != nil {
		return nil, err
	}
	servers, err := resolveAgent(o.agent)
	if err != nil {
		return nil, err
	}
	c := &Client{opened: time.Now(), link: newAgentLink(o, newRandom())}
	for i, server := range servers {
		// Connected: the system drops what others send, and tells at once when
		// nothing listens there.
		c.conns[i], err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(server))
		if err != nil {
			for _, conn := range c.conns[:i] {
				conn.Close()
			}
			return nil, fmt.Errorf("lars: cannot open client: %w", err)
		}
	}
	c.timer = time.AfterFunc(time.Hour, c.onTimer)
	c.timer.Stop()
	c.reads.Add(agentServers)
	for i := range c.conns {
		go c.read(i)
	}
	return c, nil
}

// newRandom returns a source of randomness that differs from process to process.
func newRandom() *rand.Rand {
	var seed [8]byte
	if _, err := crand.Read(seed[:]); err != nil {
		return rand.New(rand.NewSource(time.Now().UnixNano()))
	}
	return rand.New(rand.NewSource(int64(binary.LittleEndian.Uint64(seed[:]))))
}

// GetHost returns the host to call now. Report how the call went, or use
// [Client.Call], which does both. An error is a [*NoHostError].
func (c *Client) GetHost(ctx context.Context, modID, cmdID int32) (Host, error) {
	if err := ctx.Err(); err != nil {
		return Host{}, &NoHostError{modID, cmdID, err}
	}
	key := routeKey{modID, cmdID}
	w := newHostWaiter()
	c.do(func(now time.Duration) { c.link.ask(key, w, now) })
	outcome := hostOutcome{}
	select {
	case outcome = <-w.outcome:
	case <-ctx.Done():
		gaveUp := false
		c.do(func(time.Duration) { gaveUp = c.link.giveUp(key, w) })
		if gaveUp {
			outcome.err = ctx.Err()
		} else {
			outcome = <-w.outcome
		}
	}
	if outcome.err != nil {
		return Host{}, &NoHostError{modID, cmdID, outcome.err}
	}
	return outcome.host, nil
}

// Report reports how a call went. A report is not answered, and may get lost.
// Report fails if there can be no such host, and when the client is closed.
func (c *Client) Report(modID, cmdID int32, result CallResult) error {
	encoded, err := result.toWire()
	if err != nil {
		return err
	}
	closed := false
	c.do(func(now time.Duration) {
		if closed = c.link.closed; !closed {
			c.link.report(routeKey{modID, cmdID}, encoded, now)
		}
	})
	if closed {
		return fmt.Errorf("lars: cannot report: %w", ErrClosed)
	}
	return nil
}

// giveBack tells the agent that a host was picked but not called to an end.
func (c *Client) giveBack(modID, cmdID int32, host Host) {
	if host.StandIn {
		return
	}
	c.do(func(now time.Duration) {
		if !c.link.closed {
			c.link.giveBack(routeKey{modID, cmdID}, wire.NewHostInfo(host.AddrPort), now)
		}
	})
}

// GetRoute returns all hosts of a route, or as many as fit one datagram, and
// which of them the agent finds overloaded. An error is a [*NoHostError].
func (c *Client) GetRoute(ctx context.Context, modID, cmdID int32) ([]RouteHost, error) {
	w := make(routeWaiter, 1)
	c.do(func(now time.Duration) { c.link.list(routeKey{modID, cmdID}, w, now) })
	outcome := routeOutcome{}
	select {
	case outcome = <-w:
	case <-ctx.Done():
		outcome.err = ctx.Err()
	}
	if outcome.err != nil {
		return nil, &NoHostError{modID, cmdID, outcome.err}
	}
	return outcome.hosts, nil
}

// Register asks for a route, so that the agent has pulled it before the first
// call: up to three times, 50 ms apart. It returns nil when the agent has hosts
// for it.
func (c *Client) Register(ctx context.Context, modID, cmdID int32) error {
	for tried := 1; ; tried++ {
		_, err := c.GetRoute(ctx, modID, cmdID)
		if err == nil || tried == registerTries || errors.Is(err, ErrClosed) {
			return err
		}
		select {
		case <-time.After(registerPause):
		case <-ctx.Done():
			return &NoHostError{modID, cmdID, ctx.Err()}
		}
	}
}

// Call gets a host, runs use on it, and reports success or failure and the
// duration. It returns a [*NoHostError] if there is no host, or else what use
// returns.
//
// The call's timeout is that of ctx, which use is handed: a call that fails
// after its deadline is one of a host that is too slow. When ctx is canceled
// instead, the failure says nothing of the host, and its pick is taken back.
func (c *Client) Call(ctx context.Context, modID, cmdID int32, use func(ctx context.Context, host Host) error) error {
	host, err := c.GetHost(ctx, modID, cmdID)
	if err != nil {
		return err
	}
	call := c.begin(modID, cmdID, host)
	// What counts if use panics.
	err = errPanic
	defer func() { call.end(ctx, err) }()
	err = use(ctx, host)
	return err
}

var errPanic = errors.New("lars: the call panicked")

// Dial connects to a host of a route over TCP, and reports whether it took the
// connection. It fits what takes a dialer, such as a pool of connections.
func (c *Client) Dial(ctx context.Context, modID, cmdID int32) (net.Conn, error) {
	var conn net.Conn
	err := c.Call(ctx, modID, cmdID, func(ctx context.Context, host Host) (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, "tcp", host.String())
		return err
	})
	return conn, err
}

// AgentUp tells whether the agent answers, as far as the client knows: false
// from the first request that was refused or timed out until the next answer.
func (c *Client) AgentUp() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.link.servers {
		if c.link.servers[i].down {
			return false
		}
	}
	return true
}

// Counters returns what the client did so far.
func (c *Client) Counters() Counters {
	c.mu.Lock()
	counters := c.link.counters
	c.mu.Unlock()
	counters.Sent, counters.SendFailures = c.sent.Load(), c.sendFailures.Load()
	return counters
}

// Close sends the results that wait and closes the sockets. Requests that wait,
// and later ones, fail with ErrClosed. Twice is once.
func (c *Client) Close() error {
	c.do(func(time.Duration) {
		if !c.link.closed {
			c.link.close()
		}
		c.timer.Stop()
	})
	for _, conn := range c.conns {
		conn.Close()
	}
	c.reads.Wait()
	return nil
}

// do uses the link, sends what that leaves in its outbox, and sets the timer.
func (c *Client) do(use func(now time.Duration)) {
	c.mu.Lock()
	now := time.Since(c.opened)
	use(now)
	outbox := c.link.outbox
	c.link.outbox = nil
	c.schedule(now)
	c.mu.Unlock()
	for _, each := range outbox {
		c.send(each)
	}
}

func (c *Client) send(each datagram) {
	conn := c.conns[each.server]
	_, err := conn.Write(each.bytes)
	if errors.Is(err, syscall.ECONNREFUSED) {
		// Tells of an earlier datagram, and this one has not left.
		_, err = conn.Write(each.bytes)
	}
	switch {
	case err == nil:
		c.sent.Add(1)
	case !errors.Is(err, net.ErrClosed):
		c.sendFailures.Add(1)
		c.do(func(now time.Duration) { c.link.onRefused(each.server, now) })
	}
}

// schedule sees to it that the timer fires when the link is due.
func (c *Client) schedule(now time.Duration) {
	due, ok := c.link.nextDue()
	if !ok || c.link.closed || c.timerSet && c.timerAt <= due {
		return
	}
	c.timerAt, c.timerSet = due, true
	c.timer.Reset(due - now)
}

func (c *Client) onTimer() {
	c.do(func(now time.Duration) {
		c.timerSet = false
		if !c.link.closed {
			c.link.advance(now)
		}
	})
}

// read takes what one of the agent's servers sends, until the client is closed.
func (c *Client) read(server int) {
	defer c.reads.Done()
	buffer := make([]byte, wire.DatagramBytesMax)
	for {
		size, err := c.conns[server].Read(buffer)
		switch {
		case err == nil:
			c.do(func(now time.Duration) { c.link.receive(server, buffer[:size], now) })
		case errors.Is(err, net.ErrClosed):
			return
		default:
			// The system tells that nothing listens there.
			c.do(func(now time.Duration) { c.link.onRefused(server, now) })
			time.Sleep(time.Millisecond)
		}
	}
}
