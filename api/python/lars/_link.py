from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Callable

from . import _wire as wire
from ._host import Host, RouteHost, is_possible, to_host, to_route_host
from ._memory import REMEMBER_FOR, Memory
from .errors import (
    AgentUnreachable,
    ClientClosed,
    NoHostError,
    NoRoute,
    Overloaded,
    SystemFailure,
)

AGENT_SERVERS = 3
"""UDP servers of an agent: each owns the routes with (modid + cmdid) mod 3 equal
to its index."""

WAITING_MAX = 65_536
"""Most callers that wait at a time; one more is refused."""

BATCH_MAX = wire.COUNT_MAX
FLUSH_AFTER = 0.001
"""How long a caller or a result may wait to share a datagram, in seconds."""

MISSES_MAX = 2
"""Shared answers without a host for a caller after which every host is
overloaded."""

ROUTES_MAX = 4_096
"""Routes that are kept though nothing waits for them."""

PROBE_EVERY = 0.1
"""How often a server that is away is asked, in seconds."""

PROBE_FOR = 60.0
"""For how long that goes on after the last caller, in seconds."""

DOUBT_NO_ROUTE_FOR = 2.0
"""How long an agent that came back may not know its routes yet, in seconds."""

RouteKey = tuple[int, int]
Reason = type[NoHostError]


def server_of(key: RouteKey) -> int:
    return (key[0] + key[1]) % AGENT_SERVERS


@dataclass
class Options:
    """How a client reaches its agent; see ``Client``."""

    timeout: float
    tries: int
    batching: bool
    stand_in: float


@dataclass
class Counters:
    """What a client did so far."""

    sent: int = 0
    """Datagrams that left."""
    send_failures: int = 0
    """Datagrams that the system did not take."""
    resent: int = 0
    """Requests that were sent again, as no answer had come in time."""
    answered: int = 0
    """Answers to requests; one may have been for several callers."""
    late: int = 0
    """Answers to no request that waits."""
    malformed: int = 0
    """Datagrams that are no answer at all."""
    timeouts: int = 0
    """Requests without an answer to their last try."""
    refused: int = 0
    """Requests above 65,536 that wait."""
    shared: int = 0
    """Callers who waited for a request that they shared."""
    unused: int = 0
    """Hosts that were picked and given back."""
    unconfirmed: int = 0
    """Results in requests that stayed unanswered: the agent may have missed
    them."""
    stand_ins: int = 0
    """Hosts and lists from memory, as the agent was away."""
    downs: int = 0
    """How often one of the agent's three servers went away."""


class Waiter:
    """A caller who waits for a host, or for all hosts of a route. The outcome
    comes once, and then ``notify`` is called."""

    __slots__ = ("notify", "outcome", "gave_up", "misses")

    def __init__(self) -> None:
        self.notify: Callable[[], object] | None = None
        self.outcome: None | Host | list[RouteHost] | Reason = None
        # The outcome is not wanted any more.
        self.gave_up = False
        # Shared answers that had no host for it.
        self.misses = 0

    def settle(self, outcome: Host | list[RouteHost] | Reason) -> None:
        self.outcome = outcome
        if self.notify is not None:
            self.notify()

    def host(self, key: RouteKey) -> Host:
        if isinstance(self.outcome, Host):
            return self.outcome
        raise self._error(key)

    def hosts(self, key: RouteKey) -> list[RouteHost]:
        if isinstance(self.outcome, list):
            return self.outcome
        raise self._error(key)

    def _error(self, key: RouteKey) -> NoHostError:
        assert isinstance(self.outcome, type)
        return self.outcome(*key)


class _Route(Memory):
    """The traffic of one route, and what is remembered of it."""

    __slots__ = ("key", "server", "waiters", "results", "current", "listing", "held_at")

    def __init__(self, key: RouteKey, now: float) -> None:
        super().__init__(now)
        self.key = key
        self.server = server_of(key)
        # Who share the next request for hosts.
        self.waiters: list[Waiter] = []
        # What travels with the next datagram.
        self.results: list[wire.CallResult] = []
        # The newest request for hosts, until it has ended.
        self.current: _Request | None = None
        # The request for all hosts that has callers, if there is one.
        self.listing: _Request | None = None
        # Since when the first of the waiters and results is held back.
        self.held_at = 0.0

    def is_idle(self, now: float) -> bool:
        return (
            self.current is None
            and self.listing is None
            and not self.waiters
            and not self.results
            and now >= self.used_at + REMEMBER_FOR
        )


