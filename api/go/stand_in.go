package lars

import (
	"net/netip"
	"time"

	"example.com/lars/internal/wire"
)

const (
	// refreshEvery is how often the hosts of a route in use are asked for.
	refreshEvery = 2 * time.Second
	// discoverEvery is the same while the route has no hosts.
	discoverEvery = 100 * time.Millisecond
	// rememberFor is how long hosts are remembered that nothing asked for.
	rememberFor = 5 * time.Minute
	// probeEvery is how often a server that is away is asked.
	probeEvery = 100 * time.Millisecond
	// probeFor is for how long that goes on after the last caller.
	probeFor = time.Minute
	// doubtNoRouteFor is how long an agent that came back may not know its
	// routes yet.
	doubtNoRouteFor = 2 * time.Second
	// skipFor is for how long a host that failed is not picked.
	skipFor = time.Second
	// keptMax bounds the results of a route that wait for the agent.
	keptMax = 64
)

// server is one of the agent's UDP servers: whether it answers.
type server struct {
	// down tells that it refused a datagram, or answered no try of a request,
	// at downAt, and nothing since.
	down   bool
	downAt time.Duration
	// backAt is when it last came back; only valid if it was away.
	backAt  time.Duration
	wasAway bool
	// probedAt is when it was last asked while it is down.
	probedAt time.Duration
	// route is the one that was asked for last, at askedAt: probes ask for it.
	route   *route
	askedAt time.Duration
}

// mayProbe tells whether a caller's request may find out if the server is back.
func (s *server) mayProbe(now time.Duration) bool {
	return now >= s.probedAt+probeEvery
}

// isProbed tells whether the link itself asks from time to time.
func (s *server) isProbed() bool {
	return s.probedAt < s.askedAt+probeFor
}

// memory is what is remembered of a route for when the agent is away.
type memory struct {
	hosts []wire.HostInfo
	// refreshedAt is when they were last asked for, if refreshed, and
	// rememberedAt when they came.
	refreshed    bool
	refreshedAt  time.Duration
	rememberedAt time.Duration
	usedAt       time.Duration
	// skips are hosts that failed, and until when they are not picked.
	skips map[netip.AddrPort]time.Duration
	// kept are the newest results that the agent was not there for.
	kept []wire.CallResult
}

func (m *memory) isForgotten(now time.Duration) bool {
	return now >= m.usedAt+rememberFor
}

func (m *memory) remember(hosts []wire.HostInfo, now time.Duration) {
	m.hosts, m.rememberedAt = hosts, now
}

// list is a copy of the hosts, as an outcome.
func (m *memory) list(standIn bool) routeOutcome {
	var hosts []RouteHost
	for i := range m.hosts {
		if address, ok := m.hosts[i].AddrPort(); ok {
			hosts = append(hosts, RouteHost{Host{address, standIn}, m.hosts[i].Overload})
		}
	}
	if len(hosts) == 0 {
		return routeOutcome{err: ErrNoRoute}
	}
	return routeOutcome{hosts: hosts}
}

// onFailure skips a host for a time.
func (m *memory) onFailure(host wire.HostInfo, now time.Duration) {
	if m.skips == nil {
		m.skips = make(map[netip.AddrPort]time.Duration)
	}
	for address, until := range m.skips {
		if now >= until {
			delete(m.skips, address)
		}
	}
	if address, ok := host.AddrPort(); ok {
		m.skips[address] = now + skipFor
	}
}

// keep keeps a result until the agent is back.
func (m *memory) keep(result wire.CallResult) {
	if len(m.kept) == keptMax {
		m.kept = append(m.kept[:0], m.kept[1:]...)
	}
	m.kept = append(m.kept, result)
}

// pick picks a host at random among those that are not overloaded and did not
// fail of late; if there are none, among those that did not fail, or all.
func (m *memory) pick(intn func(int) int, now time.Duration) (Host, bool) {
	var best netip.AddrPort
	bestRank, equals := 3, 0
	for i := range m.hosts {
		address, ok := m.hosts[i].AddrPort()
		if !ok || m.hosts[i].Drained {
			continue
		}
		rank := 0
		if m.hosts[i].Overload {
			rank = 1
		}
		if until, skipped := m.skips[address]; skipped && now < until {
			rank = 2
		}
		switch {
		case rank > bestRank:
			continue
		case rank < bestRank:
			bestRank, equals = rank, 0
		}
		equals++
		if intn(equals) == 0 {
			best = address
		}
	}
	return Host{AddrPort: best, StandIn: true}, equals > 0
}

// onAsked notes that a route is in use, and has its hosts refreshed.
func (l *agentLink) onAsked(r *route, now time.Duration) {
	s := &l.servers[r.server]
	r.usedAt, s.askedAt, s.route = now, now, r
	if l.options.standIn == 0 || s.down {
		return
	}
	period := refreshEvery
	if len(r.hosts) == 0 {
		period = discoverEvery
	}
	if !r.refreshed || now >= r.refreshedAt+period {
		r.refreshed, r.refreshedAt = true, now
		l.send(r.server, encodeGetRoute(r.key))
	}
}

