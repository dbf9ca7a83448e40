from __future__ import annotations

import unittest
from collections import Counter
from random import Random

from lars import (
    AgentUnreachable,
    ClientClosed,
    Host,
    NoRoute,
    Overloaded,
    SystemFailure,
)
from lars import (
    _wire as wire,
)
from lars._host import to_info
from lars._link import (
    BATCH_MAX,
    DOUBT_NO_ROUTE_FOR,
    FLUSH_AFTER,
    PROBE_EVERY,
    ROUTES_MAX,
    WAITING_MAX,
    AgentLink,
    Options,
    Reason,
    RouteKey,
    Waiter,
    server_of,
)
from lars._memory import KEPT_MAX, REMEMBER_FOR, SKIP_FOR

from .fake_agent import HOST_A, HOST_B

KEY = (1, 1)
SERVER = server_of(KEY)


class Sent:
    """What a link wants to send."""

    def __init__(self, outbox: list[tuple[int, bytes]]) -> None:
        self.hosts: list[wire.GetHostRequest] = []
        self.reports: list[wire.ReportRequest] = []
        self.routes = 0
        for server, datagram in outbox:
            assert server == SERVER
            message_id, body = wire.decode_frame(datagram)
            if message_id == wire.GET_HOST_REQUEST:
                self.hosts.append(wire.GetHostRequest.decode(body))
            elif message_id == wire.REPORT_REQUEST:
                self.reports.append(wire.ReportRequest.decode(body))
            else:
                assert message_id == wire.GET_ROUTE_REQUEST
                self.routes += 1
        outbox.clear()


class LinkCase(unittest.TestCase):
    """Drives a link by hand, in virtual time."""

    def setUp(self) -> None:
        self.open()

    def open(self, stand_in: float = 60.0) -> None:
        self.now = 0.0
        self.link = AgentLink(Options(0.1, 3, True, stand_in), Random(1))

    def sent(self) -> Sent:
        return Sent(self.link.outbox)

    def ask(self, key: RouteKey = KEY) -> Waiter:
        waiter = Waiter()
        self.link.ask(key, waiter, self.now)
        return waiter

    def report(self, host: Host, retcode: int = 0) -> None:
        result = wire.CallResult(to_info(host), retcode)
        self.link.report(KEY, result, self.now)

    def answer(
        self, request: wire.GetHostRequest, *hosts: Host, retcode: int = 0
    ) -> None:
        answer = wire.GetHostResponse(request.seq, 1, 1, retcode)
        answer.use_ms = 20 if request.count else 0
        if hosts:
            answer.host, *answer.more = map(to_info, hosts)
        frame = wire.encode_frame(wire.GET_HOST_RESPONSE, answer.encode())
        self.link.receive(SERVER, frame, self.now)

    def answer_route(self, *hosts: wire.HostInfo) -> None:
        answer = wire.GetRouteResponse(1, 1, list(hosts))
        frame = wire.encode_frame(wire.GET_ROUTE_RESPONSE, answer.encode())
        self.link.receive(SERVER, frame, self.now)

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.link.advance(self.now)

    def assert_host(self, waiter: Waiter, host: Host, *, stand_in: bool) -> None:
        self.assertEqual(waiter.outcome, host)
        assert isinstance(waiter.outcome, Host)
        self.assertEqual(waiter.outcome.stand_in, stand_in)

    def assert_reason(self, waiter: Waiter, reason: Reason) -> None:
        self.assertIs(waiter.outcome, reason)

    def batch(self) -> None:
        """Has the link find out that its agent batches."""
        first, second = self.ask(), self.ask()
        self.answer(self.sent().hosts[0], HOST_A)
        self.answer(self.sent().hosts[0], HOST_B)
        self.assert_host(first, HOST_A, stand_in=False)
        self.assert_host(second, HOST_B, stand_in=False)


