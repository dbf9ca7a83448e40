from __future__ import annotations

import os
import selectors
import socket
import threading
import time
import weakref
from collections import deque
from random import SystemRandom
from types import TracebackType

from . import _settings as settings
from ._host import Host, RouteHost, check_int32, to_info, to_result
from ._link import AGENT_SERVERS, AgentLink, Counters, RouteKey, Waiter
from ._settings import Address
from ._wire import DATAGRAM_BYTES_MAX, HostInfo
from .errors import LarsError, NoHostError


class Client:
    """Asks an agent which host to call, and reports how the call went.

    Any number of threads may share a client. It has no thread of its own: of
    those who wait, one reads the sockets for all. A process that is forked gets
    sockets of its own.

    A lost datagram is sent again: ``tries`` times with a timeout of ``timeout``
    seconds each. Threads that ask for a route while a request for it is on its
    way share the next one, which also carries the results of calls, unless
    ``batching`` is false. Hosts are never asked for in advance.

    When the agent refuses a datagram or answers no try, the client stands in for
    it, up to ``stand_in`` seconds (0: not at all): it finds hosts in memory at
    once, marked ``stand_in``, keeps the results of calls, the last 64 of a route,
    and asks every 0.1 s whether the agent is back.

    ``agent`` is ``"HOST:PORT"``, or the pair, of the first of the agent's three
    UDP servers; without it the environment's ``LARS_AGENT``, or else
    127.0.0.1:8888.
    """

    def __init__(
        self,
        agent: Address | None = None,
        *,
        timeout: float = settings.TIMEOUT,
        tries: int = settings.TRIES,
        batching: bool = True,
        stand_in: float = settings.STAND_IN,
    ) -> None:
        options = settings.check_options(
            timeout=timeout, tries=tries, batching=batching, stand_in=stand_in
        )
        self._agent = settings.agent_address(agent)
        self._link = AgentLink(options, SystemRandom())
        self._open()
        _clients.add(self)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get_host(
        self, mod_id: int, cmd_id: int, *, timeout: float | None = None
    ) -> Host:
        """The host to call now. Report how the call went, or use :meth:`call`.

        Raises :class:`NoHostError` if there is none, and ``TimeoutError`` if that
        is not known within ``timeout`` seconds.
        """
        key = _route_key(mod_id, cmd_id)
        waiter = Waiter()
        with self._lock:
            self._look()
            self._link.ask(key, waiter, time.monotonic())
            self._send()
        self._wait(key, waiter, timeout)
        return waiter.host(key)

    def report(
        self,
        mod_id: int,
        cmd_id: int,
        host: Host,
        return_code: int = 0,
        *,
        duration: float | None = None,
    ) -> None:
        """Reports how a call went: 0 is success, anything else failure.
        ``duration`` is in seconds; None is not measured.

        A report is not answered, and may get lost. Raises ``ValueError`` for what
        cannot be sent, and :class:`LarsError` when the client is closed.
        """
        key = _route_key(mod_id, cmd_id)
        result = to_result(host, return_code, duration)
        with self._lock:
            if self._link.closed:
                raise LarsError("cannot report as the client is closed")
            self._link.report(key, result, time.monotonic())
            self._send()
            self._pass_on()

    def get_route(
        self, mod_id: int, cmd_id: int, *, timeout: float | None = None
    ) -> list[RouteHost]:
        """All hosts of a route, or as many as fit one datagram, and which of them
        the agent finds overloaded. Raises as :meth:`get_host`."""
        key = _route_key(mod_id, cmd_id)
        waiter = Waiter()
        with self._lock:
            self._look()
            self._link.list_hosts(key, waiter, time.monotonic())
            self._send()
        self._wait(key, waiter, timeout)
        return waiter.hosts(key)

    def register(self, mod_id: int, cmd_id: int) -> bool:
        """Asks for a route, so that the agent has pulled it before the first
        call: up to three times, 50 ms apart. True when the agent has hosts for
        it."""
        for tried in range(settings.REGISTER_TRIES):
            if tried > 0:
                time.sleep(settings.REGISTER_PAUSE)
            try:
                return bool(self.get_route(mod_id, cmd_id))
            except NoHostError:
                pass
        return False

    def call(self, mod_id: int, cmd_id: int, *, timeout: float | None = None) -> _Call:
        """A call: ``with client.call(1, 1) as host: ...`` gets a host, and reports
        success, or failure if the block raises an exception, and the duration.

        ``timeout``, in seconds, is for all of it: the wait for a host ends with a
        ``TimeoutError``. A block cannot be interrupted, so give what it calls a
        timeout too; one that takes longer counts as a failure of the host.
        """
        return _Call(self, _route_key(mod_id, cmd_id), timeout)

    @property
    def agent_up(self) -> bool:
        """Whether the agent answers, as far as the client knows: false from the
        first request that was refused or timed out until the next answer."""
        with self._lock:
            self._look()
            return self._link.agent_up

    @property
    def counters(self) -> Counters:
        """A copy of what happened so far."""
        with self._lock:
            return self._link.snapshot()

    def close(self) -> None:
        """Sends the results that wait and closes the sockets. Threads that wait,
        and later ones, get :class:`ClientClosed`. Twice is once."""
        with self._lock:
            if self._link.closed:
                return
            self._link.close()
            self._send()
            # A thread that reads is about to leave; it must not find the sockets
            # closed.
            if not self._leading:
                self._close()

    def _give_back(self, key: RouteKey, host: HostInfo) -> None:
        with self._lock:
            if not self._link.closed:
                self._link.give_back(key, host, time.monotonic())
                self._send()
                self._pass_on()

    # Sockets

    def _open(self) -> None:
        self._lock = threading.Lock()
        # Whether a thread reads the sockets for all.
        self._leading = False
        self._followers: deque[threading.Event] = deque()
        self._sockets: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        host, port = self._agent
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
            for index in range(AGENT_SERVERS):
                sock = socket.socket(family, kind, protocol)
                self._sockets.append(sock)
                # Connected: the system drops what others send, and tells at once
                # when nothing listens there.
                sock.connect((address[0], port + index, *address[2:]))
                sock.setblocking(False)
                self._selector.register(sock, selectors.EVENT_READ)
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        self._selector.close()
        for sock in self._sockets:
            sock.close()

    def _reopen(self) -> None:
        """Begins anew in a process that was forked: another thread of the parent
        may have held the lock, and the sockets are the parent's."""
        self._link.forget_requests()
        self._close()
        if not self._link.closed:
            self._open()

    def _send(self) -> None:
        outbox = self._link.outbox
        while outbox:
            sending, outbox[:] = list(outbox), []
            for server, datagram in sending:
                self._send_one(server, datagram)

    def _send_one(self, server: int, datagram: bytes) -> None:
        counters = self._link.counters
        # The first attempt may tell of an earlier datagram that was refused.
        for _ in range(2):
            try:
                self._sockets[server].send(datagram)
                counters.sent += 1
                return
            except ConnectionRefusedError:
                continue
            except OSError:
                break
        counters.send_failures += 1
        self._link.on_refused(server, time.monotonic())

    def _receive(self) -> None:
        """Takes what has come."""
        for server, sock in enumerate(self._sockets):
            while True:
                try:
                    datagram = sock.recv(DATAGRAM_BYTES_MAX)
                except (BlockingIOError, InterruptedError):
                    break
                except OSError:
                    self._link.on_refused(server, time.monotonic())
                    break
                self._link.receive(server, datagram, time.monotonic())

    def _look(self) -> None:
        """Finds out whether an agent that was away is back."""
        if not self._link.agent_up and not self._link.closed:
            self._receive()
            self._link.advance(time.monotonic())
            self._send()

    # Waiting

    def _wait(self, key: RouteKey, waiter: Waiter, timeout: float | None) -> None:
        """Waits until the waiter has its outcome."""
        if waiter.outcome is not None:
            return
        deadline = None if timeout is None else time.monotonic() + timeout
        try:
            while waiter.outcome is None:
                remaining = None if deadline is None else deadline - time.monotonic()
                if remaining is not None and remaining <= 0:
                    raise TimeoutError(
                        f"no host for ({key[0]}, {key[1]}) within {timeout} s"
                    )
                self._wait_once(waiter, remaining)
        except BaseException:
            # Also when it was interrupted.
            with self._lock:
                if waiter.outcome is None:
                    self._link.give_up(key, waiter)
            raise
        finally:
            with self._lock:
                self._pass_on()

    def _wait_once(self, waiter: Waiter, remaining: float | None) -> None:
        """Waits until there is something to do: leads, that is reads for all, or
        if another thread does, until that one has an outcome or passes on."""
        woken: threading.Event | None = None
        leads = False
        try:
            with self._lock:
                if waiter.outcome is not None:
                    return
                due = self._link.next_due()
                if due is not None:
                    wait = max(due - time.monotonic(), 0)
                    remaining = wait if remaining is None else min(wait, remaining)
                if self._leading:
                    woken = threading.Event()
                    waiter.notify = woken.set
                    self._followers.append(woken)
                else:
                    leads = True
                    self._leading = True
            if woken is None:
                self._selector.select(remaining)
            else:
                woken.wait(remaining)
        finally:
            with self._lock:
                waiter.notify = None
                if woken is not None and woken in self._followers:
                    self._followers.remove(woken)
                if leads:
                    self._leading = False
                self._catch_up(leads)

    def _catch_up(self, reads: bool) -> None:
        """Does what is due, after a wait."""
        if self._link.closed:
            if reads:
                self._close()
            return
        if reads:
            self._receive()
        self._link.advance(time.monotonic())
        self._send()

    def _pass_on(self) -> None:
        """Has another thread lead. Without one nothing may be held back."""
        if self._leading or self._link.closed:
            return
        if self._followers:
            self._followers.popleft().set()
        else:
            self._link.flush()
            self._send()


class _Call:
    def __init__(self, client: Client, key: RouteKey, timeout: float | None) -> None:
        self._client = client
        self._key = key
        self._timeout = timeout

    def __enter__(self) -> Host:
        begin = time.monotonic()
        self._host = self._client.get_host(*self._key, timeout=self._timeout)
        self._start = time.monotonic()
        if self._timeout is not None:
            self._timeout -= self._start - begin
        return self._host

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        duration = time.monotonic() - self._start
        if kind is not None and not issubclass(kind, Exception):
            # The program ends, or was interrupted: nothing is known of the host.
            if not self._host.stand_in:
                self._client._give_back(self._key, to_info(self._host))
            return
        failed = kind is not None or (
            self._timeout is not None and duration > self._timeout
        )
        return_code = settings.CALL_FAILED if failed else 0
        try:
            self._client.report(*self._key, self._host, return_code, duration=duration)
        except LarsError:
            # The client was closed during the call.
            pass


def _route_key(mod_id: int, cmd_id: int) -> RouteKey:
    check_int32("mod_id", mod_id)
    check_int32("cmd_id", cmd_id)
    return mod_id, cmd_id


_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def _reopen_all() -> None:
    for client in list(_clients):
        client._reopen()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reopen_all)
