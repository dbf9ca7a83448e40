package lars

import (
	"fmt"
	"net/netip"
	"time"

	"example.com/lars/internal/wire"
)

// Host is the address of a host to call; its String is what [net.Dial] takes.
type Host struct {
	netip.AddrPort
	// StandIn tells that the agent was away, and that the client picked the
	// host itself, from those it remembers.
	StandIn bool
}

// RouteHost is a host of a route, as an agent lists it.
type RouteHost struct {
	Host
	// Overload tells that the agent finds it overloaded; never set by agents of
	// the original system.
	Overload bool
}

// CallResult tells how one call to a host went.
type CallResult struct {
	// Host is the one that was called.
	Host Host
	// ReturnCode is 0 for success; anything else is failure.
	ReturnCode int32
	// Duration of the call; 0: not measured.
	Duration time.Duration
}

// toWire checks a result, and encodes the duration: at least 1 µs if it was
// measured, at most 71 minutes.
func (r CallResult) toWire() (wire.CallResult, error) {
	host := wire.HostInfo{}
	if r.Host.Addr().Unmap().Is4() {
		host = wire.NewHostInfo(r.Host.AddrPort)
	}
	if _, ok := host.AddrPort(); !ok {
		return wire.CallResult{}, fmt.Errorf("lars: cannot report as the host must have an IPv4 address and a port: current value is %v", r.Host)
	}
	return wire.CallResult{
		Host:       host,
		ReturnCode: r.ReturnCode,
		DurationUS: durationUS(r.Duration),
	}, nil
}

func durationUS(duration time.Duration) uint32 {
	const most = 1<<32 - 1
	switch us := duration.Microseconds(); {
	case duration <= 0:
		return 0
	case us == 0:
		return 1
	case us > most:
		return most
	default:
		return uint32(us)
	}
}
