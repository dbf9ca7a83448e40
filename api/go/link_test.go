package lars

import (
	"errors"
	"math/rand"
	"net/netip"
	"testing"
	"time"

	"example.com/lars/internal/wire"
)

const ms = time.Millisecond

var (
	key   = routeKey{1, 1}
	hostA = netip.MustParseAddrPort("10.0.0.1:80")
	hostB = netip.MustParseAddrPort("10.0.0.2:80")
)

// linkTest drives a link by hand, in virtual time.
type linkTest struct {
	*testing.T
	*agentLink
	now time.Duration
}

func newLinkTest(t *testing.T, set ...Option) *linkTest {
	o, err := newOptions(set)
	if err != nil {
		t.Fatal(err)
	}
	return &linkTest{T: t, agentLink: newAgentLink(o, rand.New(rand.NewSource(1)))}
}

// sent takes what the link wants to send, without what it asks for itself.
func (t *linkTest) sent() (hosts []wire.GetHostRequest, reports []wire.ReportRequest, probes int) {
	t.Helper()
	for _, each := range t.outbox {
		if each.server != key.server() {
			t.Errorf("sent to server %d", each.server)
		}
		id, body, err := wire.Decode(each.bytes)
		if err != nil {
			t.Fatal(err)
		}
		switch id {
		case wire.GetHostRequestID:
			var request wire.GetHostRequest
			err = request.Unmarshal(body)
			hosts = append(hosts, request)
		case wire.ReportRequestID:
			var report wire.ReportRequest
			err = report.Unmarshal(body)
			reports = append(reports, report)
		case wire.GetRouteRequestID:
			probes++
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.outbox = nil
	return hosts, reports, probes
}

func (t *linkTest) askOne() *hostWaiter {
	w := newHostWaiter()
	t.ask(key, w, t.now)
	return w
}

// answer answers a request with hosts, for 20 ms if it has a count.
func (t *linkTest) answer(request wire.GetHostRequest, hosts ...netip.AddrPort) {
	answer := &wire.GetHostResponse{Seq: request.Seq, ModID: 1, CmdID: 1}
	if request.Count > 0 {
		answer.UseMS = 20
	}
	for i, host := range hosts {
		info := wire.NewHostInfo(host)
		if i == 0 {
			answer.Host = &info
		} else {
			answer.More = append(answer.More, info)
		}
	}
	t.receive(key.server(), wire.Encode(wire.GetHostResponseID, answer), t.now)
}

func (t *linkTest) refuseRoute(request wire.GetHostRequest) {
	answer := &wire.GetHostResponse{Seq: request.Seq, ModID: 1, CmdID: 1, ReturnCode: wire.NoSuchRoute}
	t.receive(key.server(), wire.Encode(wire.GetHostResponseID, answer), t.now)
}

// list answers a request for all hosts.
func (t *linkTest) answerRoute(hosts ...wire.HostInfo) {
	answer := &wire.GetRouteResponse{ModID: 1, CmdID: 1, Hosts: hosts}
	t.receive(key.server(), wire.Encode(wire.GetRouteResponseID, answer), t.now)
}

func (t *linkTest) later(by time.Duration) {
	t.now += by
	t.advance(t.now)
}

func (t *linkTest) expect(w *hostWaiter, host netip.AddrPort, standIn bool) {
	t.Helper()
	select {
	case outcome := <-w.outcome:
		if outcome.err != nil || outcome.host != (Host{host, standIn}) {
			t.Errorf("outcome %+v, want %v, stand-in %v", outcome, host, standIn)
		}
	default:
		t.Errorf("no outcome, want %v", host)
	}
}

func (t *linkTest) expectError(w *hostWaiter, want error) {
	t.Helper()
	select {
	case outcome := <-w.outcome:
		if !errors.Is(outcome.err, want) {
			t.Errorf("outcome %+v, want %v", outcome, want)
		}
	default:
		t.Errorf("no outcome, want %v", want)
	}
}

// batch has the link find out that its agent batches.
func (t *linkTest) batch() {
	first, second := t.askOne(), t.askOne()
	hosts, _, _ := t.sent()
	t.answer(hosts[0], hostA)
	hosts, _, _ = t.sent()
	t.answer(hosts[0], hostB)
	t.expect(first, hostA, false)
	t.expect(second, hostB, false)
	if t.batching != batches {
		t.Fatal("the agent was not found to batch")
	}
}

func TestARequestIsSentAgainUntilItTimesOut(t *testing.T) {
	link := newLinkTest(t, WithTries(3), WithTimeout(100*ms))
	w := link.askOne()
	first, _, _ := link.sent()
	for try := 2; try <= 3; try++ {
		link.later(99 * ms)
		if again, _, _ := link.sent(); len(again) != 0 {
			t.Errorf("sent again before the timeout: %+v", again)
		}
		link.later(ms)
		if again, _, _ := link.sent(); len(again) != 1 || again[0].Seq != first[0].Seq {
			t.Errorf("try %d: %+v, want seq %d", try, again, first[0].Seq)
		}
	}
	link.later(100 * ms)
	link.expectError(w, ErrUnreachable)
	if link.waiting != 0 || link.resends.Len() != 0 || len(link.pending) != 0 {
		t.Error("something waits")
	}
}

func TestALateAnswerIsDropped(t *testing.T) {
	link := newLinkTest(t)
	w := link.askOne()
	hosts, _, _ := link.sent()
	other := hosts[0]
	other.Seq++
	link.answer(other, hostB)
	link.answer(hosts[0], hostA)
	link.answer(hosts[0], hostB)
	link.expect(w, hostA, false)
	if link.counters.Late != 2 || link.counters.Answered != 1 {
		t.Errorf("%+v", link.counters)
	}
}

func TestCallersShareTheNextRequest(t *testing.T) {
	link := newLinkTest(t)
	first := link.askOne()
	second, third := link.askOne(), link.askOne()
	hosts, _, _ := link.sent()
	if len(hosts) != 1 || hosts[0].Count != 0 {
		t.Fatalf("sent %+v, want one in the original's bytes", hosts)
	}
	link.answer(hosts[0], hostA)
	link.expect(first, hostA, false)
	hosts, _, _ = link.sent()
	if len(hosts) != 1 || hosts[0].Count != 2 {
		t.Fatalf("sent %+v, want one for two hosts", hosts)
	}
	link.answer(hosts[0], hostA, hostB)
	link.expect(second, hostA, false)
	link.expect(third, hostB, false)
}

func TestNothingIsHeldLongerThanAMillisecond(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	link.askOne()
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA)}, link.now)
	link.sent()
	if due, ok := link.nextDue(); !ok || due != link.now+flushAfter {
		t.Errorf("due at %v, %v", due, ok)
	}
	link.later(flushAfter)
	hosts, reports, _ := link.sent()
	if len(hosts) != 1 || len(hosts[0].Results) != 1 || len(reports) != 0 {
		t.Errorf("sent %+v and %+v, want one request with one result", hosts, reports)
	}
}

