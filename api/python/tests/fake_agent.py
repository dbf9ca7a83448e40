"""An agent for tests."""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from typing import Callable

from lars import Host
from lars import _registration as registration
from lars import _wire as wire
from lars._host import to_info

HOST_A = Host("10.0.0.1", 80)
HOST_B = Host("10.0.0.2", 80)
USE_MS = 20

PATIENCE = 30.0
"""Timeout of clients whose agent answers, on whatever machine, in seconds."""


class FakeAgent:
    """An agent with one route, (1, 1), whose hosts it hands out in turn. It can be
    taken away, and come back on the same ports."""

    def __init__(self, *hosts: Host) -> None:
        self.hosts = list(hosts)
        self.batches = True
        self.results: list[wire.CallResult] = []
        self.datagrams = 0
        # Whether answers to requests for hosts are held back.
        self.holds = False
        self._held: list[tuple[socket.socket, bytes, tuple[str, int]]] = []
        # Programs that are registered, and the requests of programs.
        self.programs: dict[bytes, registration.RegisterRequest] = {}
        self.said: list[int] = []
        self.answer = (registration.SERVED, "")
        self.takes_registrations = True
        # Whether those that leave are never done.
        self.drains = False
        self._picks = 0
        self._sockets: list[socket.socket] = []
        for _ in range(100):
            self.port = random.randrange(20_000, 30_000)
            try:
                self.come_back()
                return
            except OSError:
                self.go_away()
        raise OSError("no three free ports")

    def __enter__(self) -> FakeAgent:
        return self

    def __exit__(self, *_: object) -> None:
        self.go_away()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def come_back(self) -> None:
        for index in range(3):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._sockets.append(sock)
            sock.bind(("127.0.0.1", self.port + index))
            sock.setblocking(False)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def go_away(self) -> None:
        """Closes the ports, as an agent that was killed."""
        if hasattr(self, "_thread"):
            self._stopped.set()
            self._thread.join()
        for sock in self._sockets:
            sock.close()
        self._sockets = []

    def release(self) -> None:
        """Sends the answers that were held back."""
        self.holds = False
        for sock, frame, client in self._held:
            sock.sendto(frame, client)

    def count(self, *, failed: bool = False, unused: bool = False) -> int:
        """Results that came of one kind."""
        return sum(
            result.unused == unused and (result.retcode != 0) == failed
            for result in list(self.results)
        )

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            for sock in self._sockets:
                selector.register(sock, selectors.EVENT_READ)
            while not self._stopped.is_set():
                for key, _ in selector.select(0.02):
                    self._handle(key.fileobj)  # type: ignore[arg-type]

    def _handle(self, sock: socket.socket) -> None:
        try:
            datagram, client = sock.recvfrom(wire.DATAGRAM_BYTES_MAX)
        except OSError:
            # Of an answer to a client that is closed.
            return
        self.datagrams += 1
        message_id, body = wire.decode_frame(datagram)
        if message_id == wire.REPORT_REQUEST:
            report = wire.ReportRequest.decode(body)
            if report.host is not None:
                self.results.append(
                    wire.CallResult(report.host, report.retcode, report.duration_us)
                )
            self.results.extend(report.more)
        elif message_id == wire.GET_HOST_REQUEST:
            answer = self._pick(wire.GetHostRequest.decode(body))
            frame = wire.encode_frame(wire.GET_HOST_RESPONSE, answer.encode())
            if self.holds:
                self._held.append((sock, frame, client))
            else:
                sock.sendto(frame, client)
        elif message_id == wire.GET_ROUTE_REQUEST:
            request = wire.GetRouteRequest.decode(body)
            route = wire.GetRouteResponse(request.modid, request.cmdid)
            if (request.modid, request.cmdid) == (1, 1):
                route.host = [to_info(host) for host in self.hosts]
            frame = wire.encode_frame(wire.GET_ROUTE_RESPONSE, route.encode())
            sock.sendto(frame, client)
        elif message_id in (
            registration.REGISTER_REQUEST,
            registration.BEAT_REQUEST,
            registration.DEREGISTER_REQUEST,
        ):
            self._serve_program(sock, message_id, body, client)
        else:
            raise AssertionError(f"message {message_id}")

    def _serve_program(
        self, sock: socket.socket, message_id: int, body: bytes, client: tuple[str, int]
    ) -> None:
        if not self.takes_registrations:
            return
        self.said.append(message_id)
        answer: registration.Status | registration.Deregistered
        if message_id == registration.REGISTER_REQUEST:
            program = registration.RegisterRequest.decode(body)
            self.programs[program.instance] = program
            answer = self._status(program.seq, program.instance)
        else:
            request = registration.InstanceRequest.decode(body)
            known = self.programs.get(request.instance)
            if message_id == registration.BEAT_REQUEST:
                if known is not None:
                    known.not_ready = request.number != 0
                answer = self._status(request.seq, request.instance)
            else:
                self.programs.pop(request.instance, None)
                answer = registration.Deregistered(
                    request.seq, request.instance, not self.drains
                )
        sock.sendto(wire.encode_frame(message_id + 1, answer.encode()), client)

    def _status(self, seq: int, instance: bytes) -> registration.Status:
        known = self.programs.get(instance)
        if known is None:
            state, reason = registration.UNKNOWN, ""
        elif known.not_ready:
            state, reason = registration.NOT_READY, ""
        else:
            state, reason = self.answer
        return registration.Status(seq, instance, state, reason, 100)

    def _pick(self, request: wire.GetHostRequest) -> wire.GetHostResponse:
        answer = wire.GetHostResponse(request.seq, request.modid, request.cmdid)
        if (request.modid, request.cmdid) != (1, 1) or not self.hosts:
            answer.retcode = wire.NO_SUCH_ROUTE
            return answer
        if self.batches:
            self.results.extend(request.results)
        answer.host = self._next()
        if request.count > 0 and self.batches:
            answer.use_ms = USE_MS
            answer.more = [self._next() for _ in range(request.count - 1)]
        return answer

    def _next(self) -> wire.HostInfo:
        self._picks += 1
        return to_info(self.hosts[self._picks % len(self.hosts)])


def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Waits until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        time.sleep(0.002)
