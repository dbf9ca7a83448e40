from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Callable

from . import _registration as registration
from . import _settings as settings
from ._host import check_int32, ip_number
from ._registration import Deregistered, InstanceRequest, RegisterRequest, Status
from ._settings import Address
from ._wire import DATAGRAM_BYTES_MAX, MalformedError, decode_frame, encode_frame
from ._wire import GET_ROUTE_REQUEST, GET_ROUTE_RESPONSE, UINT32_MAX, GetRouteRequest
from .errors import LarsError

OnChange = Callable[[str, str], None]

_logger = logging.getLogger("lars")

_INSTANCE_BYTES = 16

_QUICK_PAUSE = 0.02
"""First pause before the agent is asked again about what is under way; it doubles."""

_LEAVE_PAUSE_MAX = 0.5
_DONE_MARGIN = 1.0
"""Time beyond ``drain`` in which the agent is to say that it is done."""

_AWAY_PAUSE = 1.0
_HEARTBEAT_MIN = 0.1
_HEARTBEAT_MAX = 300.0

_UNSUPPORTED_MIN = 2
"""Agents that answer another request but not this one, in a row, that are believed."""

_STATES = {
    registration.SERVED: "served",
    registration.REFUSED: "refused",
    registration.NOT_READY: "not_ready",
    registration.DRAINED: "drained",
}


class ServeError(LarsError):
    """The agent did not accept a program that serves; the message says why."""


class Instance:
    """A program that serves routes, until it is closed: see :func:`serve`.

    A thread of its own tells the agent every few seconds that the program lives,
    and registers it again with an agent that has lost it.
    """

    def __init__(
        self,
        link: _Link,
        request: RegisterRequest,
        on_change: OnChange | None,
        accepted: Status,
    ) -> None:
        self._link = link
        self._request = request
        self._on_change = on_change
        self._changed = threading.Condition()
        self._ready = not request.not_ready
        # What the agent has heard of that, and what it is to hear.
        self._heard = self._said = 0
        self._end: float | None = None
        self._quick_pause = _QUICK_PAUSE
        self._status = ("pending", "")
        self._take(accepted, request.not_ready, notify=False)
        self._thread = threading.Thread(target=self._run, name="lars", daemon=True)
        self._thread.start()

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def id(self) -> str:
        """Its name at the agent: 32 hexadecimal digits."""
        return self._request.instance.hex()

    @property
    def state(self) -> str:
        """``pending``, ``served``, ``not_ready``, ``drained``, ``refused``,
        ``agent_away``, ``leaving`` or ``closed``."""
        return self._status[0]

    @property
    def reason(self) -> str:
        """Why it is in that state; empty is no reason."""
        return self._status[1]

    def ready(self) -> None:
        """Asks for calls; returns when the agent has heard it, or it is closed."""
        self._set_ready(True)

    def not_ready(self) -> None:
        """Asks for no calls until :meth:`ready`; returns likewise."""
        self._set_ready(False)

    def close(self, drain: float | None = None) -> None:
        """Leaves: no new calls, those under way end, the agent forgets it. That
        takes the ``drain`` that it registered with, or as many seconds as are
        given here, if they are less. Twice is once."""
        seconds = self._request.drain_ms / 1000
        if drain is not None:
            seconds = min(seconds, drain)
        with self._changed:
            end = time.monotonic() + seconds
            self._end = end if self._end is None else min(end, self._end)
            self._changed.notify_all()
        self._thread.join()

    def _set_ready(self, ready: bool) -> None:
        with self._changed:
            self._ready = ready
            self._said += 1
            said = self._said
            self._quick_pause = _QUICK_PAUSE
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._heard >= said or self.state == "closed")

    def _run(self) -> None:
        pause = self._pause()
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._end is not None or self._said > self._heard, pause
                )
                if self._end is not None:
                    break
            self._beat()
            pause = self._pause()
            if self.state == "agent_away":
                # What is not heard yet must not make it ask without a pause.
                with self._changed:
                    self._changed.wait_for(lambda: self._end is not None, pause)
                pause = 0
        self._leave()
        self._link.close()
        self._set_status("closed", "")
        with self._changed:
            self._changed.notify_all()

    def _pause(self) -> float:
        """Soon while something is under way, and never in step with others."""
        if self.state == "agent_away":
            return _AWAY_PAUSE * (1 - random.random() / 2)
        pause = min(self._quick_pause, self._heartbeat)
        self._quick_pause *= 2
        return pause * (1 - random.random() / 5)

    def _beat(self) -> None:
        with self._changed:
            not_ready, said = not self._ready, self._said
        status = self._link.beat(self._request.instance, not_ready)
        if status is not None and status.state == registration.UNKNOWN:
            self._quick_pause = _QUICK_PAUSE
            self._request.not_ready = not_ready
            status = self._link.register(self._request)
        if status is None:
            self._set_status("agent_away", "it does not answer")
            return
        self._take(status, not_ready)
        with self._changed:
            self._heard = max(self._heard, said)
            self._changed.notify_all()

    def _take(self, status: Status, not_ready: bool, *, notify: bool = True) -> None:
        seconds = status.heartbeat_ms / 1000
        self._heartbeat = min(max(seconds, _HEARTBEAT_MIN), _HEARTBEAT_MAX)
        state = _STATES.get(status.state, "pending")
        under_way = state == "pending" or (state == "not_ready" and not not_ready)
        if not under_way:
            self._quick_pause = _HEARTBEAT_MAX
        if notify:
            self._set_status(state, status.reason)
        else:
            self._status = (state, status.reason)

    def _leave(self) -> None:
        self._set_status("leaving", "")
        pause = _QUICK_PAUSE
        while True:
            left = (self._end or 0) - time.monotonic()
            # 0 would be as it registered.
            drain_ms = max(1, int(left * 1000))
            answer = self._link.deregister(self._request.instance, drain_ms)
            left = (self._end or 0) - time.monotonic()
            if (answer is not None and answer.done) or left <= -_DONE_MARGIN:
                return
            with self._changed:
                end = self._end
                self._changed.wait_for(
                    lambda: self._end != end,
                    min(pause, _LEAVE_PAUSE_MAX, max(_QUICK_PAUSE, left)),
                )
            pause *= 2

    def _set_status(self, state: str, reason: str) -> None:
        if self._status == (state, reason):
            return
        self._status = (state, reason)
        if self._on_change is None:
            return
        try:
            self._on_change(state, reason)
        except Exception:
            # What listens must not end the beats.
            _logger.exception("on_change of an instance failed")


