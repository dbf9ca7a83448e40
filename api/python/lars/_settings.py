from __future__ import annotations

import os
from typing import Union

from ._host import PORT_MAX
from ._link import AGENT_SERVERS, Options

TIMEOUT = 0.1
TRIES = 3
TRIES_MAX = 1_000
STAND_IN = 60.0

REGISTER_TRIES = 3
REGISTER_PAUSE = 0.05
CALL_FAILED = 1

Address = Union[str, tuple[str, int]]


def check_options(
    *, timeout: float, tries: int, batching: bool, stand_in: float
) -> Options:
    if not timeout > 0:
        raise ValueError(
            f"cannot open client as timeout must be above 0: current value is {timeout}"
        )
    if not 1 <= tries <= TRIES_MAX:
        raise ValueError(
            f"cannot open client as tries must be from 1 to {TRIES_MAX}:"
            f" current value is {tries}"
        )
    if not stand_in >= 0:
        raise ValueError(
            "cannot open client as stand_in must be 0 or longer:"
            f" current value is {stand_in}"
        )
    return Options(timeout, tries, batching, stand_in)


def agent_address(agent: Address | None) -> tuple[str, int]:
    """Where the agent's first server is: as given, as LARS_AGENT says, or at
    127.0.0.1:8888."""
    if agent is None:
        agent = os.environ.get("LARS_AGENT") or "127.0.0.1:8888"
    if isinstance(agent, str):
        host, _, port = agent.rpartition(":")
        agent = host.strip("[]"), int(port) if port.isdecimal() else 0
    host, number = agent
    port_max = PORT_MAX - AGENT_SERVERS + 1
    if not host or not 1 <= number <= port_max:
        raise ValueError(
            f"cannot open client as agent must be HOST:PORT with a port from 1 to"
            f" {port_max}: current value is {agent!r}"
        )
    return host, number