class Requests(LinkCase):
    def test_a_request_is_sent_again_until_it_times_out(self) -> None:
        waiter = self.ask()
        seq = self.sent().hosts[0].seq
        for _ in range(2):
            self.later(0.099)
            self.assertEqual(self.sent().hosts, [])
            self.later(0.002)
            self.assertEqual([each.seq for each in self.sent().hosts], [seq])
        self.later(0.101)
        self.assert_reason(waiter, AgentUnreachable)
        self.assertEqual(self.link._waiting, 0)
        self.assertEqual((self.link._pending, len(self.link._resends)), ({}, 0))

    def test_a_late_answer_is_dropped(self) -> None:
        waiter = self.ask()
        request = self.sent().hosts[0]
        self.answer(wire.GetHostRequest(request.seq + 1), HOST_B)
        self.answer(request, HOST_A)
        self.answer(request, HOST_B)
        self.assert_host(waiter, HOST_A, stand_in=False)
        self.assertEqual(self.link.counters.late, 2)
        self.assertEqual(self.link.counters.answered, 1)

    def test_return_codes_are_reasons(self) -> None:
        for retcode, reason in (
            (wire.OVERLOAD, Overloaded),
            (wire.SYSTEM_ERROR, SystemFailure),
            (wire.NO_SUCH_ROUTE, NoRoute),
            (77, SystemFailure),
            # Success without a host.
            (wire.SUCCESS, SystemFailure),
        ):
            waiter = self.ask()
            self.answer(self.sent().hosts[0], retcode=retcode)
            self.assert_reason(waiter, reason)

    def test_malformed_datagrams_are_dropped(self) -> None:
        for datagram in (
            b"",
            b"\5\0\0\0\x09\0\0\0\1",
            wire.encode_frame(99, b""),
            wire.encode_frame(wire.GET_HOST_RESPONSE, b"\xff"),
            wire.encode_frame(wire.GET_ROUTE_RESPONSE, b"\xff"),
        ):
            self.link.receive(0, datagram, self.now)
        self.assertEqual(self.link.counters.malformed, 5)

    def test_closing_ends_every_wait_and_sends_results(self) -> None:
        self.batch()
        asked, waits, listed = self.ask(), self.ask(), Waiter()
        self.link.list_hosts(KEY, listed, self.now)
        self.report(HOST_A)
        self.sent()
        self.link.close()
        for waiter in (asked, waits, listed, self.ask()):
            self.assert_reason(waiter, ClientClosed)
        self.assertEqual(len(self.sent().reports), 1)
        self.assertEqual(self.link._waiting, 0)

    def test_the_server_of_a_route(self) -> None:
        self.assertEqual(server_of((1, 1)), 2)
        self.assertEqual(server_of((2**31 - 1, 2**31 - 1)), 2)
        self.assertEqual(server_of((-1, 0)), 2)

    def test_idle_routes_are_dropped(self) -> None:
        for mod_id in range(2 * ROUTES_MAX):
            self.now += REMEMBER_FOR
            self.ask((mod_id, 0))
            self.link.on_refused(server_of((mod_id, 0)), self.now)
            self.link.outbox.clear()
        self.assertLessEqual(len(self.link._routes), ROUTES_MAX)


