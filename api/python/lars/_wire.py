"""What a client and an agent of Lars say to each other, as bytes.

A datagram is a frame: the id of the message and the length of the body, each a
little-endian int32, and the body, a proto3 message.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HEADER = struct.Struct("<ii")

# Message ids.
GET_HOST_REQUEST = 4
GET_HOST_RESPONSE = 5
REPORT_REQUEST = 6
GET_ROUTE_REQUEST = 7
GET_ROUTE_RESPONSE = 8

# Results of a request for a host.
SUCCESS = 0
OVERLOAD = 1
SYSTEM_ERROR = 2
NO_SUCH_ROUTE = 3

COUNT_MAX = 64
"""Most hosts that a request can ask for, and most results in a datagram."""

DATAGRAM_BYTES_MAX = 65_507

INT32_MIN = -(2**31)
INT32_MAX = 2**31 - 1
UINT32_MAX = 2**32 - 1

# Wire types; a tag is the number of a field << 3 | its wire type.
_VARINT = 0
_FIXED64 = 1
_BYTES = 2
_GROUP_START = 3
_GROUP_END = 4
_FIXED32 = 5

_FIELD_NUMBER_MAX = 2**29 - 1
_GROUP_DEPTH_MAX = 100
_SHORT_VARINTS = [bytes([value]) for value in range(0x80)]


class MalformedError(ValueError):
    """The bytes are no frame, or no message."""


def encode_frame(message_id: int, body: bytes) -> bytes:
    return HEADER.pack(message_id, len(body)) + body


def decode_frame(datagram: bytes) -> tuple[int, bytes]:
    """The id of the message and its body."""
    if len(datagram) < HEADER.size:
        raise MalformedError("a datagram without a header")
    message_id, size = HEADER.unpack_from(datagram)
    if size != len(datagram) - HEADER.size:
        raise MalformedError("a length that is not the body's")
    return message_id, datagram[HEADER.size :]


def _varint(value: int) -> bytes:
    if value < 0x80:
        return _SHORT_VARINTS[value]
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _number(number: int, value: int) -> bytes:
    """A field, unless it is 0. A negative int32 goes as 64 bits."""
    if value == 0:
        return b""
    return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def _part(number: int, body: bytes) -> bytes:
    """A field with a nested message, also an empty one."""
    return _varint(number << 3 | _BYTES) + _varint(len(body)) + body


def _read_varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    try:
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
    except IndexError:
        raise MalformedError("a varint that does not end") from None
    if value >> 64 or shift > 63:
        raise MalformedError("a varint above 64 bits")
    return value, at


def _skip_group(body: bytes, at: int, number: int, depth: int) -> int:
    """Skips a group, which no message of Lars has; returns where it ends."""
    while True:
        tag, at = _read_varint(body, at)
        if tag == number << 3 | _GROUP_END:
            return at
        if tag >> 3 == 0 or depth == 0:
            raise MalformedError("a group that does not end")
        _, _, at = _read_value(body, at, tag, depth - 1)


def _read_value(
    body: bytes, at: int, tag: int, depth: int = _GROUP_DEPTH_MAX
) -> tuple[int, bytes, int]:
    """The value of a field: a varint, or bytes; and where it ends."""
    wire_type = tag & 7
    if wire_type == _VARINT:
        value, at = _read_varint(body, at)
        return value, b"", at
    if wire_type == _GROUP_START:
        return 0, b"", _skip_group(body, at, tag >> 3, depth)
    if wire_type == _BYTES:
        size, at = _read_varint(body, at)
    elif wire_type == _FIXED64:
        size = 8
    elif wire_type == _FIXED32:
        size = 4
    else:
        raise MalformedError(f"wire type {wire_type}")
    end = at + size
    if end > len(body):
        raise MalformedError("a field that ends behind the message")
    return 0, body[at:end], end


def _fields(body: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Tag and value of each field: a varint, or bytes."""
    at = 0
    end = len(body)
    while at < end:
        tag, at = _read_varint(body, at)
        if not 0 < tag >> 3 <= _FIELD_NUMBER_MAX:
            raise MalformedError("a field number out of range")
        value, part, at = _read_value(body, at, tag)
        yield tag, value, part


