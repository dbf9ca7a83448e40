from __future__ import annotations

import asyncio
import sys
import unittest
from typing import Callable

import lars
from lars import RouteHost
from lars.aio import Client

from .fake_agent import HOST_A, HOST_B, PATIENCE, FakeAgent


async def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Waits until a condition holds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not holds():
        if loop.time() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE} s")
        await asyncio.sleep(0.002)


class Calls(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.agent = FakeAgent(HOST_A)
        self.addCleanup(self.agent.go_away)
        self.client = Client(self.agent.address, timeout=PATIENCE)
        await self.client.open()
        self.addAsyncCleanup(self.client.close)

    async def test_a_call_reports_success_and_failure(self) -> None:
        async with self.client.call(1, 1) as host:
            self.assertEqual(host, HOST_A)
        with self.assertRaises(ZeroDivisionError):
            async with self.client.call(1, 1):
                raise ZeroDivisionError
        await eventually("a success", lambda: self.agent.count() == 1)
        await eventually("a failure", lambda: self.agent.count(failed=True) == 1)

    async def test_a_call_that_takes_longer_than_its_timeout_fails(self) -> None:
        with self.assertRaises(asyncio.TimeoutError):
            async with self.client.call(1, 1, timeout=0.5):
                await asyncio.sleep(60)
        await eventually("a failure", lambda: self.agent.count(failed=True) == 1)
        # The task goes on as if it had not been cancelled.
        await asyncio.sleep(0)
        if sys.version_info >= (3, 11):
            task = asyncio.current_task()
            assert task is not None
            self.assertEqual(task.cancelling(), 0)
        async with self.client.call(1, 1, timeout=10):
            pass
        await eventually("a success", lambda: self.agent.count() == 1)

    async def test_the_timeout_is_also_for_the_host(self) -> None:
        self.agent.go_away()
        mute, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol,
            local_addr=("127.0.0.1", self.agent.port + lars._link.server_of((1, 1))),
        )
        with self.assertRaises(asyncio.TimeoutError):
            async with self.client.call(1, 1, timeout=0.01):
                self.fail("there was a host")
        mute.close()

    async def test_a_cancelled_call_is_cancelled_and_a_failure(self) -> None:
        called = asyncio.Event()

        async def run() -> None:
            async with self.client.call(1, 1, timeout=60):
                called.set()
                await asyncio.sleep(60)

        task = asyncio.ensure_future(run())
        await called.wait()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await eventually("a failure", lambda: self.agent.count(failed=True) == 1)

    async def test_a_task_that_gives_up_leaves_nothing_behind(self) -> None:
        tasks = [asyncio.ensure_future(self.client.get_host(1, 1)) for _ in range(10)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        self.assertTrue(
            all(isinstance(each, asyncio.CancelledError) for each in outcomes)
        )
        await eventually("none waits", lambda: self.client._link._waiting == 0)

    async def test_the_host_of_a_task_that_gave_up_is_given_back(self) -> None:
        self.client._link._batches = True
        self.agent.holds = True
        task = asyncio.ensure_future(self.client.get_host(1, 1))
        await eventually("the request", lambda: self.agent.datagrams == 2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self.agent.release()
        await eventually("an unused host", lambda: self.agent.count(unused=True) == 1)

    async def test_a_caller_waits_a_millisecond_for_the_answer_to_another(self) -> None:
        self.agent.holds = True
        tasks = [asyncio.ensure_future(self.client.get_host(1, 1)) for _ in range(2)]
        # A refresh of the route, and a request of each.
        await eventually("both requests", lambda: self.agent.datagrams == 3)
        self.agent.release()
        self.assertEqual(await asyncio.gather(*tasks), [HOST_A, HOST_A])
        self.assertEqual(self.client.counters.resent, 0)

    async def test_many_tasks_share_datagrams(self) -> None:
        tasks, calls = 50, 40
        self.agent.hosts.append(HOST_B)

        async def run() -> None:
            for _ in range(calls):
                async with self.client.call(1, 1):
                    await asyncio.sleep(0)

        await asyncio.gather(*(run() for _ in range(tasks)))
        await eventually(
            "every report",
            lambda: self.agent.count() + self.client.counters.unconfirmed
            == tasks * calls,
        )
        self.assertLess(self.agent.datagrams, tasks * calls)

    async def test_why_there_is_no_host(self) -> None:
        with self.assertRaises(lars.NoRoute):
            await self.client.get_host(7, 7)
        self.assertFalse(await self.client.register(7, 7))
        with self.assertRaises(lars.LarsError):
            await Client(self.agent.address).get_host(1, 1)
        await self.client.close()
        await self.client.close()
        with self.assertRaises(lars.ClientClosed):
            await self.client.get_host(1, 1)
        with self.assertRaises(lars.LarsError):
            self.client.report(1, 1, HOST_A)

    async def test_get_route_lists_every_host(self) -> None:
        self.assertTrue(await self.client.register(1, 1))
        hosts = await self.client.get_route(1, 1)
        self.assertEqual(hosts, [RouteHost("10.0.0.1", 80)])


class Outage(unittest.IsolatedAsyncioTestCase):
    async def test_without_an_agent_it_fails_at_once(self) -> None:
        with FakeAgent(HOST_A) as agent:
            agent.go_away()
            # It would take an hour to time out.
            async with Client(agent.address, timeout=3600) as client:
                with self.assertRaises(lars.AgentUnreachable):
                    await client.get_host(1, 1)
                self.assertFalse(client.agent_up)

    async def test_an_agent_that_goes_away_costs_no_call(self) -> None:
        with FakeAgent(HOST_A, HOST_B) as agent:
            async with Client(agent.address, timeout=PATIENCE) as client:
                self.assertTrue(await client.register(1, 1))
                stopped = False

                async def run() -> None:
                    while not stopped:
                        async with client.call(1, 1):
                            await asyncio.sleep(0.002)

                running = [asyncio.ensure_future(run()) for _ in range(20)]
                await eventually("calls", lambda: client.counters.answered > 50)
                agent.go_away()
                await eventually("stand-ins", lambda: client.counters.stand_ins > 100)
                self.assertFalse(client.agent_up)
                agent.come_back()
                await eventually("it is back", lambda: client.agent_up)
                answered = client.counters.answered
                await eventually(
                    "calls", lambda: client.counters.answered > answered + 20
                )
                stopped = True
                await asyncio.gather(*running)


if __name__ == "__main__":
    unittest.main()
