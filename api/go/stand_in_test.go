package lars

import (
	"net/netip"
	"testing"
	"time"

	"example.com/lars/internal/wire"
)

// newAwayTest is a link that remembers two hosts, and whose agent then refused
// a datagram.
func newAwayTest(t *testing.T, set ...Option) *linkTest {
	link := newLinkTest(t, set...)
	link.askOne()
	hosts, _, probes := link.sent()
	if probes != 1 {
		t.Fatalf("asked %d times for the hosts of a new route", probes)
	}
	link.answerRoute(wire.NewHostInfo(hostA), wire.HostInfo{IP: wire.NewHostInfo(hostB).IP, Port: 80, Overload: true})
	link.answer(hosts[0], hostA)
	link.onRefused(key.server(), link.now)
	return link
}

func TestAnAgentThatIsAwayIsStoodInFor(t *testing.T) {
	link := newAwayTest(t)
	for i := 0; i < 20; i++ {
		// Not the overloaded one.
		link.expect(link.askOne(), hostA, true)
	}
	if hosts, _, _ := link.sent(); len(hosts) != 0 {
		t.Errorf("asked an agent that is away: %+v", hosts)
	}
	if link.counters.StandIns != 20 || link.counters.Downs != 1 {
		t.Errorf("%+v", link.counters)
	}
}

func TestThoseWhoWaitForAnAgentThatRefusesAreStoodInForAtOnce(t *testing.T) {
	link := newLinkTest(t)
	first, shares := link.askOne(), link.askOne()
	link.answerRoute(wire.NewHostInfo(hostA))
	link.onRefused(key.server(), link.now)
	link.expect(first, hostA, true)
	link.expect(shares, hostA, true)
	if link.waiting != 0 {
		t.Errorf("%d wait", link.waiting)
	}
}

func TestAnAgentThatAnswersNoTryIsStoodInFor(t *testing.T) {
	link := newLinkTest(t)
	w := link.askOne()
	link.later(50 * ms)
	other := link.askOne()
	link.answerRoute(wire.NewHostInfo(hostA))
	for try := 0; try < 3; try++ {
		link.later(100 * ms)
	}
	link.expect(w, hostA, true)
	link.expect(other, hostA, true)
}

func TestAHostThatFailsWhileTheAgentIsAwayIsSkippedForASecond(t *testing.T) {
	link := newAwayTest(t)
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA), ReturnCode: 1}, link.now)
	link.expect(link.askOne(), hostB, true)
	link.later(skipFor)
	link.expect(link.askOne(), hostA, true)
	// All of them failed: better one of those than none.
	for _, host := range []netip.AddrPort{hostA, hostB} {
		link.report(key, wire.CallResult{Host: wire.NewHostInfo(host), ReturnCode: 1}, link.now)
	}
	if w := link.askOne(); (<-w.outcome).err != nil {
		t.Error("no host")
	}
}

func TestAllHostsComeFromMemoryToo(t *testing.T) {
	link := newAwayTest(t)
	list := func() routeOutcome {
		w := make(routeWaiter, 1)
		link.list(key, w, link.now)
		return <-w
	}
	outcome := list()
	if len(outcome.hosts) != 2 || !outcome.hosts[0].StandIn || outcome.hosts[0].Overload || !outcome.hosts[1].Overload {
		t.Errorf("%+v", outcome)
	}
	link.now += time.Minute
	w := make(routeWaiter, 1)
	link.list(key, w, link.now)
	link.onRefused(key.server(), link.now)
	if outcome := <-w; outcome.err != ErrUnreachable {
		t.Errorf("%+v", outcome)
	}
}

func TestADrainedHostIsNotPicked(t *testing.T) {
	link := newAwayTest(t)
	link.routes[key].remember([]wire.HostInfo{{IP: 1, Port: 1, Drained: true}, wire.NewHostInfo(hostB)}, link.now)
	link.expect(link.askOne(), hostB, true)
}

func TestStandInsAreSpreadEvenly(t *testing.T) {
	link := newAwayTest(t)
	link.answerRoute(wire.NewHostInfo(hostA), wire.NewHostInfo(hostB))
	link.onRefused(key.server(), link.now)
	picks := map[netip.AddrPort]int{}
	for i := 0; i < 1000; i++ {
		w := link.askOne()
		picks[(<-w.outcome).host.AddrPort]++
	}
	if picks[hostA] < 400 || picks[hostB] < 400 {
		t.Errorf("%v", picks)
	}
}