class _Link:
    """A socket for the requests of one instance, one at a time."""

    def __init__(self, agent: tuple[str, int], timeout: float) -> None:
        host, port = agent
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM
        )[0]
        self._timeout = timeout
        self._socket = socket.socket(family, kind, protocol)
        self._socket.connect(address)
        self._seq = random.getrandbits(32)

    def close(self) -> None:
        self._socket.close()

    def register(self, request: RegisterRequest) -> Status | None:
        self._seq = (self._seq + 1) & UINT32_MAX
        request.seq = self._seq
        body = self._ask(
            registration.REGISTER_REQUEST,
            request.encode(),
            registration.REGISTER_RESPONSE,
            lambda body: self._is_mine(Status.decode(body), request.instance),
        )
        return None if body is None else Status.decode(body)

    def beat(self, instance: bytes, not_ready: bool) -> Status | None:
        body = self._ask_about(
            registration.BEAT_REQUEST, instance, int(not_ready), Status.decode
        )
        return None if body is None else Status.decode(body)

    def deregister(self, instance: bytes, drain_ms: int) -> Deregistered | None:
        body = self._ask_about(
            registration.DEREGISTER_REQUEST, instance, drain_ms, Deregistered.decode
        )
        return None if body is None else Deregistered.decode(body)

    def is_answering(self, route: tuple[int, int]) -> bool:
        """Whether the agent answers the request that each takes."""
        request = GetRouteRequest(*route)
        body = self._ask(
            GET_ROUTE_REQUEST, request.encode(), GET_ROUTE_RESPONSE, lambda _: True
        )
        return body is not None

    def _ask_about(
        self,
        message_id: int,
        instance: bytes,
        number: int,
        decode: Callable[[bytes], Status | Deregistered],
    ) -> bytes | None:
        self._seq = (self._seq + 1) & UINT32_MAX
        request = InstanceRequest(self._seq, instance, number)
        return self._ask(
            message_id,
            request.encode(),
            message_id + 1,
            lambda body: self._is_mine(decode(body), instance),
        )

    def _is_mine(self, answer: Status | Deregistered, instance: bytes) -> bool:
        return answer.seq == self._seq and answer.instance == instance

    def _ask(
        self,
        message_id: int,
        body: bytes,
        answer_id: int,
        is_mine: Callable[[bytes], bool],
    ) -> bytes | None:
        """The body of the answer; None if there is none to any try."""
        for _ in range(settings.TRIES):
            try:
                self._socket.send(encode_frame(message_id, body))
            except OSError:
                # Of an earlier datagram that was refused: this one has not left.
                continue
            answer = self._receive(answer_id, is_mine)
            if answer is not None:
                return answer
        return None

    def _receive(
        self, answer_id: int, is_mine: Callable[[bytes], bool]
    ) -> bytes | None:
        deadline = time.monotonic() + self._timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                datagram = self._socket.recv(DATAGRAM_BYTES_MAX)
                received_id, body = decode_frame(datagram)
                if received_id == answer_id and is_mine(body):
                    return body
            except MalformedError:
                continue
            except OSError:
                # Late, or nothing listens at the agent's port.
                return None