class _Request:
    """A datagram that is to be answered: for hosts, or without a seq for all
    hosts of a route."""

    __slots__ = (
        "route",
        "seq",
        "waiters",
        "count",
        "results",
        "datagram",
        "due_at",
        "tries_left",
    )

    def __init__(self, route: _Route, waiters: list[Waiter]) -> None:
        self.route = route
        self.waiters = waiters
        self.seq: int | None = None
        # Hosts asked for; 0: one, in the original's bytes.
        self.count = 0
        # Results that travel with its first datagram.
        self.results: Sequence[wire.CallResult] = ()
        self.datagram = b""
        self.due_at = 0.0
        self.tries_left = 0


class _Server:
    """One of the agent's UDP servers: whether it answers."""

    __slots__ = ("down_at", "back_at", "probed_at", "asked_at", "key")

    def __init__(self) -> None:
        # Since when it does not: it refused a datagram, or answered no try.
        self.down_at: float | None = None
        # When it answered again after that.
        self.back_at = float("-inf")
        # When it was last asked while it is down.
        self.probed_at = float("-inf")
        # When it was last asked for a route, and which: probes ask for it.
        self.asked_at = float("-inf")
        self.key: RouteKey = (0, 0)

    def may_probe(self, now: float) -> bool:
        return now >= self.probed_at + PROBE_EVERY

    def is_probed(self) -> bool:
        return self.down_at is not None and self.probed_at < self.asked_at + PROBE_FOR