func TestOneProbeATimeAsksWhetherTheAgentIsBack(t *testing.T) {
	link := newAwayTest(t)
	link.sent()
	for i := 0; i < 10; i++ {
		link.askOne()
		link.later(50 * ms)
	}
	if _, _, probes := link.sent(); probes != 5 {
		t.Errorf("%d probes in 500 ms, want 5", probes)
	}
	// They end a minute after the last caller.
	for i := 0; i < 1000; i++ {
		link.later(100 * ms)
	}
	if _, _, probes := link.sent(); probes < 595 || probes > 605 {
		t.Errorf("%d probes after the last caller, want 600", probes)
	}
	if due, ok := link.nextDue(); ok {
		t.Errorf("due at %v", due)
	}
}

func TestAnAgentThatIsBackGetsTheNewestResults(t *testing.T) {
	link := newAwayTest(t)
	for code := int32(0); code < keptMax+10; code++ {
		link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA), ReturnCode: code}, link.now)
	}
	if _, reports, _ := link.sent(); len(reports) != 0 {
		t.Errorf("reported %+v to an agent that is away", reports)
	}
	link.answerRoute(wire.NewHostInfo(hostA))
	_, reports, _ := link.sent()
	if len(reports) != keptMax || reports[0].ReturnCode != 10 {
		t.Errorf("%d reports, want the last %d", len(reports), keptMax)
	}
	w := link.askOne()
	hosts, _, _ := link.sent()
	link.answer(hosts[0], hostB)
	link.expect(w, hostB, false)
	// Once.
	link.onRefused(key.server(), link.now)
	link.answerRoute(wire.NewHostInfo(hostA))
	if _, reports, _ := link.sent(); len(reports) != 0 {
		t.Errorf("reports %+v", reports)
	}
}

func TestResultsThatWaitWhenTheAgentGoesAwayAreKept(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA), ReturnCode: 5}, link.now)
	link.onRefused(key.server(), link.now)
	link.later(flushAfter)
	if _, reports, _ := link.sent(); len(reports) != 0 {
		t.Errorf("reported %+v to an agent that is away", reports)
	}
	link.answerRoute(wire.NewHostInfo(hostA))
	if _, reports, _ := link.sent(); len(reports) != 1 || reports[0].ReturnCode != 5 {
		t.Errorf("reports %+v", reports)
	}
}

func TestNoRouteIsNotBelievedAtFirst(t *testing.T) {
	link := newAwayTest(t)
	link.later(5 * time.Second)
	link.answerRoute()
	if link.servers[key.server()].down {
		t.Fatal("still away")
	}
	w := link.askOne()
	hosts, _, _ := link.sent()
	link.refuseRoute(hosts[0])
	link.expect(w, hostA, true)

	link.later(doubtNoRouteFor)
	w = link.askOne()
	hosts, _, _ = link.sent()
	link.refuseRoute(hosts[0])
	link.expectError(w, ErrNoRoute)
	link.answerRoute()
	if len(link.routes[key].hosts) != 0 {
		t.Error("hosts of a route that is no more are remembered")
	}
}

func TestAStandInEnds(t *testing.T) {
	link := newAwayTest(t, WithStandIn(10*time.Second))
	link.now += 10*time.Second - 1
	link.expect(link.askOne(), hostA, true)
	link.sent()
	link.now += 1
	link.expectError(link.askOne(), ErrUnreachable)
	// Now and then a caller finds out whether the agent is back.
	link.now += probeEvery
	w := link.askOne()
	hosts, _, _ := link.sent()
	link.expectError(link.askOne(), ErrUnreachable)
	link.answer(hosts[0], hostB)
	link.expect(w, hostB, false)
}

func TestWithoutAStandInNothingIsRemembered(t *testing.T) {
	link := newLinkTest(t, WithStandIn(0))
	w := link.askOne()
	if _, _, probes := link.sent(); probes != 0 {
		t.Error("asked for all hosts")
	}
	link.onRefused(key.server(), link.now)
	link.expectError(w, ErrUnreachable)
}

func TestHostsOfLongAgoAreNotPicked(t *testing.T) {
	link := newLinkTest(t)
	link.askOne()
	link.answerRoute(wire.NewHostInfo(hostA))
	link.now += rememberFor + 1
	link.onRefused(key.server(), link.now)
	link.sent()
	link.expectError(link.askOne(), ErrUnreachable)
}

func TestHostsOfRoutesInUseAreRefreshed(t *testing.T) {
	link := newLinkTest(t)
	link.askOne()
	link.answerRoute(wire.NewHostInfo(hostA))
	link.sent()
	for i := 0; i < 100; i++ {
		link.now += 100 * ms
		link.askOne()
	}
	if _, _, probes := link.sent(); probes != 5 {
		t.Errorf("%d refreshes in 10 s, want 5", probes)
	}
}

func TestOtherServersOfTheAgentGoOn(t *testing.T) {
	link := newAwayTest(t)
	link.sent()
	other := routeKey{1, 2}
	link.ask(other, newHostWaiter(), link.now)
	if len(link.outbox) != 2 || link.outbox[0].server != other.server() {
		t.Errorf("outbox %+v", link.outbox)
	}
}
