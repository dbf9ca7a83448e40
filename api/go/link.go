package lars

import (
	"container/list"
	"math/rand"
	"time"

	"example.com/lars/internal/wire"
)

const (
	// waitingMax bounds the callers that wait at a time; one more is refused.
	waitingMax = 65_536
	// batchMax bounds the hosts of an answer, and the results of a datagram.
	batchMax = wire.CountMax
	// flushAfter is how long a caller or a result may wait to share a datagram.
	flushAfter = time.Millisecond
	// missesMax is the number of shared answers without a host for a caller
	// after which every host is overloaded.
	missesMax = 2
	// routesMax bounds the routes that are kept though nothing waits for them.
	routesMax = 4_096
)

// batching is what is known of the agent: whether it takes Count, Results and
// More, or one caller and one result in a datagram, as the original does.
type batching int

const (
	batchingUnknown batching = iota
	batches
	plain
)

// agentLink is the state of a client: who waits for what, and what is to be
// sent. It knows no socket and no clock: it is handed datagrams and the time
// since the client was opened, and leaves datagrams in its outbox. One goroutine
// at a time may use it.
//
// A request without an answer is sent again with the same seq, so that the late
// answer to the first try still counts. Callers who ask for a route while a
// request for it is on its way share the next one, and the results of their
// calls travel with it. Without load nothing waits, and every datagram has the
// bytes of the original system but one: what a stand-in has to remember.
type agentLink struct {
	options  options
	random   *rand.Rand
	counters Counters
	servers  [agentServers]server
	routes   map[routeKey]*route
	// routesMax grows with the routes that cannot be dropped.
	routesMax int
	// pending are requests for hosts, by seq.
	pending map[uint32]*request
	// resends are all requests, the earliest due first: every try has the same
	// timeout.
	resends *list.List
	// holds are routes with something that waits to share a datagram, the
	// earliest due first.
	holds    *list.List
	batching batching
	seq      uint32
	waiting  int
	closed   bool
	outbox   []datagram
}

// datagram is one to be sent to one of the agent's servers.
type datagram struct {
	server int
	bytes  []byte
}

type routeKey struct{ modID, cmdID int32 }

func (k routeKey) server() int {
	sum := (int64(k.modID) + int64(k.cmdID)) % agentServers
	return int((sum + agentServers) % agentServers)
}

// route is the traffic of one route, and what is remembered of it.
type route struct {
	key    routeKey
	server int
	// waiters share the next request for hosts.
	waiters []*hostWaiter
	// results travel with the next datagram.
	results []wire.CallResult
	// current is the newest request for hosts, until it has ended.
	current *request
	// hold is the route's place among the holds, since heldAt.
	hold   *list.Element
	heldAt time.Duration
	// listing is the request for all hosts that has callers, if there is one.
	listing *request
	memory
}

// hostOutcome is what a request for a host comes to.
type hostOutcome struct {
	host Host
	err  error
}

// hostWaiter is a caller who waits for a host. The outcome comes once.
type hostWaiter struct {
	outcome chan hostOutcome
	// gaveUp tells that the outcome is not wanted any more.
	gaveUp bool
	// misses are shared answers that had no host for it.
	misses int
}

func newHostWaiter() *hostWaiter {
	return &hostWaiter{outcome: make(chan hostOutcome, 1)}
}

// routeOutcome is what a request for all hosts comes to.
type routeOutcome struct {
	hosts []RouteHost
	err   error
}

type routeWaiter chan routeOutcome

// request is a datagram that is to be answered: for hosts, or for all hosts of a
// route.
type request struct {
	route     *route
	bytes     []byte
	dueAt     time.Duration
	triesLeft int
	resend    *list.Element

	// Of a request for hosts: the seq, who waits, how many hosts it asks for,
	// with 0 for one in the original's bytes, and the results with it.
	seq     uint32
	waiters []*hostWaiter
	count   uint32
	results []wire.CallResult

	// Of a request for all hosts: who waits.
	listers []routeWaiter
}

func newAgentLink(o options, random *rand.Rand) *agentLink {
	return &agentLink{
		options:   o,
		random:    random,
		routes:    make(map[routeKey]*route),
		routesMax: routesMax,
		pending:   make(map[uint32]*request),
		resends:   list.New(),
		holds:     list.New(),
		batching:  batchingOf(o),
		// At random, so that an answer cannot be forged without seeing the
		// request.
		seq: random.Uint32(),
	}
}

func batchingOf(o options) batching {
	if o.batching {
		return batchingUnknown
	}
	return plain
}

// routeOf returns a route, also one that is new.
func (l *agentLink) routeOf(key routeKey, now time.Duration) *route {
	r := l.routes[key]
	if r == nil {
		if len(l.routes) >= l.routesMax {
			l.dropIdle(now)
		}
		r = &route{key: key, server: key.server()}
		l.routes[key] = r
	}
	return r
}