class Sharing(LinkCase):
    def test_callers_share_the_next_request(self) -> None:
        first, second, third = self.ask(), self.ask(), self.ask()
        (request,) = self.sent().hosts
        self.assertEqual(request.count, 0)
        self.answer(request, HOST_A)
        self.assert_host(first, HOST_A, stand_in=False)
        (request,) = self.sent().hosts
        self.assertEqual(request.count, 2)
        self.answer(request, HOST_A, HOST_B)
        self.assert_host(second, HOST_A, stand_in=False)
        self.assert_host(third, HOST_B, stand_in=False)

    def test_nothing_is_held_longer_than_a_millisecond(self) -> None:
        self.batch()
        self.ask()
        self.ask()
        self.report(HOST_A)
        self.sent()
        self.assertEqual(self.link.next_due(), self.now + FLUSH_AFTER)
        self.later(FLUSH_AFTER)
        sent = self.sent()
        self.assertEqual([len(each.results) for each in sent.hosts], [1])
        self.assertEqual(sent.reports, [])

    def test_an_agent_of_the_original_system_gets_one_of_each(self) -> None:
        waiters = [self.ask(), self.ask(), self.ask()]
        self.answer(self.sent().hosts[0], HOST_A)
        (shared,) = self.sent().hosts
        # It skips the count.
        shared.count = 0
        self.answer(shared, HOST_A)
        (last,) = self.sent().hosts
        self.assertEqual(last.count, 0)
        self.answer(last, HOST_B)
        self.assertEqual([each.outcome for each in waiters], [HOST_A, HOST_A, HOST_B])
        self.report(HOST_A)
        self.report(HOST_A)
        self.assertEqual([len(each.more) for each in self.sent().reports], [0, 0])

    def test_an_agent_that_replaces_an_original_one_is_found_out(self) -> None:
        self.link._batches = False
        self.ask()
        self.later(0.101)
        self.assertIsNone(self.link._batches)

    def test_an_original_agent_is_not_told_of_unused_hosts(self) -> None:
        self.link.give_back(KEY, to_info(HOST_A), self.now)
        unused = wire.CallResult(to_info(HOST_A), unused=True)
        self.link._send_results(self.link._route_of(KEY, self.now), [unused])
        self.assertEqual(self.sent().reports, [])

    def test_a_datagram_has_at_most_64_of_each(self) -> None:
        self.batch()
        self.ask()
        (first,) = self.sent().hosts
        for _ in range(BATCH_MAX + 1):
            self.ask()
            self.report(HOST_A)
        (report,) = self.sent().reports
        self.assertEqual(len(report.more), BATCH_MAX - 1)
        self.answer(first, HOST_A)
        hosts = self.sent().hosts
        self.assertEqual([each.count for each in hosts], [BATCH_MAX, 1])
        self.assertEqual([len(each.results) for each in hosts], [1, 0])

    def test_one_caller_too_many_is_refused(self) -> None:
        self.link._waiting = WAITING_MAX - 1
        last, too_many = self.ask(), self.ask()
        self.assertIsNone(last.outcome)
        self.assert_reason(too_many, SystemFailure)
        self.assertEqual(self.link.counters.refused, 1)

    def test_shared_answers_without_a_host_for_a_caller_are_overload(self) -> None:
        self.batch()
        self.ask()
        (request,) = self.sent().hosts
        waiters = [self.ask(), self.ask(), self.ask()]
        self.answer(request, HOST_A)
        # The agent has one host for three callers, and then one for two.
        self.answer(self.sent().hosts[0], HOST_B)
        self.answer(self.sent().hosts[0], HOST_B)
        self.assertEqual(
            [each.outcome for each in waiters], [HOST_B, HOST_B, Overloaded]
        )

    def test_results_that_a_replaced_agent_did_not_take_are_sent_again(self) -> None:
        self.batch()
        self.ask()
        self.report(HOST_A, 5)
        (first,) = self.sent().hosts
        self.ask()
        self.answer(first, HOST_A)
        (second,) = self.sent().hosts
        self.assertEqual(len(second.results), 1)
        second.count = 0
        self.answer(second, HOST_B)
        self.assertEqual([each.retcode for each in self.sent().reports], [5])

    def test_results_of_a_request_that_is_sent_again_do_not_count_twice(self) -> None:
        self.batch()
        self.ask()
        self.report(HOST_A)
        self.ask()
        self.later(FLUSH_AFTER)
        self.sent()
        self.later(0.1)
        self.assertEqual([each.results for each in self.sent().hosts], [(), ()])
        self.assertEqual(self.link.counters.unconfirmed, 1)

    def test_the_host_of_a_caller_who_gave_up_is_given_back(self) -> None:
        self.batch()
        waiter = self.ask()
        (request,) = self.sent().hosts
        self.link.give_up(KEY, waiter)
        self.answer(request, HOST_A)
        self.later(FLUSH_AFTER)
        (report,) = self.sent().reports
        self.assertEqual([each.unused for each in report.more], [True])
        self.assertEqual(self.link._waiting, 0)

    def test_the_host_of_a_caller_who_gave_up_goes_to_the_next(self) -> None:
        self.batch()
        waiter, following = self.ask(), self.ask()
        (request,) = self.sent().hosts
        self.link.give_up(KEY, waiter)
        self.answer(request, HOST_A)
        self.assert_host(following, HOST_A, stand_in=False)
        self.assertIsNone(waiter.outcome)


