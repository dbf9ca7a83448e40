"""What a program that serves and its agent say to each other, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ._wire import (
    _BYTES,
    UINT32_MAX,
    MalformedError,
    _fields,
    _int32,
    _number,
    _part,
)

# Message ids.
REGISTER_REQUEST = 20
REGISTER_RESPONSE = 21
BEAT_REQUEST = 22
BEAT_RESPONSE = 23
DEREGISTER_REQUEST = 24
DEREGISTER_RESPONSE = 25

# States of an instance.
UNKNOWN = 0
PENDING = 1
SERVED = 2
REFUSED = 3
NOT_READY = 4
DRAINED = 5

# What an agent looks at.
CHECK_NONE = 0
CHECK_TCP = 1
CHECK_HTTP = 2
CHECK_PID = 3
CHECK_HTTPS = 4


def _bytes(number: int, value: bytes) -> bytes:
    """A field with bytes or text, unless there are none."""
    return _part(number, value) if value else b""


def _text(part: bytes) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError:
        raise MalformedError("a text that is no UTF-8") from None


@dataclass
class RegisterRequest:
    """This program serves routes at a port."""

    seq: int = 0
    instance: bytes = b""
    routes: Sequence[tuple[int, int]] = ()
    port: int = 0
    ip: int = 0
    weight: int = 0
    zone: str = ""
    ttl_ms: int = 0
    check: int = CHECK_NONE
    path: str = ""
    pid: int = 0
    drain_ms: int = 0
    version: str = ""
    tags: Sequence[str] = ()
    not_ready: bool = False

    def encode(self) -> bytes:
        routes = [
            _part(3, _number(1, mod_id) + _number(2, cmd_id))
            for mod_id, cmd_id in self.routes
        ]
        return (
            _number(1, self.seq)
            + _bytes(2, self.instance)
            + b"".join(routes)
            + _number(4, self.port)
            + _number(5, self.ip)
            + _number(6, self.weight)
            + _bytes(7, self.zone.encode())
            + _number(8, self.ttl_ms)
            + _number(9, self.check)
            + _bytes(10, self.path.encode())
            + _number(11, self.pid)
            + _number(12, self.drain_ms)
            + _bytes(13, self.version.encode())
            + b"".join([_part(14, tag.encode()) for tag in self.tags])
            + _number(15, self.not_ready)
        )

    @classmethod
    def decode(cls, body: bytes) -> RegisterRequest:
        request = cls()
        routes: list[tuple[int, int]] = []
        tags: list[str] = []
        numbers = {
            6: "weight",
            8: "ttl_ms",
            9: "check",
            11: "pid",
            12: "drain_ms",
        }
        for tag, value, part in _fields(body):
            number = tag >> 3
            if tag == 1 << 3:
                request.seq = value & UINT32_MAX
            elif tag == 2 << 3 | _BYTES:
                request.instance = part
            elif tag == 3 << 3 | _BYTES:
                ids = {key >> 3: _int32(each) for key, each, _ in _fields(part)}
                routes.append((ids.get(1, 0), ids.get(2, 0)))
            elif tag == 4 << 3:
                request.port = _int32(value)
            elif tag == 5 << 3:
                request.ip = _int32(value)
            elif tag == 7 << 3 | _BYTES:
                request.zone = _text(part)
            elif tag == 10 << 3 | _BYTES:
                request.path = _text(part)
            elif tag == 13 << 3 | _BYTES:
                request.version = _text(part)
            elif tag == 14 << 3 | _BYTES:
                tags.append(_text(part))
            elif tag == 15 << 3:
                request.not_ready = value != 0
            elif number in numbers and tag & 7 == 0:
                setattr(request, numbers[number], value & UINT32_MAX)
        request.routes = tuple(routes)
        request.tags = tuple(tags)
        return request


@dataclass
class Status:
    """The answer to a request to register, and to a beat."""

    seq: int = 0
    instance: bytes = b""
    state: int = UNKNOWN
    reason: str = ""
    heartbeat_ms: int = 0

    def encode(self) -> bytes:
        return (
            _number(1, self.seq)
            + _bytes(2, self.instance)
            + _number(3, self.state)
            + _bytes(4, self.reason.encode())
            + _number(5, self.heartbeat_ms)
        )

    @classmethod
    def decode(cls, body: bytes) -> Status:
        status = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                status.seq = value & UINT32_MAX
            elif tag == 2 << 3 | _BYTES:
                status.instance = part
            elif tag == 3 << 3:
                status.state = value & UINT32_MAX
            elif tag == 4 << 3 | _BYTES:
                status.reason = _text(part)
            elif tag == 5 << 3:
                status.heartbeat_ms = value & UINT32_MAX
        return status


@dataclass
class InstanceRequest:
    """A beat, whose number is whether it is not ready, or the request to
    deregister, whose number is the time to drain in milliseconds."""

    seq: int = 0
    instance: bytes = b""
    number: int = 0

    def encode(self) -> bytes:
        return (
            _number(1, self.seq) + _bytes(2, self.instance) + _number(3, self.number)
        )

    @classmethod
    def decode(cls, body: bytes) -> InstanceRequest:
        request = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                request.seq = value & UINT32_MAX
            elif tag == 2 << 3 | _BYTES:
                request.instance = part
            elif tag == 3 << 3:
                request.number = value & UINT32_MAX
        return request


@dataclass
class Deregistered:
    """The answer to a request to deregister."""

    seq: int = 0
    instance: bytes = b""
    done: bool = False
    in_flight: int = 0

    def encode(self) -> bytes:
        return (
            _number(1, self.seq)
            + _bytes(2, self.instance)
            + _number(3, self.done)
            + _number(4, self.in_flight)
        )

    @classmethod
    def decode(cls, body: bytes) -> Deregistered:
        answer = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                answer.seq = value & UINT32_MAX
            elif tag == 2 << 3 | _BYTES:
                answer.instance = part
            elif tag == 3 << 3:
                answer.done = value != 0
            elif tag == 4 << 3:
                answer.in_flight = value & UINT32_MAX
        return answer