func TestAnAgentOfTheOriginalSystemGetsOneOfEach(t *testing.T) {
	link := newLinkTest(t)
	waiters := []*hostWaiter{link.askOne(), link.askOne(), link.askOne()}
	hosts, _, _ := link.sent()
	link.answer(hosts[0], hostA)
	shared, _, _ := link.sent()
	// It skips the count.
	shared[0].Count = 0
	link.answer(shared[0], hostA)
	hosts, _, _ = link.sent()
	if len(hosts) != 1 || hosts[0].Count != 0 {
		t.Fatalf("sent %+v, want one in the original's bytes", hosts)
	}
	link.answer(hosts[0], hostB)
	link.expect(waiters[0], hostA, false)
	link.expect(waiters[1], hostA, false)
	link.expect(waiters[2], hostB, false)
	for i := 0; i < 2; i++ {
		link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA)}, link.now)
	}
	if _, reports, _ := link.sent(); len(reports) != 2 || len(reports[0].More) != 0 {
		t.Errorf("reports %+v", reports)
	}
}

func TestAnAgentThatReplacesOneOfTheOriginalSystemIsFoundOut(t *testing.T) {
	link := newLinkTest(t)
	link.batching = plain
	link.askOne()
	link.later(100 * ms)
	if link.batching != batchingUnknown {
		t.Error("an agent that leaves a request unanswered may have been replaced")
	}
	link.sent()
	link.batch()
}

func TestAnAgentOfTheOriginalSystemIsNotToldOfUnusedHosts(t *testing.T) {
	link := newLinkTest(t)
	link.giveBack(key, wire.NewHostInfo(hostA), link.now)
	link.sendResults(link.routeOf(key, link.now), []wire.CallResult{{Host: wire.NewHostInfo(hostA), Unused: true}})
	if _, reports, _ := link.sent(); len(reports) != 0 {
		t.Errorf("reports %+v", reports)
	}
}

func TestADatagramHasAtMost64OfEach(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	first, _, _ := link.sent()
	for i := 0; i < batchMax+1; i++ {
		link.askOne()
		link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA)}, link.now)
	}
	if _, reports, _ := link.sent(); len(reports) != 1 || len(reports[0].More) != batchMax-1 {
		t.Errorf("reports %+v", reports)
	}
	link.answer(first[0], hostA)
	hosts, _, _ := link.sent()
	if len(hosts) != 2 || hosts[0].Count != batchMax || hosts[1].Count != 1 || len(hosts[0].Results) != 1 {
		t.Errorf("sent %+v", hosts)
	}
}

func TestOneCallerTooManyIsRefused(t *testing.T) {
	link := newLinkTest(t)
	link.waiting = waitingMax - 1
	last, tooMany := link.askOne(), link.askOne()
	link.expectError(tooMany, ErrSystem)
	if len(last.outcome) != 0 || link.counters.Refused != 1 {
		t.Errorf("%+v", link.counters)
	}
}