class AgentLink:
    """The state of a client: who waits for what, and what is to be sent.

    It knows no socket and no clock: it is handed datagrams and the time, and
    leaves datagrams in its outbox, as (server, bytes). One thread at a time may
    use it.

    A request without an answer is sent again with the same seq, so that the late
    answer to the first try still counts. Callers who ask for a route while a
    request for it is on its way share the next one, and the results of their
    calls travel with it. Without load nothing waits, and every datagram has the
    bytes of the original system but one: what a stand-in has to remember.
    """

    def __init__(self, options: Options, random: Random) -> None:
        self.outbox: list[tuple[int, bytes]] = []
        self.counters = Counters()
        self.closed = False
        self._options = options
        self._random = random
        self._servers = [_Server() for _ in range(AGENT_SERVERS)]
        self._routes: dict[RouteKey, _Route] = {}
        # Grows with the routes that cannot be dropped.
        self._routes_max = ROUTES_MAX
        # Requests for hosts, by seq.
        self._pending: dict[int, _Request] = {}
        # All requests, the earliest due first: every try has the same timeout.
        self._resends: OrderedDict[_Request, None] = OrderedDict()
        # Routes with something that is held back, the earliest due first.
        self._holds: OrderedDict[_Route, None] = OrderedDict()
        # Whether the agent takes counts and results with requests; None:
        # unknown, until callers share a request.
        self._batches: bool | None = None if options.batching else False
        # At random, so that an answer cannot be forged without seeing the
        # request.
        self._seq = random.getrandbits(32)
        self._waiting = 0

    @property
    def agent_up(self) -> bool:
        return all(server.down_at is None for server in self._servers)

    def ask(self, key: RouteKey, waiter: Waiter, now: float) -> None:
        """Finds a host for a caller, now or later."""
        if self.closed:
            waiter.settle(ClientClosed)
            return
        route = self._route_of(key, now)
        self._waiting += 1
        self._on_asked(route, now)
        if self._servers[route.server].down_at is not None:
            self._ask_while_down(route, waiter, now)
        elif self._waiting > WAITING_MAX:
            self.counters.refused += 1
            self._settle(waiter, SystemFailure)
        elif self._is_loaded(route):
            self.counters.shared += 1
            route.waiters.append(waiter)
            self._hold_back(route, now)
        else:
            # Whether the agent batches is found out when there is something to
            # share.
            self._send_request(route, [waiter], 1 if self._batches else 0, now)

    def give_up(self, key: RouteKey, waiter: Waiter) -> None:
        """Takes back a request for a host."""
        waiter.gave_up = True
        route = self._routes.get(key)
        if route is not None and waiter in route.waiters:
            route.waiters.remove(waiter)
            self._waiting -= 1

    def report(self, key: RouteKey, result: wire.CallResult, now: float) -> None:
        """Sends a result, or has it wait for the next datagram."""
        route = self._route_of(key, now)
        if result.retcode != 0:
            route.on_failure(result.host, now)
        if self._servers[route.server].down_at is not None:
            route.kept.append(result)
        elif self._batches and (self._is_loaded(route) or route.results):
            self._collect(route, result, now)
        else:
            self._send_results(route, [result])

    def give_back(self, key: RouteKey, host: wire.HostInfo, now: float) -> None:
        """Tells that a host was picked but not called. An agent that does not
        batch has no word for that."""
        route = self._route_of(key, now)
        if self._batches and self._servers[route.server].down_at is None:
            self.counters.unused += 1
            self._collect(route, wire.CallResult(host, unused=True), now)

    def list_hosts(self, key: RouteKey, waiter: Waiter, now: float) -> None:
        """Asks for all hosts of a route. Answers have no seq, so callers who ask
        at the same time share a request."""
        if self.closed:
            waiter.settle(ClientClosed)
            return
        route = self._route_of(key, now)
        self._on_asked(route, now)
        server = self._servers[route.server]
        if server.down_at is not None and self._list_from_memory(route, waiter, now):
            self._probe(now)
        elif route.listing is not None:
            route.listing.waiters.append(waiter)
        elif server.down_at is not None and not server.may_probe(now):
            waiter.settle(AgentUnreachable)
        else:
            server.probed_at = now
            route.listing = _Request(route, [waiter])
            route.listing.datagram = _get_route(key)
            self._start(route.listing, now)

    def receive(self, server: int, datagram: bytes, now: float) -> None:
        """Takes a datagram from one of the agent's servers."""
        try:
            message_id, body = wire.decode_frame(datagram)
            if message_id == wire.GET_HOST_RESPONSE:
                self._receive_hosts(server, wire.GetHostResponse.decode(body), now)
            elif message_id == wire.GET_ROUTE_RESPONSE:
                self._receive_route(server, wire.GetRouteResponse.decode(body), now)
            else:
                self.counters.malformed += 1
        except wire.MalformedError:
            self.counters.malformed += 1

    def on_refused(self, server: int, now: float) -> None:
        """Takes note that nothing listens where a server was: whoever waits for
        its answer waits in vain."""
        if self.closed:
            return
        self._on_away(server, now)
        for request in list(self._resends):
            if request.route.server == server:
                self._remove(request)
                self._lose(request, now)

    def advance(self, now: float) -> None:
        """Does what is due."""
        while self._holds:
            route = next(iter(self._holds))
            if now < route.held_at + FLUSH_AFTER:
                break
            self._flush(route, now)
            self._flush_results(route)
            self._holds.pop(route, None)
        while self._resends:
            request = next(iter(self._resends))
            if now < request.due_at:
                break
            self._on_due(request, now)
        self._probe(now)

    def next_due(self) -> float | None:
        """When advance has something to do; None: not before the next use."""
        due = [
            server.probed_at + PROBE_EVERY
            for server in self._servers
            if server.is_probed()
        ]
        for request in self._resends:
            due.append(request.due_at)
            break
        for route in self._holds:
            due.append(route.held_at + FLUSH_AFTER)
            break
        return min(due, default=None)

    def flush(self) -> None:
        """Sends the results that are held back, as nothing may come to pass."""
        for route in list(self._holds):
            if not route.waiters:
                self._flush_results(route)
                self._holds.pop(route, None)

    def close(self) -> None:
        """Answers ClientClosed to all who wait, and sends the results that wait."""
        self.closed = True
        self._drop_requests(ClientClosed)
        for route in self._routes.values():
            self._flush_results(route)
        self._holds.clear()

    def forget_requests(self) -> None:
        """Forgets what waits, as a process does that was forked."""
        self._drop_requests(SystemFailure)
        for route in self._routes.values():
            route.results = []
            route.kept.clear()
        self._holds.clear()
        self.outbox.clear()

    def _drop_requests(self, reason: Reason) -> None:
        for request in list(self._resends):
            self._remove(request)
            self._end(request, reason)
        for route in self._routes.values():
            waiters, route.waiters = route.waiters, []
            for waiter in waiters:
                self._settle(waiter, reason)

    def _end(self, request: _Request, reason: Reason) -> None:
        for waiter in request.waiters:
            if request.seq is None:
                waiter.settle(reason)
            else:
                self._settle(waiter, reason)

    # Requests

    def _route_of(self, key: RouteKey, now: float) -> _Route:
        route = self._routes.get(key)
        if route is None:
            if len(self._routes) >= self._routes_max:
                self._drop_idle(now)
            route = self._routes[key] = _Route(key, now)
        return route

    def _drop_idle(self, now: float) -> None:
        self._routes = {
            key: route for key, route in self._routes.items() if not route.is_idle(now)
        }
        # Looked through again only after as many new ones: O(1) for each.
        self._routes_max = max(ROUTES_MAX, 2 * len(self._routes))

    def _is_loaded(self, route: _Route) -> bool:
        """Whether callers of a route share requests now."""
        return self._batches is not False and route.current is not None

    def _send_request(
        self, route: _Route, waiters: list[Waiter], count: int, now: float
    ) -> None:
        self._seq = (self._seq + 1) & wire.UINT32_MAX
        while self._seq in self._pending:
            self._seq = (self._seq + 1) & wire.UINT32_MAX
        request = _Request(route, waiters)
        request.seq = self._seq
        request.count = count
        if self._batches:
            request.results, route.results = route.results, []
        if self._batches is not False:
            route.current = request
        request.datagram = _get_host(request)
        self._pending[request.seq] = request
        self._start(request, now)

    def _start(self, request: _Request, now: float) -> None:
        request.tries_left = self._options.tries
        self._try(request, now)

    def _try(self, request: _Request, now: float) -> None:
        request.tries_left -= 1
        request.due_at = now + self._options.timeout
        self._resends[request] = None
        self.outbox.append((request.route.server, request.datagram))

    def _remove(self, request: _Request) -> None:
        """Ends the wait of a request."""
        self._resends.pop(request, None)
        if request.seq is not None:
            self._pending.pop(request.seq, None)
        if request.route.current is request:
            request.route.current = None
        if request.route.listing is request:
            request.route.listing = None

    def _settle(self, waiter: Waiter, outcome: Host | Reason) -> None:
        """Hands a caller who waits for a host its outcome."""
        self._waiting -= 1
        if not waiter.gave_up:
            waiter.settle(outcome)

    def _on_due(self, request: _Request, now: float) -> None:
        """Sends a request again, or ends it."""
        if request.tries_left == 0:
            self.counters.timeouts += 1
            self._remove(request)
            self._on_away(request.route.server, now)
            self._lose(request, now)
            return
        del self._resends[request]
        self.counters.resent += 1
        if self._options.batching and self._batches is False:
            # The agent may have been replaced.
            self._batches = None
        if request.results:
            # They may have arrived, and would count twice.
            self.counters.unconfirmed += len(request.results)
            request.results = ()
            request.datagram = _get_host(request)
        self._try(request, now)

    # Sharing

    def _collect(self, route: _Route, result: wire.CallResult, now: float) -> None:
        """Has a result wait for the next datagram."""
        if len(route.results) == BATCH_MAX:
            self._flush_results(route)
        route.results.append(result)
        self._hold_back(route, now)

    def _flush_results(self, route: _Route) -> None:
        results, route.results = route.results, []
        self._send_results(route, results)

    def _send_results(self, route: _Route, results: Sequence[wire.CallResult]) -> None:
        """Sends results in one datagram, or in one each if that is all the agent
        takes."""
        size = BATCH_MAX if self._batches else 1
        for at in range(0, len(results), size):
            part = results[at : at + size]
            if self._batches or not part[0].unused:
                report = wire.ReportRequest.of(*route.key, part)
                frame = wire.encode_frame(wire.REPORT_REQUEST, report.encode())
                self.outbox.append((route.server, frame))

    def _hold_back(self, route: _Route, now: float) -> None:
        """Sees to it that what waits is flushed in time."""
        if route not in self._holds:
            route.held_at = now
            self._holds[route] = None

    def _flush(self, route: _Route, now: float) -> None:
        """Sends requests for all who wait."""
        waiters, route.waiters = route.waiters, []
        size = 1 if self._batches is False else BATCH_MAX
        for at in range(0, len(waiters), size):
            part = waiters[at : at + size]
            self._send_request(
                route, part, 0 if self._batches is False else len(part), now
            )
        if not route.results:
            self._holds.pop(route, None)

    # Answers

    def _receive_hosts(
        self, server: int, answer: wire.GetHostResponse, now: float
    ) -> None:
        self._on_heard(server, now)
        request = self._pending.get(answer.seq)
        if (
            request is None
            or request.route.server != server
            or request.route.key != (answer.modid, answer.cmdid)
        ):
            self.counters.late += 1
            return
        self.counters.answered += 1
        self._remove(request)
        route = request.route
        if request.count > 0 and self._options.batching:
            self._batches = answer.use_ms > 0
        if answer.use_ms == 0 and request.results:
            # The agent does not take results with a request.
            self._send_results(route, request.results)
        if answer.retcode == wire.SUCCESS:
            self._hand_out(request, answer, now)
        else:
            self._refuse(request, answer.retcode, now)
        if route.current is None and route.waiters:
            self._flush(route, now)

    def _refuse(self, request: _Request, retcode: int, now: float) -> None:
        """Hands the waiters of a request the reason why there is no host."""
        for waiter in request.waiters:
            if retcode == wire.NO_SUCH_ROUTE:
                if not self._stand_in(request.route, waiter, now):
                    self._settle(waiter, NoRoute)
            elif retcode == wire.OVERLOAD:
                self._settle(waiter, Overloaded)
            else:
                self._settle(waiter, SystemFailure)

    def _hand_out(
        self, request: _Request, answer: wire.GetHostResponse, now: float
    ) -> None:
        """Hands the hosts of an answer to those who wait for them."""
        infos = [answer.host, *answer.more]
        hosts = deque(info for info in infos if info is not None and is_possible(info))
        none = not hosts
        again: list[Waiter] = []
        for waiter in request.waiters:
            if waiter.gave_up:
                self._waiting -= 1
            elif hosts:
                self._settle(waiter, to_host(hosts.popleft()))
            elif none:
                self._settle(waiter, SystemFailure)
            else:
                waiter.misses += 1
                if answer.use_ms > 0 and waiter.misses == MISSES_MAX:
                    self._settle(waiter, Overloaded)
                else:
                    again.append(waiter)
        route = request.route
        if again:
            route.waiters[:0] = again
            self._hold_back(route, now)
        self._hand_on(route, hosts, now)

    def _hand_on(self, route: _Route, hosts: deque[wire.HostInfo], now: float) -> None:
        """Hands the hosts of callers who gave up to the next ones."""
        while hosts:
            host = hosts.popleft()
            if route.waiters:
                self._settle(route.waiters.pop(0), to_host(host))
            else:
                self.give_back(route.key, host, now)

    def _receive_route(
        self, server: int, answer: wire.GetRouteResponse, now: float
    ) -> None:
        self._on_heard(server, now)
        route = self._routes.get((answer.modid, answer.cmdid))
        if route is None or route.server != server:
            self.counters.late += 1
            return
        self.counters.answered += 1
        is_believed = bool(answer.host) or self._believes_no_route(route, now)
        if is_believed:
            route.remember([host for host in answer.host if is_possible(host)], now)
        request = route.listing
        if request is not None:
            self._remove(request)
            for waiter in request.waiters:
                hosts = _list(route, stand_in=not is_believed)
                waiter.settle(hosts or NoRoute)

    # Stand-in

    def _on_asked(self, route: _Route, now: float) -> None:
        """Notes that a route is in use, and has its hosts refreshed."""
        server = self._servers[route.server]
        route.used_at = server.asked_at = now
        server.key = route.key
        remembers = self._options.stand_in > 0 and server.down_at is None
        if remembers and route.needs_refresh(now):
            self.outbox.append((route.server, _get_route(route.key)))

    def _ask_while_down(self, route: _Route, waiter: Waiter, now: float) -> None:
        """Answers from memory. Without one, a caller now and then finds out
        whether the server is back; the others are told that it is away."""
        server = self._servers[route.server]
        if self._stand_in(route, waiter, now):
            self._probe(now)
        elif server.may_probe(now):
            server.probed_at = now
            self._send_request(route, [waiter], 0, now)
        else:
            self._settle(waiter, AgentUnreachable)

    def _stands_in(self, route: _Route, now: float) -> bool:
        """Whether what is remembered of a route counts: the agent's word is not
        to be had, or not to be believed yet, and there is something."""
        down_at = self._servers[route.server].down_at
        if down_at is None:
            return not self._believes_no_route(route, now)
        return (
            now < down_at + self._options.stand_in
            and bool(route.hosts)
            and route.remembered_at + REMEMBER_FOR >= down_at
        )

    def _stand_in(self, route: _Route, waiter: Waiter, now: float) -> bool:
        """Hands a caller a host from memory; False if there is none to be had."""
        if not self._stands_in(route, now):
            return False
        host = route.pick(self._random, now)
        if host is None:
            return False
        self.counters.stand_ins += 1
        self._settle(waiter, to_host(host, stand_in=True))
        return True

    def _list_from_memory(self, route: _Route, waiter: Waiter, now: float) -> bool:
        """Hands a caller all hosts from memory, if they count."""
        if not self._stands_in(route, now):
            return False
        self.counters.stand_ins += 1
        waiter.settle(_list(route, stand_in=True))
        return True

    def _believes_no_route(self, route: _Route, now: float) -> bool:
        """Whether an answer without hosts counts: one of an agent that has just
        come back does not, if hosts are remembered."""
        back_at = self._servers[route.server].back_at
        return (
            not self._options.stand_in
            or not route.hosts
            or now >= back_at + DOUBT_NO_ROUTE_FOR
        )

    def _probe(self, now: float) -> None:
        """Asks the servers that are down whether they are back."""
        for index, server in enumerate(self._servers):
            if server.is_probed() and server.may_probe(now):
                server.probed_at = now
                self.outbox.append((index, _get_route(server.key)))

    def _on_heard(self, index: int, now: float) -> None:
        """Takes note that a server answers: it gets the results kept for it."""
        server = self._servers[index]
        if server.down_at is None:
            return
        server.down_at = None
        server.back_at = now
        for route in self._routes.values():
            if route.server == index:
                self._send_results(route, list(route.kept))
                route.kept.clear()

    def _on_away(self, index: int, now: float) -> None:
        """Takes note that a server answered no try of a request. Those who have
        hosts in memory need not wait for its answer."""
        server = self._servers[index]
        if server.down_at is not None:
            return
        self.counters.downs += 1
        server.down_at = server.probed_at = now
        for route in self._routes.values():
            if route.server != index:
                continue
            waiters, route.waiters = route.waiters, []
            for waiter in waiters:
                if not self._stand_in(route, waiter, now):
                    self._settle(waiter, AgentUnreachable)
            route.kept.extend(route.results)
            route.results = []
            self._holds.pop(route, None)
        for request in list(self._pending.values()):
            if request.route.server == index and self._stands_in(request.route, now):
                self._remove(request)
                self._lose(request, now)

    def _lose(self, request: _Request, now: float) -> None:
        """Ends a request that will not be answered."""
        self.counters.unconfirmed += len(request.results)
        for waiter in request.waiters:
            if request.seq is None:
                if not self._list_from_memory(request.route, waiter, now):
                    waiter.settle(AgentUnreachable)
            elif waiter.gave_up or not self._stand_in(request.route, waiter, now):
                self._settle(waiter, AgentUnreachable)

    def snapshot(self) -> Counters:
        """A copy of the counters."""
        return replace(self.counters)


def _list(route: _Route, *, stand_in: bool) -> list[RouteHost]:
    return [to_route_host(host, stand_in=stand_in) for host in route.hosts]


def _get_host(request: _Request) -> bytes:
    modid, cmdid = request.route.key
    body = wire.GetHostRequest(
        request.seq or 0, modid, cmdid, request.count, request.results
    ).encode()
    return wire.encode_frame(wire.GET_HOST_REQUEST, body)


def _get_route(key: RouteKey) -> bytes:
    body = wire.GetRouteRequest(*key, with_state=True).encode()
    return wire.encode_frame(wire.GET_ROUTE_REQUEST, body)