def serve(
    mod_id: int | None = None,
    cmd_id: int | None = None,
    *,
    port: int,
    routes: Sequence[tuple[int, int]] | None = None,
    ip: str | None = None,
    weight: int = 0,
    zone: str = "",
    ttl: float = 15.0,
    check: str = "none",
    drain: float = 5.0,
    version: str = "",
    tags: Sequence[str] = (),
    ready: bool = True,
    wait: float = 10.0,
    agent: Address | None = None,
    on_change: OnChange | None = None,
) -> Instance:
    """Registers this program as a host of a route, or of several with ``routes``,
    and keeps it registered: ``with lars.serve(1, 1, port=8080): ...``.

    Returns when the agent of this machine has accepted. At the end of the block,
    or with :meth:`Instance.close`, it leaves in order: no new calls, then those
    under way end, which takes ``drain`` seconds. Only then is the program to stop
    listening.

    ``check`` is what the agent looks at: ``none``, ``tcp``, ``http:/PATH``,
    ``https:/PATH``, whose certificate may be any, or ``pid``, which is this
    process. ``on_change`` is called with state and reason, in a thread of its own.
    ``agent`` is as for :class:`Client`; one that does not answer is waited for,
    ``wait`` seconds.

    Raises :class:`ServeError` if the agent does not accept, and ``ValueError`` for
    what cannot be sent.
    """
    if routes is None:
        if mod_id is None or cmd_id is None:
            raise ValueError("cannot serve without a route")
        routes = [(mod_id, cmd_id)]
    for route in routes:
        check_int32("mod_id", route[0])
        check_int32("cmd_id", route[1])
    check_int32("port", port)
    kind, path = _check_of(check)
    request = RegisterRequest(
        instance=os.urandom(_INSTANCE_BYTES),
        routes=tuple(routes),
        port=port,
        ip=0 if ip is None else ip_number(ip),
        weight=_uint32("weight", weight),
        zone=zone,
        ttl_ms=_uint32("ttl", round(ttl * 1000)),
        check=kind,
        path=path,
        pid=os.getpid() if kind == registration.CHECK_PID else 0,
        drain_ms=_uint32("drain", round(drain * 1000)),
        version=version,
        tags=tuple(tags),
        not_ready=not ready,
    )
    link = _Link(settings.agent_address(agent), settings.TIMEOUT)
    try:
        accepted = _register(link, request, wait)
        return Instance(link, request, on_change, accepted)
    except BaseException:
        link.close()
        raise


def _uint32(name: str, value: int) -> int:
    if not 0 <= value <= UINT32_MAX:
        raise ValueError(f"cannot serve as {name} is out of range: {value}")
    return value


def _check_of(check: str) -> tuple[int, str]:
    if check == "none":
        return registration.CHECK_NONE, ""
    if check == "tcp":
        return registration.CHECK_TCP, ""
    if check == "pid":
        return registration.CHECK_PID, ""
    if check.startswith("http:/"):
        return registration.CHECK_HTTP, check[len("http:") :]
    if check.startswith("https:/"):
        return registration.CHECK_HTTPS, check[len("https:") :]
    raise ValueError(
        "cannot serve as check must be none, tcp, http:/PATH, https:/PATH or pid:"
        f" current value is {check!r}"
    )


def _register(link: _Link, request: RegisterRequest, wait: float) -> Status:
    names = ", ".join(f"({mod_id}, {cmd_id})" for mod_id, cmd_id in request.routes)
    end = time.monotonic() + wait
    pause = 0.1
    unsupported = 0
    while True:
        status = link.register(request)
        if status is not None:
            if status.state != registration.REFUSED:
                return status
            raise ServeError(
                f"cannot serve {names} as the agent refuses it: {status.reason}"
            )
        answers = link.is_answering(request.routes[0]) if request.routes else False
        unsupported = unsupported + 1 if answers else 0
        if unsupported == _UNSUPPORTED_MIN:
            raise ServeError(
                f"cannot serve {names} as the agent answers other requests, but not"
                " this one: it is of the original system, or of a Lars without"
                " registrations"
            )
        if unsupported == 0 and time.monotonic() + pause > end:
            raise ServeError(f"cannot serve {names} as no agent answers")
        time.sleep(pause * (1 - random.random() / 2))
        pause = min(2 * pause, _AWAY_PAUSE)
