package lars

import (
	"time"

	"example.com/lars/internal/wire"
)

// receive takes a datagram from one of the agent's servers.
func (l *agentLink) receive(server int, datagram []byte, now time.Duration) {
	id, body, err := wire.Decode(datagram)
	if err == nil {
		switch id {
		case wire.GetHostResponseID:
			err = l.receiveHosts(server, body, now)
		case wire.GetRouteResponseID:
			err = l.receiveRoute(server, body, now)
		default:
			err = wire.ErrMalformed
		}
	}
	if err != nil {
		l.counters.Malformed++
	}
}

func (l *agentLink) receiveHosts(server int, body []byte, now time.Duration) error {
	var answer wire.GetHostResponse
	if err := answer.Unmarshal(body); err != nil {
		return err
	}
	l.onHeard(server, now)
	q := l.pending[answer.Seq]
	if q == nil || q.route.server != server || q.route.key != (routeKey{answer.ModID, answer.CmdID}) {
		l.counters.Late++
		return nil
	}
	l.counters.Answered++
	l.remove(q)
	r := q.route
	if q.count > 0 && l.options.batching {
		l.batching = plain
		if answer.UseMS > 0 {
			l.batching = batches
		}
	}
	if answer.UseMS == 0 && len(q.results) > 0 {
		// The agent does not take results with a request.
		l.sendResults(r, q.results)
	}
	if answer.ReturnCode == wire.Success {
		l.handOut(q, &answer, now)
	} else {
		l.refuse(q, answer.ReturnCode, now)
	}
	if r.current == nil && len(r.waiters) > 0 {
		l.flush(r, now)
	}
	return nil
}

// refuse hands the waiters of a request the reason why there is no host.
func (l *agentLink) refuse(q *request, code wire.ReturnCode, now time.Duration) {
	for _, w := range q.waiters {
		switch {
		case code == wire.NoSuchRoute && l.standIn(q.route, w, now):
		case code == wire.NoSuchRoute:
			l.settle(w, hostOutcome{err: ErrNoRoute})
		case code == wire.Overload:
			l.settle(w, hostOutcome{err: ErrOverloaded})
		default:
			l.settle(w, hostOutcome{err: ErrSystem})
		}
	}
}

// handOut hands the hosts of an answer to those who wait for them.
func (l *agentLink) handOut(q *request, answer *wire.GetHostResponse, now time.Duration) {
	hosts := hostsOf(answer)
	none := len(hosts) == 0
	var again []*hostWaiter
	for _, w := range q.waiters {
		switch {
		case w.gaveUp:
			l.waiting--
		case len(hosts) > 0:
			l.settle(w, hostOutcome{host: hosts[0]})
			hosts = hosts[1:]
		case none:
			l.settle(w, hostOutcome{err: ErrSystem})
		default:
			if w.misses++; answer.UseMS > 0 && w.misses == missesMax {
				l.settle(w, hostOutcome{err: ErrOverloaded})
			} else {
				again = append(again, w)
			}
		}
	}
	r := q.route
	if len(again) > 0 {
		r.waiters = append(again, r.waiters...)
		l.holdBack(r, now)
	}
	// Hosts of callers who gave up go to the next ones.
	for ; len(hosts) > 0; hosts = hosts[1:] {
		if len(r.waiters) > 0 {
			l.settle(r.waiters[0], hostOutcome{host: hosts[0]})
			r.waiters = r.waiters[1:]
		} else {
			l.giveBack(r.key, wire.NewHostInfo(hosts[0].AddrPort), now)
		}
	}
}

// hostsOf returns the hosts of an answer that can be.
func hostsOf(answer *wire.GetHostResponse) []Host {
	hosts := make([]Host, 0, 1+len(answer.More))
	if address, ok := answer.Host.AddrPort(); ok {
		hosts = append(hosts, Host{AddrPort: address})
	}
	for i := range answer.More {
		if address, ok := answer.More[i].AddrPort(); ok {
			hosts = append(hosts, Host{AddrPort: address})
		}
	}
	return hosts
}

func (l *agentLink) receiveRoute(server int, body []byte, now time.Duration) error {
	var answer wire.GetRouteResponse
	if err := answer.Unmarshal(body); err != nil {
		return err
	}
	l.onHeard(server, now)
	r := l.routes[routeKey{answer.ModID, answer.CmdID}]
	if r == nil || r.server != server {
		l.counters.Late++
		return nil
	}
	l.counters.Answered++
	isBelieved := len(answer.Hosts) > 0 || l.believesNoRoute(r, now)
	if isBelieved {
		r.remember(answer.Hosts, now)
	}
	if q := r.listing; q != nil {
		l.remove(q)
		for _, w := range q.listers {
			// A slice for each: they may do with it what they like.
			w <- r.list(!isBelieved)
		}
	}
	return nil
}