class StandIn(LinkCase):
    def leave(self, stand_in: float = 60.0) -> None:
        """Has the link remember two hosts, and its agent refuse a datagram."""
        self.open(stand_in)
        self.ask()
        sent = self.sent()
        self.assertEqual(sent.routes, 1)
        overloaded = to_info(HOST_B)
        overloaded.overload = True
        self.answer_route(to_info(HOST_A), overloaded)
        self.answer(sent.hosts[0], HOST_A)
        self.link.on_refused(SERVER, self.now)

    def setUp(self) -> None:
        self.leave()

    def test_an_agent_that_is_away_is_stood_in_for(self) -> None:
        for _ in range(20):
            # Not the overloaded one.
            self.assert_host(self.ask(), HOST_A, stand_in=True)
        self.assertEqual(self.sent().hosts, [])
        self.assertEqual(self.link.counters.stand_ins, 20)
        self.assertEqual(self.link.counters.downs, 1)
        self.assertFalse(self.link.agent_up)

    def test_those_who_wait_are_stood_in_for_at_once(self) -> None:
        self.open()
        first, shares = self.ask(), self.ask()
        self.answer_route(to_info(HOST_A))
        self.link.on_refused(SERVER, self.now)
        self.assert_host(first, HOST_A, stand_in=True)
        self.assert_host(shares, HOST_A, stand_in=True)
        self.assertEqual(self.link._waiting, 0)

    def test_an_agent_that_answers_no_try_is_stood_in_for(self) -> None:
        self.open()
        first = self.ask()
        self.later(0.05)
        second = self.ask()
        self.answer_route(to_info(HOST_A))
        for _ in range(3):
            self.later(0.1)
        self.assert_host(first, HOST_A, stand_in=True)
        self.assert_host(second, HOST_A, stand_in=True)

    def test_a_host_that_fails_is_skipped_for_a_second(self) -> None:
        self.report(HOST_A, 1)
        self.assert_host(self.ask(), HOST_B, stand_in=True)
        self.later(SKIP_FOR)
        self.assert_host(self.ask(), HOST_A, stand_in=True)
        # All of them failed: better one of those than none.
        self.report(HOST_A, 1)
        self.report(HOST_B, 1)
        self.assertIsInstance(self.ask().outcome, Host)

    def test_a_drained_host_is_not_picked(self) -> None:
        drained = wire.HostInfo(1, 1, drained=True)
        self.link._routes[KEY].remember([drained, to_info(HOST_B)], self.now)
        self.assert_host(self.ask(), HOST_B, stand_in=True)

    def test_stand_ins_are_spread_evenly(self) -> None:
        hosts = [to_info(HOST_A), to_info(HOST_B)]
        self.link._routes[KEY].remember(hosts, self.now)
        picks = Counter(str(self.ask().outcome) for _ in range(1_000))
        self.assertGreater(min(picks.values()), 400)

    def test_all_hosts_come_from_memory_too(self) -> None:
        waiter = Waiter()
        self.link.list_hosts(KEY, waiter, self.now)
        hosts = waiter.hosts(KEY)
        self.assertEqual([each.overload for each in hosts], [False, True])
        self.assertTrue(all(each.stand_in for each in hosts))

    def test_one_probe_a_time_asks_whether_the_agent_is_back(self) -> None:
        self.sent()
        for _ in range(10):
            self.ask()
            self.later(0.0501)
        self.assertEqual(self.sent().routes, 5)
        # They end a minute after the last caller.
        for _ in range(1_000):
            self.later(0.1001)
        self.assertAlmostEqual(self.sent().routes, 600, delta=5)
        self.assertIsNone(self.link.next_due())

    def test_an_agent_that_is_back_gets_the_newest_results(self) -> None:
        for retcode in range(KEPT_MAX + 10):
            self.report(HOST_A, retcode)
        self.assertEqual(self.sent().reports, [])
        self.answer_route(to_info(HOST_A))
        reports = self.sent().reports
        self.assertEqual(len(reports), KEPT_MAX)
        self.assertEqual(reports[0].retcode, 10)
        self.assertTrue(self.link.agent_up)
        waiter = self.ask()
        self.answer(self.sent().hosts[0], HOST_B)
        self.assert_host(waiter, HOST_B, stand_in=False)
        # Once.
        self.link.on_refused(SERVER, self.now)
        self.answer_route(to_info(HOST_A))
        self.assertEqual(self.sent().reports, [])

    def test_results_that_wait_when_the_agent_goes_away_are_kept(self) -> None:
        self.open()
        self.batch()
        self.ask()
        self.report(HOST_A, 5)
        self.link.on_refused(SERVER, self.now)
        self.later(FLUSH_AFTER)
        self.assertEqual(self.sent().reports, [])
        self.answer_route(to_info(HOST_A))
        self.assertEqual([each.retcode for each in self.sent().reports], [5])

    def test_no_route_is_not_believed_at_first(self) -> None:
        self.later(5)
        self.answer_route()
        waiter = self.ask()
        self.answer(self.sent().hosts[0], retcode=wire.NO_SUCH_ROUTE)
        self.assert_host(waiter, HOST_A, stand_in=True)
        self.later(DOUBT_NO_ROUTE_FOR)
        waiter = self.ask()
        self.answer(self.sent().hosts[0], retcode=wire.NO_SUCH_ROUTE)
        self.assert_reason(waiter, NoRoute)
        self.answer_route()
        self.assertEqual(self.link._routes[KEY].hosts, [])

    def test_a_stand_in_ends(self) -> None:
        self.leave(stand_in=10)
        self.now += 9.9
        self.assert_host(self.ask(), HOST_A, stand_in=True)
        self.now += 0.1
        self.sent()
        waiter = self.ask()
        # Now and then a caller finds out whether the agent is back.
        self.assertIsNone(waiter.outcome)
        self.assert_reason(self.ask(), AgentUnreachable)
        self.answer(self.sent().hosts[0], HOST_B)
        self.assert_host(waiter, HOST_B, stand_in=False)

    def test_without_a_stand_in_nothing_is_remembered(self) -> None:
        self.open(stand_in=0)
        waiter = self.ask()
        self.assertEqual(self.sent().routes, 0)
        self.link.on_refused(SERVER, self.now)
        self.assert_reason(waiter, AgentUnreachable)

    def test_hosts_of_long_ago_are_not_picked(self) -> None:
        self.open()
        self.ask()
        self.answer_route(to_info(HOST_A))
        self.now += REMEMBER_FOR + 1
        self.link.on_refused(SERVER, self.now)
        self.assert_reason(self.ask(), AgentUnreachable)

    def test_hosts_of_routes_in_use_are_refreshed(self) -> None:
        self.open()
        self.ask()
        self.answer_route(to_info(HOST_A))
        self.sent()
        for _ in range(100):
            self.now += 0.1001
            self.ask()
        self.assertEqual(self.sent().routes, 5)

    def test_other_servers_of_the_agent_go_on(self) -> None:
        self.sent()
        self.now += PROBE_EVERY / 2
        other = (1, 2)
        self.assertNotEqual(server_of(other), SERVER)
        self.link.ask(other, Waiter(), self.now)
        self.assertEqual({server for server, _ in self.link.outbox}, {server_of(other)})


if __name__ == "__main__":
    unittest.main()
