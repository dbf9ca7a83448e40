"""URLs ``lars://MODID.CMDID/PATH`` for urllib.

opener = urllib.request.build_opener(lars.http.LarsHandler(client))
with opener.open("lars://1.1/items?id=7", timeout=1) as answer:
    answer.read()
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import Callable, cast
from urllib.response import addinfourl

from ._client import Client

__all__ = ["LarsHandler"]

_ROUTE = re.compile(r"(\d+)\.(\d+)")

# Methods without side effects.
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


def _is_server_error(status: int) -> bool:
    return status >= 500


class LarsHandler(urllib.request.BaseHandler):
    """Opens ``lars://MODID.CMDID/PATH``: gets a host, sends the request there over
    HTTP, and reports how that went.

    A connection that fails, no head of an answer in time, and a status that
    ``is_failure`` says is one, from 500 up if not given, are failures. A request
    that could not connect is sent once more, to another pick; so is one without
    side effects whose connection broke; unless its data is not bytes.
    """

    def __init__(
        self, client: Client, *, is_failure: Callable[[int], bool] = _is_server_error
    ) -> None:
        self._client = client
        self._is_failure = is_failure

    def lars_open(self, request: urllib.request.Request) -> addinfourl:
        match = _ROUTE.fullmatch(request.host)
        if match is None:
            raise ValueError(
                "cannot open as the URL must begin with lars://MODID.CMDID:"
                f" current value is {request.full_url!r}"
            )
        route = int(match[1]), int(match[2])
        try:
            return self._try(request, route)
        except urllib.error.HTTPError:
            raise
        except OSError as error:
            if not _may_repeat(request, error):
                raise
            return self._try(request, route)

    def _try(
        self, request: urllib.request.Request, route: tuple[int, int]
    ) -> addinfourl:
        """Sends a request to one host."""
        with self._client.call(*route) as host:
            sent = urllib.request.Request(
                f"http://{host}{request.selector}",
                request.data,
                dict(request.header_items()),
                method=request.get_method(),
            )
            try:
                answer = self.parent.open(sent, timeout=request.timeout)
            except urllib.error.HTTPError as error:
                if self._is_failure(error.code):
                    raise
                refusal = error
            else:
                return cast(addinfourl, answer)
        raise refusal


def _may_repeat(request: urllib.request.Request, error: OSError) -> bool:
    if not isinstance(request.data, (bytes, type(None))):
        return False
    reason = getattr(error, "reason", error)
    return (
        isinstance(reason, ConnectionRefusedError)
        or request.get_method() in _REPEATABLE
    )
