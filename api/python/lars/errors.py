"""What goes wrong without a fault of the program."""

from __future__ import annotations

from typing import ClassVar


class LarsError(Exception):
    """Base of all errors of this package but wrong arguments."""


class NoHostError(LarsError):
    """There is no host to call; the subclass tells why."""

    reason: ClassVar[str] = "there is none"

    def __init__(self, mod_id: int, cmd_id: int) -> None:
        super().__init__(mod_id, cmd_id)
        self.mod_id = mod_id
        self.cmd_id = cmd_id

    def __str__(self) -> str:
        return f"no host for ({self.mod_id}, {self.cmd_id}): {self.reason}"


class Overloaded(NoHostError):
    """Every host is overloaded, and no probe is due."""

    reason = "every host is overloaded"


class NoRoute(NoHostError):
    """The agent knows no hosts for the route.

    It pulls a route that is new to it, so a later answer may differ: see
    ``Client.register``.
    """

    reason = "the agent knows no such route"


class AgentUnreachable(NoHostError):
    """No agent answers, and the client remembers no hosts of the route."""

    reason = "no agent answers"


class SystemFailure(NoHostError):
    """The agent cannot answer now, or 65,536 callers of this client wait."""

    reason = "the agent or this client cannot answer now"


class ClientClosed(NoHostError):
    """The client is closed."""

    reason = "the client is closed"
