from __future__ import annotations

from collections import deque
from random import Random

from ._wire import CallResult, HostInfo

REFRESH_EVERY = 2.0
"""How often the hosts of a route in use are asked for, in seconds."""

DISCOVER_EVERY = 0.1
"""The same while the route has no hosts."""

REMEMBER_FOR = 300.0
"""For how long hosts are remembered that nothing asked for, in seconds."""

SKIP_FOR = 1.0
"""For how long a host that failed is not picked, in seconds."""

KEPT_MAX = 64
"""Most results of a route that wait for the agent."""


class Memory:
    """What is remembered of a route for when the agent is away."""

    __slots__ = ("hosts", "refreshed_at", "remembered_at", "used_at", "kept", "_skips")

    def __init__(self, now: float) -> None:
        self.hosts: list[HostInfo] = []
        self.refreshed_at = float("-inf")
        self.remembered_at = now
        self.used_at = now
        # The newest results that the agent was not there for.
        self.kept: deque[CallResult] = deque(maxlen=KEPT_MAX)
        # Hosts that failed, and until when they are not picked.
        self._skips: dict[tuple[int, int], float] = {}

    def needs_refresh(self, now: float) -> bool:
        """Whether the hosts are to be asked for, which it takes as done."""
        period = REFRESH_EVERY if self.hosts else DISCOVER_EVERY
        if now < self.refreshed_at + period:
            return False
        self.refreshed_at = now
        return True

    def remember(self, hosts: list[HostInfo], now: float) -> None:
        self.hosts = hosts
        self.remembered_at = now

    def on_failure(self, host: HostInfo, now: float) -> None:
        """Skips a host for a time."""
        self._skips = {key: until for key, until in self._skips.items() if now < until}
        self._skips[host.ip, host.port] = now + SKIP_FOR

    def pick(self, random: Random, now: float) -> HostInfo | None:
        """A host at random among those that are not overloaded and did not fail
        of late; else among those that did not fail; else among all."""
        ranks: list[list[HostInfo]] = [[], [], []]
        for host in self.hosts:
            if host.drained:
                continue
            if now < self._skips.get((host.ip, host.port), now):
                ranks[2].append(host)
            else:
                ranks[host.overload].append(host)
        for hosts in ranks:
            if hosts:
                return random.choice(hosts)
        return None
