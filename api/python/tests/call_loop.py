"""Calls route (1, 1) about 1,000 times a second until standard input ends, for
tests of clients against an agent that goes away.

    python3 -m tests.call_loop threads|asyncio IP:PORT

A call to the host IP:PORT fails. Ten times a second it prints what it did so far,
as a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from typing import Any

import lars
import lars.aio

CALLERS = 20
PAUSE = 0.02
"""Seconds of a caller between two calls."""


class Failed(Exception):
    pass


class Progress:
    """What the loop did so far."""

    def __init__(self, client: Any, failing: str) -> None:
        self.stopped = threading.Event()
        self._client = client
        self._failing = failing
        self._calls = 0
        self._no_host: list[str] = []
        self._hosts: Counter[str] = Counter()

    def on_call(self, host: lars.Host) -> None:
        self._calls += 1
        self._hosts[str(host)] += 1
        if str(host) == self._failing:
            raise Failed

    def on_no_host(self, error: lars.NoHostError) -> None:
        self._no_host.append(str(error))

    def print(self) -> None:
        progress = {
            "calls": self._calls,
            "noHost": self._no_host,
            "hosts": self._hosts,
            "standIns": self._client.counters.stand_ins,
            "up": self._client.agent_up,
        }
        print(json.dumps(progress), flush=True)


def run_threads(failing: str) -> None:
    with lars.Client() as client:
        progress = Progress(client, failing)
        lock = threading.Lock()
        while not client.register(1, 1):
            # The agent has yet to pull the route.
            pass

        def run() -> None:
            while not progress.stopped.wait(PAUSE):
                try:
                    with client.call(1, 1) as host, lock:
                        progress.on_call(host)
                except Failed:
                    pass
                except lars.NoHostError as error:
                    progress.on_no_host(error)

        threads = [threading.Thread(target=run) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        watch(progress)
        while not progress.stopped.is_set():
            progress.print()
            time.sleep(0.1)
        for thread in threads:
            thread.join()
        progress.print()


async def run_asyncio(failing: str) -> None:
    async with lars.aio.Client() as client:
        progress = Progress(client, failing)
        while not await client.register(1, 1):
            pass

        async def run() -> None:
            while not progress.stopped.is_set():
                await asyncio.sleep(PAUSE)
                try:
                    async with client.call(1, 1) as host:
                        progress.on_call(host)
                except Failed:
                    pass
                except lars.NoHostError as error:
                    progress.on_no_host(error)

        tasks = [asyncio.ensure_future(run()) for _ in range(CALLERS)]
        watch(progress)
        while not progress.stopped.is_set():
            progress.print()
            await asyncio.sleep(0.1)
        await asyncio.gather(*tasks)
        progress.print()


def watch(progress: Progress) -> None:
    """Stops when standard input ends."""

    def read() -> None:
        sys.stdin.read()
        progress.stopped.set()

    threading.Thread(target=read, daemon=True).start()


if __name__ == "__main__":
    _, way, failing = sys.argv
    if way == "threads":
        run_threads(failing)
    else:
        asyncio.run(run_asyncio(failing))