func (l *agentLink) dropIdle(now time.Duration) {
	for key, r := range l.routes {
		if r.current == nil && r.hold == nil && r.listing == nil && len(r.waiters) == 0 && r.isForgotten(now) {
			delete(l.routes, key)
		}
	}
	// Looked through again only after as many new ones: O(1) for each.
	l.routesMax = routesMax
	if most := 2 * len(l.routes); most > routesMax {
		l.routesMax = most
	}
}

// ask finds a host for a caller, now or later.
func (l *agentLink) ask(key routeKey, w *hostWaiter, now time.Duration) {
	if l.closed {
		w.outcome <- hostOutcome{err: ErrClosed}
		return
	}
	r := l.routeOf(key, now)
	l.waiting++
	l.onAsked(r, now)
	switch {
	case l.servers[r.server].down:
		l.askWhileDown(r, w, now)
	case l.waiting > waitingMax:
		l.counters.Refused++
		l.settle(w, hostOutcome{err: ErrSystem})
	case l.loaded(r):
		l.counters.Shared++
		r.waiters = append(r.waiters, w)
		l.holdBack(r, now)
	case l.batching == batches:
		l.sendRequest(r, []*hostWaiter{w}, 1, now)
	default:
		// Whether the agent batches is found out when there is something to
		// share.
		l.sendRequest(r, []*hostWaiter{w}, 0, now)
	}
}

// giveUp takes back a request for a host; false if its outcome is there.
func (l *agentLink) giveUp(key routeKey, w *hostWaiter) bool {
	if len(w.outcome) > 0 {
		return false
	}
	w.gaveUp = true
	r := l.routes[key]
	if r == nil {
		return true
	}
	for i, other := range r.waiters {
		if other == w {
			r.waiters = append(r.waiters[:i], r.waiters[i+1:]...)
			l.waiting--
			break
		}
	}
	return true
}

// report sends a result, or has it wait for the next datagram.
func (l *agentLink) report(key routeKey, result wire.CallResult, now time.Duration) {
	r := l.routeOf(key, now)
	if result.ReturnCode != 0 {
		r.onFailure(result.Host, now)
	}
	switch {
	case l.servers[r.server].down:
		r.keep(result)
	case l.batching == batches && (l.loaded(r) || len(r.results) > 0):
		l.collect(r, result, now)
	default:
		l.sendResults(r, []wire.CallResult{result})
	}
}

// giveBack tells that a host was picked but not called. An agent that does not
// batch has no word for that.
func (l *agentLink) giveBack(key routeKey, host wire.HostInfo, now time.Duration) {
	r := l.routeOf(key, now)
	if l.batching == batches && !l.servers[r.server].down {
		l.counters.Unused++
		l.collect(r, wire.CallResult{Host: host, Unused: true}, now)
	}
}

// list asks for all hosts of a route. Answers have no seq, so callers who ask
// at the same time share a request.
func (l *agentLink) list(key routeKey, w routeWaiter, now time.Duration) {
	if l.closed {
		w <- routeOutcome{err: ErrClosed}
		return
	}
	r := l.routeOf(key, now)
	l.onAsked(r, now)
	s := &l.servers[r.server]
	switch {
	case s.down && l.listFromMemory(r, w, now):
		l.probe(now)
	case r.listing != nil:
		r.listing.listers = append(r.listing.listers, w)
	case s.down && !s.mayProbe(now):
		w <- routeOutcome{err: ErrUnreachable}
	default:
		s.probedAt = now
		r.listing = &request{route: r, bytes: encodeGetRoute(r.key), listers: []routeWaiter{w}}
		l.start(r.listing, now)
	}
}

func encodeGetRoute(key routeKey) []byte {
	return wire.Encode(wire.GetRouteRequestID, &wire.GetRouteRequest{ModID: key.modID, CmdID: key.cmdID, WithState: true})
}

// loaded tells whether callers of a route share requests now.
func (l *agentLink) loaded(r *route) bool {
	return l.batching != plain && r.current != nil
}

// sendRequest asks for hosts for the waiters.
func (l *agentLink) sendRequest(r *route, waiters []*hostWaiter, count uint32, now time.Duration) {
	l.seq++
	for l.pending[l.seq] != nil {
		l.seq++
	}
	q := &request{route: r, seq: l.seq, waiters: waiters, count: count}
	if l.batching == batches {
		q.results, r.results = r.results, nil
	}
	if l.batching != plain {
		r.current = q
	}
	q.bytes = encodeGetHost(q)
	l.pending[q.seq] = q
	l.start(q, now)
}

func encodeGetHost(q *request) []byte {
	return wire.Encode(wire.GetHostRequestID, &wire.GetHostRequest{
		Seq: q.seq, ModID: q.route.key.modID, CmdID: q.route.key.cmdID, Count: q.count, Results: q.results,
	})
}

// start sends a request for the first time.
func (l *agentLink) start(q *request, now time.Duration) {
	q.triesLeft = l.options.tries
	l.try(q, now)
}

func (l *agentLink) try(q *request, now time.Duration) {
	q.triesLeft--
	q.dueAt = now + l.options.timeout
	q.resend = l.resends.PushBack(q)
	l.send(q.route.server, q.bytes)
}

func (l *agentLink) send(server int, bytes []byte) {
	l.outbox = append(l.outbox, datagram{server, bytes})
}