def _int32(value: int) -> int:
    """The low 32 bits, signed."""
    value &= UINT32_MAX
    return value - 2**32 if value > INT32_MAX else value


@dataclass
class HostInfo:
    """An address, and what an agent tells of the host there."""

    ip: int = 0
    """IPv4 address as an integer in host order, an int32."""
    port: int = 0
    overload: bool = False
    drained: bool = False

    def encode(self) -> bytes:
        return (
            _number(1, self.ip)
            + _number(2, self.port)
            + _number(16, self.overload)
            + _number(19, self.drained)
        )

    def merge(self, body: bytes) -> None:
        for tag, value, _ in _fields(body):
            if tag == 1 << 3:
                self.ip = _int32(value)
            elif tag == 2 << 3:
                self.port = _int32(value)
            elif tag == 16 << 3:
                self.overload = value != 0
            elif tag == 19 << 3:
                self.drained = value != 0

    @classmethod
    def decode(cls, body: bytes) -> HostInfo:
        host = cls()
        host.merge(body)
        return host


@dataclass
class CallResult:
    """How a call to a host went."""

    host: HostInfo = field(default_factory=HostInfo)
    retcode: int = 0
    duration_us: int = 0
    unused: bool = False

    def encode(self) -> bytes:
        return (
            _part(1, self.host.encode())
            + _number(2, self.retcode)
            + _number(3, self.duration_us)
            + _number(4, self.unused)
        )

    @classmethod
    def decode(cls, body: bytes) -> CallResult:
        result = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3 | _BYTES:
                result.host.merge(part)
            elif tag == 2 << 3:
                result.retcode = _int32(value)
            elif tag == 3 << 3:
                result.duration_us = value & UINT32_MAX
            elif tag == 4 << 3:
                result.unused = value != 0
        return result


def _results(results: Sequence[CallResult]) -> bytes:
    return b"".join([_part(17, result.encode()) for result in results])


@dataclass
class GetHostRequest:
    """Asks for hosts of a route. With a count of 0 it asks for one, in the
    original system's bytes."""

    seq: int = 0
    modid: int = 0
    cmdid: int = 0
    count: int = 0
    results: Sequence[CallResult] = ()

    def encode(self) -> bytes:
        return (
            _number(1, self.seq)
            + _number(2, self.modid)
            + _number(3, self.cmdid)
            + _number(16, self.count)
            + _results(self.results)
        )

    @classmethod
    def decode(cls, body: bytes) -> GetHostRequest:
        request = cls()
        results: list[CallResult] = []
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                request.seq = value & UINT32_MAX
            elif tag == 2 << 3:
                request.modid = _int32(value)
            elif tag == 3 << 3:
                request.cmdid = _int32(value)
            elif tag == 16 << 3:
                request.count = value & UINT32_MAX
            elif tag == 17 << 3 | _BYTES:
                results.append(CallResult.decode(part))
        request.results = tuple(results)
        return request


