from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from functools import lru_cache

from ._wire import INT32_MAX, INT32_MIN, UINT32_MAX, CallResult, HostInfo

PORT_MAX = 0xFFFF


@dataclass(frozen=True)
class Host:
    """The address of a host to call; ``str()`` of it is ``"IP:PORT"``."""

    ip: str
    port: int
    stand_in: bool = field(default=False, compare=False)
    """Whether the agent was away, and the client picked the host itself."""

    @property
    def address(self) -> tuple[str, int]:
        """What ``socket.create_connection`` takes."""
        return self.ip, self.port

    def __str__(self) -> str:
        return f"{self.ip}:{self.port}"


@dataclass(frozen=True)
class RouteHost(Host):
    """A host of a route, as an agent lists it."""

    overload: bool = field(default=False, compare=False)
    """Whether the agent finds it overloaded; never from agents of the original
    system."""


@lru_cache(maxsize=4096)
def _host(ip: int, port: int, stand_in: bool) -> Host:
    return Host(str(ipaddress.IPv4Address(ip & UINT32_MAX)), port, stand_in)


def is_possible(info: HostInfo | None) -> bool:
    return info is not None and info.ip != 0 and 0 < info.port <= PORT_MAX


def to_host(info: HostInfo, *, stand_in: bool = False) -> Host:
    return _host(info.ip, info.port, stand_in)


def to_route_host(info: HostInfo, *, stand_in: bool) -> RouteHost:
    host = to_host(info)
    return RouteHost(host.ip, host.port, stand_in, info.overload)


@lru_cache(maxsize=4096)
def ip_number(ip: str) -> int:
    """An IPv4 address as the wire has it: in host order, an int32."""
    number = int(ipaddress.IPv4Address(ip))
    return number - 2**32 if number > INT32_MAX else number


def to_info(host: Host) -> HostInfo:
    """The host on the wire. Raises ValueError if there can be no such host."""
    info = HostInfo(ip_number(host.ip), host.port)
    if not is_possible(info):
        raise ValueError(
            "cannot report as the host must have an ip other than 0.0.0.0 and a"
            f" port from 1 to {PORT_MAX}: current value is {host}"
        )
    return info


def to_result(host: Host, return_code: int, duration: float | None) -> CallResult:
    """The result on the wire: durations are microseconds there, and 0 is "not
    measured". Raises ValueError if it cannot be sent."""
    check_int32("the return code", return_code)
    duration_us = 0
    if duration is not None:
        if duration < 0:
            raise ValueError(
                "cannot report as the duration must be 0 or longer:"
                f" current value is {duration}"
            )
        duration_us = min(max(round(duration * 1e6), 1), UINT32_MAX)
    return CallResult(to_info(host), return_code, duration_us)


def check_int32(name: str, value: int) -> None:
    if not INT32_MIN <= value <= INT32_MAX:
        raise ValueError(
            f"cannot send {name} as it must be from {INT32_MIN} to {INT32_MAX}:"
            f" current value is {value}"
        )
