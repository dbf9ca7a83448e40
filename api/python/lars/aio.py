"""The client for asyncio.

async with lars.aio.Client() as client:
    await client.register(1, 1)
    async with client.call(1, 1, timeout=1) as host:
        await asyncio.open_connection(*host.address)
"""

from __future__ import annotations

import asyncio
from random import SystemRandom
from types import TracebackType

from . import _settings as settings
from ._client import _route_key
from ._host import Host, RouteHost, to_info, to_result
from ._link import AGENT_SERVERS, AgentLink, Counters, RouteKey, Waiter
from ._settings import Address
from .errors import LarsError, NoHostError

__all__ = ["Client"]


class Client:
    """As :class:`lars.Client`, for the tasks of one event loop.

    Open it by ``async with``, or by :meth:`open` and :meth:`close`.
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
        self._transports: list[asyncio.DatagramTransport] = []
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> Client:
        """Opens the sockets; returns the client."""
        self._loop = asyncio.get_running_loop()
        host, port = self._agent
        try:
            for index in range(AGENT_SERVERS):
                # Connected: the system drops what others send, and tells at once
                # when nothing listens there.
                transport, _ = await self._loop.create_datagram_endpoint(
                    lambda index=index: _Protocol(self, index),  # type: ignore[misc]
                    remote_addr=(host, port + index),
                )
                self._transports.append(transport)
        except BaseException:
            self._close()
            raise
        return self

    async def __aenter__(self) -> Client:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def get_host(self, mod_id: int, cmd_id: int) -> Host:
        """The host to call now. Report how the call went, or use :meth:`call`.
        Raises :class:`lars.NoHostError` if there is none."""
        key = _route_key(mod_id, cmd_id)
        waiter = Waiter()
        self._link.ask(key, waiter, self._now())
        self._flush()
        await self._wait(key, waiter)
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
        """Reports how a call went, without waiting: as
        :meth:`lars.Client.report`."""
        key = _route_key(mod_id, cmd_id)
        result = to_result(host, return_code, duration)
        if self._link.closed:
            raise LarsError("cannot report as the client is closed")
        self._link.report(key, result, self._now())
        self._flush()

    async def get_route(self, mod_id: int, cmd_id: int) -> list[RouteHost]:
        """All hosts of a route, or as many as fit one datagram, and which of them
        the agent finds overloaded. Raises as :meth:`get_host`."""
        key = _route_key(mod_id, cmd_id)
        waiter = Waiter()
        self._link.list_hosts(key, waiter, self._now())
        self._flush()
        await self._wait(key, waiter)
        return waiter.hosts(key)

    async def register(self, mod_id: int, cmd_id: int) -> bool:
        """Asks for a route, so that the agent has pulled it before the first
        call: up to three times, 50 ms apart. True when the agent has hosts for
        it."""
        for tried in range(settings.REGISTER_TRIES):
            if tried > 0:
                await asyncio.sleep(settings.REGISTER_PAUSE)
            try:
                return bool(await self.get_route(mod_id, cmd_id))
            except NoHostError:
                pass
        return False

    def call(self, mod_id: int, cmd_id: int, *, timeout: float | None = None) -> _Call:
        """A call: ``async with client.call(1, 1) as host: ...`` gets a host, and
        reports success, or failure if the block raises an exception or is
        cancelled, and the duration.

        ``timeout``, in seconds, is for all of it: then the block is cancelled, and
        ``asyncio.TimeoutError`` raised.
        """
        return _Call(self, _route_key(mod_id, cmd_id), timeout)

    @property
    def agent_up(self) -> bool:
        """Whether the agent answers, as far as the client knows: false from the
        first request that was refused or timed out until the next answer."""
        return self._link.agent_up

    @property
    def counters(self) -> Counters:
        """A copy of what happened so far."""
        return self._link.snapshot()

    async def close(self) -> None:
        """Sends the results that wait and closes the sockets. Tasks that wait, and
        later ones, get :class:`lars.ClientClosed`. Twice is once."""
        if not self._link.closed:
            self._link.close()
            self._flush()
            self._close()
            # Transports close at the next turn of the loop.
            await asyncio.sleep(0)

    def _close(self) -> None:
        for transport in self._transports:
            transport.close()

    def _now(self) -> float:
        if not self._transports:
            raise LarsError("the client is not open")
        return self._loop.time()

    def _give_back(self, key: RouteKey, host: Host) -> None:
        if not self._link.closed and not host.stand_in:
            self._link.give_back(key, to_info(host), self._now())
            self._flush()

    async def _wait(self, key: RouteKey, waiter: Waiter) -> None:
        if waiter.outcome is not None:
            return
        future: asyncio.Future[None] = self._loop.create_future()

        def notify() -> None:
            if not future.done():
                future.set_result(None)

        waiter.notify = notify
        try:
            await future
        except asyncio.CancelledError:
            if waiter.outcome is None:
                self._link.give_up(key, waiter)
            elif isinstance(waiter.outcome, Host):
                self._give_back(key, waiter.outcome)
            raise

    def _flush(self) -> None:
        """Sends what is to be sent, and sets the timer."""
        outbox = self._link.outbox
        while outbox:
            sending, outbox[:] = list(outbox), []
            for server, datagram in sending:
                self._transports[server].sendto(datagram)
                self._link.counters.sent += 1
        due = None if self._link.closed else self._link.next_due()
        if self._timer is not None:
            if due is not None and self._timer.when() <= due:
                return
            self._timer.cancel()
            self._timer = None
        if due is not None:
            self._timer = self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if not self._link.closed:
            self._link.advance(self._loop.time())
            self._flush()

    def _on_datagram(self, server: int, datagram: bytes) -> None:
        self._link.receive(server, datagram, self._loop.time())
        self._flush()

    def _on_error(self, server: int) -> None:
        self._link.on_refused(server, self._loop.time())
        self._flush()


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, client: Client, server: int) -> None:
        self._client = client
        self._server = server

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._client._on_datagram(self._server, data)

    def error_received(self, exc: Exception) -> None:
        self._client._on_error(self._server)


class _Call:
    def __init__(self, client: Client, key: RouteKey, timeout: float | None) -> None:
        self._client = client
        self._key = key
        self._timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._expired = False

    async def __aenter__(self) -> Host:
        self._task = asyncio.current_task()
        if self._timeout is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._timeout, self._expire)
        try:
            self._host = await self._client.get_host(*self._key)
        except asyncio.CancelledError as error:
            self._end(error)
            raise
        except BaseException:
            self._stop_timer()
            raise
        self._start = self._client._now()
        return self._host

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        duration = self._client._now() - self._start
        is_failure = kind is not None and issubclass(
            kind, (Exception, asyncio.CancelledError)
        )
        if kind is None or is_failure:
            try:
                return_code = settings.CALL_FAILED if is_failure else 0
                self._client.report(
                    *self._key, self._host, return_code, duration=duration
                )
            except LarsError:
                # The client was closed during the call.
                pass
        else:
            # The program ends: nothing is known of the host.
            self._client._give_back(self._key, self._host)
        self._end(error)

    def _expire(self) -> None:
        self._expired = True
        assert self._task is not None
        self._task.cancel()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self, error: BaseException | None) -> None:
        """Raises TimeoutError in place of the cancellation that the timer asked
        for, unless the task was cancelled from outside too."""
        self._stop_timer()
        if not self._expired:
            return
        # From Python 3.11 on a task counts who asked.
        uncancel = getattr(self._task, "uncancel", None)
        others = uncancel() if uncancel is not None else 0
        if isinstance(error, asyncio.CancelledError) and others == 0:
            raise asyncio.TimeoutError from error