@dataclass
class GetHostResponse:
    """The hosts that an agent picked."""

    seq: int = 0
    modid: int = 0
    cmdid: int = 0
    retcode: int = SUCCESS
    host: HostInfo | None = None
    more: list[HostInfo] = field(default_factory=list)
    use_ms: int = 0
    """Milliseconds for which the hosts may be used. 0 from agents of the
    original system, and if the count was 0."""

    def encode(self) -> bytes:
        return (
            _number(1, self.seq)
            + _number(2, self.modid)
            + _number(3, self.cmdid)
            + _number(4, self.retcode)
            + (b"" if self.host is None else _part(5, self.host.encode()))
            + b"".join([_part(16, host.encode()) for host in self.more])
            + _number(17, self.use_ms)
        )

    @classmethod
    def decode(cls, body: bytes) -> GetHostResponse:
        answer = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                answer.seq = value & UINT32_MAX
            elif tag == 2 << 3:
                answer.modid = _int32(value)
            elif tag == 3 << 3:
                answer.cmdid = _int32(value)
            elif tag == 4 << 3:
                answer.retcode = _int32(value)
            elif tag == 5 << 3 | _BYTES:
                answer.host = answer.host or HostInfo()
                answer.host.merge(part)
            elif tag == 16 << 3 | _BYTES:
                answer.more.append(HostInfo.decode(part))
            elif tag == 17 << 3:
                answer.use_ms = value & UINT32_MAX
        return answer


@dataclass
class ReportRequest:
    """Tells how calls went; it is not answered."""

    modid: int = 0
    cmdid: int = 0
    host: HostInfo | None = None
    retcode: int = 0
    duration_us: int = 0
    more: Sequence[CallResult] = ()

    @classmethod
    def of(cls, modid: int, cmdid: int, results: Sequence[CallResult]) -> ReportRequest:
        """The report of at least one result. The report's own result has no
        ``unused``: a first one that has goes with the others."""
        first = results[0]
        if first.unused:
            return cls(modid, cmdid, more=results)
        return cls(
            modid, cmdid, first.host, first.retcode, first.duration_us, results[1:]
        )

    def encode(self) -> bytes:
        return (
            _number(1, self.modid)
            + _number(2, self.cmdid)
            + (b"" if self.host is None else _part(3, self.host.encode()))
            + _number(4, self.retcode)
            + _number(16, self.duration_us)
            + _results(self.more)
        )

    @classmethod
    def decode(cls, body: bytes) -> ReportRequest:
        report = cls()
        more: list[CallResult] = []
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                report.modid = _int32(value)
            elif tag == 2 << 3:
                report.cmdid = _int32(value)
            elif tag == 3 << 3 | _BYTES:
                report.host = report.host or HostInfo()
                report.host.merge(part)
            elif tag == 4 << 3:
                report.retcode = _int32(value)
            elif tag == 16 << 3:
                report.duration_us = value & UINT32_MAX
            elif tag == 17 << 3 | _BYTES:
                more.append(CallResult.decode(part))
        report.more = tuple(more)
        return report


@dataclass
class GetRouteRequest:
    """Asks for all hosts of a route; ``with_state`` marks overloaded ones."""

    modid: int = 0
    cmdid: int = 0
    with_state: bool = False

    def encode(self) -> bytes:
        return (
            _number(1, self.modid)
            + _number(2, self.cmdid)
            + _number(16, self.with_state)
        )

    @classmethod
    def decode(cls, body: bytes) -> GetRouteRequest:
        request = cls()
        for tag, value, _ in _fields(body):
            if tag == 1 << 3:
                request.modid = _int32(value)
            elif tag == 2 << 3:
                request.cmdid = _int32(value)
            elif tag == 16 << 3:
                request.with_state = value != 0
        return request


@dataclass
class GetRouteResponse:
    """All hosts of a route; none if there is no such route."""

    modid: int = 0
    cmdid: int = 0
    host: list[HostInfo] = field(default_factory=list)

    def encode(self) -> bytes:
        return (
            _number(1, self.modid)
            + _number(2, self.cmdid)
            + b"".join([_part(3, host.encode()) for host in self.host])
        )

    @classmethod
    def decode(cls, body: bytes) -> GetRouteResponse:
        answer = cls()
        for tag, value, part in _fields(body):
            if tag == 1 << 3:
                answer.modid = _int32(value)
            elif tag == 2 << 3:
                answer.cmdid = _int32(value)
            elif tag == 3 << 3 | _BYTES:
                answer.host.append(HostInfo.decode(part))
        return answer