func TestSharedAnswersWithoutAHostForACallerAreOverload(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	hosts, _, _ := link.sent()
	waiters := []*hostWaiter{link.askOne(), link.askOne(), link.askOne()}
	link.answer(hosts[0], hostA)
	// The agent has one host for three callers, and then one for two.
	for range waiters[:missesMax] {
		hosts, _, _ = link.sent()
		link.answer(hosts[0], hostB)
	}
	link.expect(waiters[0], hostB, false)
	link.expect(waiters[1], hostB, false)
	link.expectError(waiters[2], ErrOverloaded)
}

func TestResultsThatAReplacedAgentDidNotTakeAreSentAgain(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA), ReturnCode: 5}, link.now)
	hosts, _, _ := link.sent()
	link.askOne()
	link.answer(hosts[0], hostA)
	hosts, _, _ = link.sent()
	if len(hosts) != 1 || len(hosts[0].Results) != 1 {
		t.Fatalf("sent %+v, want one request with one result", hosts)
	}
	hosts[0].Count = 0
	link.answer(hosts[0], hostB)
	if _, reports, _ := link.sent(); len(reports) != 1 || reports[0].ReturnCode != 5 {
		t.Errorf("reports %+v", reports)
	}
}

func TestResultsOfARequestThatIsSentAgainDoNotCountTwice(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	link.askOne()
	link.sent()
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA)}, link.now)
	link.askOne()
	link.later(flushAfter)
	link.sent()
	link.later(100 * ms)
	hosts, _, _ := link.sent()
	for _, request := range hosts {
		if len(request.Results) > 0 {
			t.Errorf("sent again with %+v", request.Results)
		}
	}
	if link.counters.Unconfirmed != 1 {
		t.Errorf("%d unconfirmed", link.counters.Unconfirmed)
	}
}

func TestTheHostOfACallerWhoGaveUpIsGivenBack(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	w := link.askOne()
	hosts, _, _ := link.sent()
	if !link.giveUp(key, w) {
		t.Fatal("has an outcome")
	}
	link.answer(hosts[0], hostA)
	link.later(flushAfter)
	_, reports, _ := link.sent()
	if len(reports) != 1 || len(reports[0].More) != 1 || !reports[0].More[0].Unused {
		t.Errorf("reports %+v, want one unused host", reports)
	}
	if link.waiting != 0 {
		t.Errorf("%d wait", link.waiting)
	}
}

func TestTheHostOfACallerWhoGaveUpGoesToTheNext(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	w, next := link.askOne(), link.askOne()
	hosts, _, _ := link.sent()
	link.giveUp(key, w)
	link.answer(hosts[0], hostA)
	link.expect(next, hostA, false)
}

func TestReturnCodesAreErrors(t *testing.T) {
	for code, want := range map[wire.ReturnCode]error{
		wire.Overload: ErrOverloaded, wire.SystemError: ErrSystem, wire.NoSuchRoute: ErrNoRoute, 77: ErrSystem,
		// Success without a host that can be.
		wire.Success: ErrSystem,
	} {
		link := newLinkTest(t)
		w := link.askOne()
		hosts, _, _ := link.sent()
		answer := &wire.GetHostResponse{Seq: hosts[0].Seq, ModID: 1, CmdID: 1, ReturnCode: code}
		link.receive(key.server(), wire.Encode(wire.GetHostResponseID, answer), 0)
		link.expectError(w, want)
	}
}

func TestClosingEndsEveryWaitAndSendsResults(t *testing.T) {
	link := newLinkTest(t)
	link.batch()
	asked, waits := link.askOne(), link.askOne()
	listed := make(routeWaiter, 1)
	link.list(key, listed, link.now)
	link.report(key, wire.CallResult{Host: wire.NewHostInfo(hostA)}, link.now)
	link.sent()
	link.close()
	link.expectError(asked, ErrClosed)
	link.expectError(waits, ErrClosed)
	if outcome := <-listed; outcome.err != ErrClosed {
		t.Errorf("%+v", outcome)
	}
	if _, reports, _ := link.sent(); len(reports) != 1 {
		t.Errorf("reports %+v", reports)
	}
	link.expectError(link.askOne(), ErrClosed)
}

func TestTheServerOfARoute(t *testing.T) {
	for _, each := range []struct {
		key  routeKey
		want int
	}{
		{routeKey{1, 1}, 2},
		{routeKey{2147483647, 2147483647}, 2},
		{routeKey{-1, 0}, 2},
		{routeKey{-2147483648, -1}, 0},
	} {
		if got := each.key.server(); got != each.want {
			t.Errorf("%v: %d, want %d", each.key, got, each.want)
		}
	}
}

func TestIdleRoutesAreDropped(t *testing.T) {
	link := newLinkTest(t)
	for mod := int32(0); mod < 2*routesMax; mod++ {
		link.now += rememberFor
		w := newHostWaiter()
		link.ask(routeKey{mod, 0}, w, link.now)
		link.onRefused(routeKey{mod, 0}.server(), link.now)
		link.outbox = nil
	}
	if len(link.routes) > routesMax {
		t.Errorf("%d routes are kept", len(link.routes))
	}
}