// remove ends the wait of a request.
func (l *agentLink) remove(q *request) {
	l.resends.Remove(q.resend)
	if l.pending[q.seq] == q {
		delete(l.pending, q.seq)
	}
	if q.route.current == q {
		q.route.current = nil
	}
	if q.route.listing == q {
		q.route.listing = nil
	}
}

// settle hands a caller its outcome.
func (l *agentLink) settle(w *hostWaiter, outcome hostOutcome) {
	l.waiting--
	if !w.gaveUp {
		w.outcome <- outcome
	}
}

// collect has a result wait for the next datagram.
func (l *agentLink) collect(r *route, result wire.CallResult, now time.Duration) {
	if len(r.results) == batchMax {
		l.flushResults(r)
	}
	r.results = append(r.results, result)
	l.holdBack(r, now)
}

func (l *agentLink) flushResults(r *route) {
	results := r.results
	r.results = nil
	l.sendResults(r, results)
}

// sendResults sends results in one datagram, or in one each if that is all the
// agent takes.
func (l *agentLink) sendResults(r *route, results []wire.CallResult) {
	for len(results) > 0 {
		size := 1
		if l.batching == batches {
			size = smaller(len(results), batchMax)
		}
		if l.batching == batches || !results[0].Unused {
			report := wire.NewReportRequest(r.key.modID, r.key.cmdID, results[:size])
			l.send(r.server, wire.Encode(wire.ReportRequestID, report))
		}
		results = results[size:]
	}
}

func smaller(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// holdBack sees to it that what waits is flushed in time.
func (l *agentLink) holdBack(r *route, now time.Duration) {
	if r.hold == nil {
		r.heldAt = now
		r.hold = l.holds.PushBack(r)
	}
}

// flush sends requests for all who wait.
func (l *agentLink) flush(r *route, now time.Duration) {
	waiters := r.waiters
	r.waiters = nil
	for len(waiters) > 0 {
		size, count := smaller(len(waiters), batchMax), uint32(0)
		if l.batching == plain {
			size = 1
		} else {
			count = uint32(size)
		}
		l.sendRequest(r, waiters[:size:size], count, now)
		waiters = waiters[size:]
	}
	if len(r.results) == 0 {
		l.release(r)
	}
}

func (l *agentLink) release(r *route) {
	if r.hold != nil {
		l.holds.Remove(r.hold)
		r.hold = nil
	}
}

// advance does what is due.
func (l *agentLink) advance(now time.Duration) {
	for first := l.holds.Front(); first != nil; first = l.holds.Front() {
		r := first.Value.(*route)
		if now < r.heldAt+flushAfter {
			break
		}
		l.flush(r, now)
		l.flushResults(r)
		l.release(r)
	}
	for first := l.resends.Front(); first != nil; first = l.resends.Front() {
		q := first.Value.(*request)
		if now < q.dueAt {
			break
		}
		l.onDue(q, now)
	}
	l.probe(now)
}

// onDue sends a request again, or ends it.
func (l *agentLink) onDue(q *request, now time.Duration) {
	if q.triesLeft == 0 {
		l.counters.Timeouts++
		l.remove(q)
		l.onAway(q.route.server, now)
		l.lose(q, now)
		return
	}
	l.resends.Remove(q.resend)
	l.counters.Resent++
	if l.options.batching && l.batching == plain {
		// The agent may have been replaced.
		l.batching = batchingUnknown
	}
	if len(q.results) > 0 {
		// They may have arrived, and would count twice.
		l.counters.Unconfirmed += uint64(len(q.results))
		q.results = nil
		q.bytes = encodeGetHost(q)
	}
	l.try(q, now)
}

// nextDue returns when advance has something to do; false: not before the link
// is used again.
func (l *agentLink) nextDue() (due time.Duration, ok bool) {
	earliest := func(at time.Duration) {
		if !ok || at < due {
			due, ok = at, true
		}
	}
	if first := l.resends.Front(); first != nil {
		earliest(first.Value.(*request).dueAt)
	}
	if first := l.holds.Front(); first != nil {
		earliest(first.Value.(*route).heldAt + flushAfter)
	}
	for i := range l.servers {
		if s := &l.servers[i]; s.down && s.isProbed() {
			earliest(s.probedAt + probeEvery)
		}
	}
	return due, ok
}

// close answers ErrClosed to all who wait, and sends the results that wait.
func (l *agentLink) close() {
	l.closed = true
	for first := l.resends.Front(); first != nil; first = l.resends.Front() {
		q := first.Value.(*request)
		l.remove(q)
		l.end(q, ErrClosed)
	}
	for _, r := range l.routes {
		for _, w := range r.waiters {
			l.settle(w, hostOutcome{err: ErrClosed})
		}
		r.waiters = nil
		l.flushResults(r)
		l.release(r)
	}
}

// end hands an error to all who wait for a request.
func (l *agentLink) end(q *request, err error) {
	for _, w := range q.waiters {
		l.settle(w, hostOutcome{err: err})
	}
	for _, w := range q.listers {
		w <- routeOutcome{err: err}
	}
}