// askWhileDown answers from memory. Without one, a caller now and then finds out
// whether the server is back; the others are told that it is away.
func (l *agentLink) askWhileDown(r *route, w *hostWaiter, now time.Duration) {
	s := &l.servers[r.server]
	switch {
	case l.standIn(r, w, now):
		l.probe(now)
	case s.mayProbe(now):
		s.probedAt = now
		l.sendRequest(r, []*hostWaiter{w}, 0, now)
	default:
		l.settle(w, hostOutcome{err: ErrUnreachable})
	}
}

// standsIn tells whether what is remembered of a route counts: the agent's word
// is not to be had, or not to be believed yet, and there is something.
func (l *agentLink) standsIn(r *route, now time.Duration) bool {
	s := &l.servers[r.server]
	if s.down && now >= s.downAt+l.options.standIn || !s.down && l.believesNoRoute(r, now) {
		return false
	}
	return len(r.hosts) > 0 && r.rememberedAt+rememberFor >= s.downAt
}

// standIn hands a caller a host from memory; false if there is none to be had.
func (l *agentLink) standIn(r *route, w *hostWaiter, now time.Duration) bool {
	if !l.standsIn(r, now) {
		return false
	}
	host, ok := r.pick(l.random.Intn, now)
	if ok {
		l.counters.StandIns++
		l.settle(w, hostOutcome{host: host})
	}
	return ok
}

// listFromMemory hands a caller all hosts from memory, if they count.
func (l *agentLink) listFromMemory(r *route, w routeWaiter, now time.Duration) bool {
	if !l.standsIn(r, now) {
		return false
	}
	l.counters.StandIns++
	w <- r.list(true)
	return true
}

// believesNoRoute tells whether an answer without hosts counts: one of an agent
// that has just come back does not, if hosts are remembered.
func (l *agentLink) believesNoRoute(r *route, now time.Duration) bool {
	s := &l.servers[r.server]
	return l.options.standIn == 0 || len(r.hosts) == 0 || !s.wasAway || now >= s.backAt+doubtNoRouteFor
}

// probe asks the servers that are down whether they are back.
func (l *agentLink) probe(now time.Duration) {
	for i := range l.servers {
		if s := &l.servers[i]; s.down && s.isProbed() && s.mayProbe(now) {
			s.probedAt = now
			l.send(i, encodeGetRoute(s.route.key))
		}
	}
}

// onHeard takes note that a server answers: it gets the results kept for it.
func (l *agentLink) onHeard(server int, now time.Duration) {
	s := &l.servers[server]
	if !s.down {
		return
	}
	s.down, s.wasAway, s.backAt = false, true, now
	for _, r := range l.routes {
		if r.server == server {
			l.sendResults(r, r.kept)
			r.kept = nil
		}
	}
}

// onAway takes note that a server answered no try of a request. Those who have
// hosts in memory need not wait for its answer.
func (l *agentLink) onAway(server int, now time.Duration) {
	s := &l.servers[server]
	if s.down {
		return
	}
	l.counters.Downs++
	s.down, s.downAt, s.probedAt = true, now, now
	for _, r := range l.routes {
		if r.server != server {
			continue
		}
		waiters := r.waiters
		r.waiters = nil
		for _, w := range waiters {
			if !l.standIn(r, w, now) {
				l.settle(w, hostOutcome{err: ErrUnreachable})
			}
		}
		for _, result := range r.results {
			r.keep(result)
		}
		r.results = nil
		l.release(r)
	}
	for _, q := range l.pending {
		if q.route.server == server && l.standsIn(q.route, now) {
			l.remove(q)
			l.lose(q, now)
		}
	}
}

// onRefused takes note that nothing listens where a server was: whoever waits
// for its answer waits in vain.
func (l *agentLink) onRefused(server int, now time.Duration) {
	if l.closed {
		return
	}
	l.onAway(server, now)
	for element := l.resends.Front(); element != nil; {
		q := element.Value.(*request)
		element = element.Next()
		if q.route.server == server {
			l.remove(q)
			l.lose(q, now)
		}
	}
}

// lose ends a request that will not be answered.
func (l *agentLink) lose(q *request, now time.Duration) {
	l.counters.Unconfirmed += uint64(len(q.results))
	for _, w := range q.waiters {
		if w.gaveUp || !l.standIn(q.route, w, now) {
			l.settle(w, hostOutcome{err: ErrUnreachable})
		}
	}
	for _, w := range q.listers {
		if !l.listFromMemory(q.route, w, now) {
			w <- routeOutcome{err: ErrUnreachable}
		}
	}
}
