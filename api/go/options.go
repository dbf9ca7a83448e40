package lars

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"
)

// agentServers is the number of UDP servers of an agent: each owns the routes
// with (modid + cmdid) mod 3 equal to its index.
const agentServers = 3

// triesMax bounds the tries of a request.
const triesMax = 1_000

// An Option changes how a client reaches its agent.
type Option func(*options)

type options struct {
	agent    string
	timeout  time.Duration
	tries    int
	batching bool
	standIn  time.Duration
}

// WithAgent sets the "HOST:PORT" of the first of the agent's three UDP servers.
// Without it that is the environment's LARS_AGENT, or else 127.0.0.1:8888.
func WithAgent(address string) Option {
	return func(o *options) { o.agent = address }
}

// WithTimeout sets the timeout of one try; 100 ms without it.
func WithTimeout(timeout time.Duration) Option {
	return func(o *options) { o.timeout = timeout }
}

// WithTries sets the number of tries of a request, 1 to 1,000; 3 without it.
func WithTries(tries int) Option {
	return func(o *options) { o.tries = tries }
}

// WithBatching sets whether goroutines that ask for the same route at the same
// time share datagrams, if the agent takes that; true without it.
func WithBatching(batching bool) Option {
	return func(o *options) { o.batching = batching }
}

// WithStandIn sets for how long the client picks hosts itself when the agent is
// away; a minute without it, and 0 is not at all.
func WithStandIn(longest time.Duration) Option {
	return func(o *options) { o.standIn = longest }
}

func newOptions(set []Option) (options, error) {
	o := options{
		agent:    "127.0.0.1:8888",
		timeout:  100 * time.Millisecond,
		tries:    3,
		batching: true,
		standIn:  time.Minute,
	}
	if agent := os.Getenv("LARS_AGENT"); agent != "" {
		o.agent = agent
	}
	for _, option := range set {
		option(&o)
	}
	switch {
	case o.timeout <= 0:
		return o, fmt.Errorf("lars: cannot open client as the timeout must be above 0: current value is %v", o.timeout)
	case o.tries < 1 || o.tries > triesMax:
		return o, fmt.Errorf("lars: cannot open client as tries must be 1 to %d: current value is %d", triesMax, o.tries)
	case o.standIn < 0:
		return o, fmt.Errorf("lars: cannot open client as the stand-in must be 0 or longer: current value is %v", o.standIn)
	}
	return o, nil
}

// resolveAgent returns the addresses of the agent's three UDP servers.
func resolveAgent(agent string) ([agentServers]netip.AddrPort, error) {
	var servers [agentServers]netip.AddrPort
	_, port, err := net.SplitHostPort(agent)
	if err != nil {
		return servers, fmt.Errorf("lars: cannot open client: %w", err)
	}
	if first, err := strconv.Atoi(port); err != nil || first < 1 || first > 0xffff-agentServers+1 {
		return servers, fmt.Errorf("lars: cannot open client as the agent's port must be 1 to %d: current value is %q", 0xffff-agentServers+1, port)
	}
	first, err := net.ResolveUDPAddr("udp", agent)
	if err != nil {
		return servers, fmt.Errorf("lars: cannot open client: %w", err)
	}
	address := first.AddrPort()
	for i := range servers {
		servers[i] = netip.AddrPortFrom(address.Addr().Unmap(), address.Port()+uint16(i))
	}
	return servers, nil
}
