"""Asks the agent of this machine which host to call for a (modid, cmdid), and
reports how the call went.

    with lars.Client() as client:
        client.register(1, 1)
        with client.call(1, 1) as host:
            socket.create_connection(host.address, timeout=1)

``lars.aio`` has the same for asyncio.
"""

from ._client import Client
from ._host import Host, RouteHost
from ._link import Counters
from ._serving import Instance, ServeError, serve
from .errors import (
    AgentUnreachable,
    ClientClosed,
    LarsError,
    NoHostError,
    NoRoute,
    Overloaded,
    SystemFailure,
)

__all__ = [
    "AgentUnreachable",
    "Client",
    "ClientClosed",
    "Counters",
    "Host",
    "Instance",
    "LarsError",
    "NoHostError",
    "NoRoute",
    "Overloaded",
    "RouteHost",
    "ServeError",
    "SystemFailure",
    "serve",
]
