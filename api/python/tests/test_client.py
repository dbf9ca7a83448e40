from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import time
import unittest
from collections.abc import Callable
from unittest import mock

import lars
from lars import Client, Host, RouteHost

from .fake_agent import HOST_A, HOST_B, PATIENCE, FakeAgent, eventually


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.agent = FakeAgent(HOST_A)
        self.addCleanup(self.agent.go_away)
        self.client = Client(self.agent.address, timeout=PATIENCE)
        self.addCleanup(self.client.close)

    def test_a_call_reports_success_and_failure(self) -> None:
        with self.client.call(1, 1) as host:
            self.assertEqual(host, HOST_A)
            self.assertEqual(str(host), "10.0.0.1:80")
            self.assertEqual(host.address, ("10.0.0.1", 80))
        with self.assertRaises(ZeroDivisionError), self.client.call(1, 1):
            raise ZeroDivisionError
        eventually("a success", lambda: self.agent.count() == 1)
        eventually("a failure", lambda: self.agent.count(failed=True) == 1)
        self.assertTrue(all(each.duration_us > 0 for each in self.agent.results))

    def test_a_call_that_takes_longer_than_its_timeout_fails(self) -> None:
        with self.client.call(1, 1, timeout=0.5):
            time.sleep(0.51)
        eventually("a failure", lambda: self.agent.count(failed=True) == 1)

    def test_a_call_that_is_interrupted_says_nothing_of_the_host(self) -> None:
        self.client._link._batches = True
        with self.assertRaises(KeyboardInterrupt), self.client.call(1, 1):
            raise KeyboardInterrupt
        eventually("an unused host", lambda: self.agent.count(unused=True) == 1)
        self.assertEqual(self.agent.count() + self.agent.count(failed=True), 0)

    def test_a_host_that_does_not_come_in_time_is_a_timeout_error(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
            mute.bind(("127.0.0.1", 0))
            port = mute.getsockname()[1] - lars._link.server_of((1, 1))
            with Client(("127.0.0.1", port), timeout=PATIENCE) as client:
                with self.assertRaises(TimeoutError):
                    client.get_host(1, 1, timeout=0.01)
            with Client(("127.0.0.1", port), timeout=0.01) as client:
                with self.assertRaises(lars.AgentUnreachable):
                    client.get_host(1, 1)
                self.assertEqual(client._link._waiting, 0)

    def test_the_host_of_a_caller_whose_time_ran_out_is_given_back(self) -> None:
        self.client._link._batches = True
        self.agent.holds = True
        with self.assertRaises(TimeoutError):
            self.client.get_host(1, 1, timeout=0.01)
        eventually("the request", lambda: self.agent.datagrams == 2)
        self.agent.release()
        # Reads what has come.
        self.client.get_route(1, 1)
        eventually("an unused host", lambda: self.agent.count(unused=True) == 1)

    def test_an_agent_that_came_back_is_found_though_a_report_was_refused(self) -> None:
        self.agent.go_away()
        self.client.report(1, 1, HOST_A)
        self.agent.come_back()
        self.assertEqual(self.client.get_host(1, 1), HOST_A)
        self.assertEqual(self.client.counters.downs, 0)

    def test_closing_closes_the_sockets(self) -> None:
        self.client.close()
        self.assertEqual([each.fileno() for each in self.client._sockets], [-1] * 3)

    def test_why_there_is_no_host(self) -> None:
        with self.assertRaises(lars.NoRoute) as caught:
            self.client.get_host(7, 7)
        self.assertEqual(
            str(caught.exception), "no host for (7, 7): the agent knows no such route"
        )
        with self.assertRaises(lars.NoRoute):
            self.client.get_route(7, 7)
        self.assertFalse(self.client.register(7, 7))
        self.client.close()
        self.client.close()
        with self.assertRaises(lars.ClientClosed):
            self.client.get_host(1, 1)
        with self.assertRaises(lars.LarsError):
            self.client.report(1, 1, HOST_A)

    def test_get_route_lists_every_host(self) -> None:
        self.agent.hosts.append(HOST_B)
        self.assertTrue(self.client.register(1, 1))
        self.assertEqual(
            self.client.get_route(1, 1),
            [RouteHost("10.0.0.1", 80), RouteHost("10.0.0.2", 80)],
        )

    def test_wrong_arguments_are_value_errors(self) -> None:
        for wrong in (
            lambda: self.client.get_host(2**31, 1),
            lambda: self.client.report(1, 1, Host("0.0.0.0", 80)),
            lambda: self.client.report(1, 1, Host("10.0.0.1", 65536)),
            lambda: self.client.report(1, 1, Host("::1", 80)),
            lambda: self.client.report(1, 1, HOST_A, 2**31),
            lambda: self.client.report(1, 1, HOST_A, duration=-1),
            lambda: Client(timeout=0),
            lambda: Client(tries=0),
            lambda: Client(stand_in=-1),
            lambda: Client("127.0.0.1"),
            lambda: Client(("127.0.0.1", 65534)),
        ):
            with self.assertRaises(ValueError):
                wrong()

    def test_the_environment_names_the_agent(self) -> None:
        with mock.patch.dict(os.environ, LARS_AGENT=self.agent.address):
            with Client() as client:
                self.assertEqual(client.get_host(1, 1), HOST_A)

    def test_a_process_that_was_forked_has_sockets_of_its_own(self) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            self.skipTest("there is no fork here")
        self.client.get_host(1, 1)
        context = multiprocessing.get_context("fork")

        def run() -> None:
            for _ in range(100):
                self.client.get_host(1, 1)

        children = [context.Process(target=run) for _ in range(2)]
        for child in children:
            child.start()
        run()
        for child in children:
            child.join()
            self.assertEqual(child.exitcode, 0)
        self.assertEqual(self.client.counters.late, 0)


class Threads(unittest.TestCase):
    def test_many_threads_share_a_client(self) -> None:
        threads, calls = 16, 100
        with (
            FakeAgent(HOST_A, HOST_B) as agent,
            Client(agent.address, timeout=PATIENCE) as client,
        ):

            def run() -> None:
                for _ in range(calls):
                    with client.call(1, 1):
                        pass

            start(run, threads)
            eventually(
                "every report",
                lambda: agent.count() + client.counters.unconfirmed == threads * calls,
            )
            self.assertEqual(client.counters.timeouts, 0)
            self.assertGreater(client.counters.shared, 0)
            self.assertLess(agent.datagrams, 2 * threads * calls)

    def test_a_thread_that_is_answered_need_not_wait_for_the_one_that_reads(
        self,
    ) -> None:
        with (
            FakeAgent(HOST_A) as agent,
            Client(agent.address, timeout=PATIENCE) as client,
        ):
            agent.holds = True
            reads = in_thread(lambda: client.get_host(1, 1))
            eventually("it reads", lambda: client._leading)
            asks = in_thread(lambda: client.get_route(1, 1))
            asks.join()
            self.assertTrue(reads.is_alive())
            self.assertEqual(client.counters.resent, 0)
            agent.release()
            reads.join()

    def test_a_thread_that_leaves_has_another_one_read(self) -> None:
        with (
            FakeAgent(HOST_A) as agent,
            Client(agent.address, timeout=PATIENCE) as client,
        ):
            agent.holds = True

            def read() -> None:
                with self.assertRaises(TimeoutError):
                    client.get_host(1, 1, timeout=0.1)

            reads = in_thread(read)
            eventually("it reads", lambda: client._leading)
            asks = in_thread(lambda: client.get_host(1, 1))
            reads.join()
            agent.release()
            asks.join()
            self.assertEqual(client.counters.resent, 0)

    def test_closing_ends_the_wait_of_every_thread(self) -> None:
        with (
            FakeAgent(HOST_A) as agent,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute,
        ):
            agent.go_away()
            mute.bind(("127.0.0.1", agent.port + lars._link.server_of((1, 1))))
            client = Client(agent.address, tries=100)
            ended: list[BaseException] = []

            def run() -> None:
                try:
                    client.get_host(1, 1)
                except lars.NoHostError as error:
                    ended.append(error)

            running = [threading.Thread(target=run) for _ in range(4)]
            for thread in running:
                thread.start()
            eventually("they wait", lambda: client._link._waiting == 4)
            client.close()
            for thread in running:
                thread.join()
            self.assertEqual([type(each) for each in ended], [lars.ClientClosed] * 4)


class Outage(unittest.TestCase):
    def test_without_an_agent_it_fails_at_once(self) -> None:
        with FakeAgent(HOST_A) as agent:
            agent.go_away()
            # It would take an hour to time out.
            with Client(agent.address, timeout=3600) as client:
                with self.assertRaises(lars.AgentUnreachable):
                    client.get_host(1, 1)
                self.assertFalse(client.agent_up)
                agent.come_back()
                eventually("a host", lambda: client.register(1, 1))
                self.assertEqual(client.get_host(1, 1), HOST_A)
                self.assertTrue(client.agent_up)

    def test_an_agent_that_goes_away_costs_no_call(self) -> None:
        with (
            FakeAgent(HOST_A, HOST_B) as agent,
            Client(agent.address, timeout=PATIENCE) as client,
        ):
            self.assertTrue(client.register(1, 1))
            stop = threading.Event()
            failures: list[Exception] = []

            def run() -> None:
                while not stop.wait(0.002):
                    try:
                        with client.call(1, 1):
                            pass
                    except lars.NoHostError as error:
                        failures.append(error)

            running = [threading.Thread(target=run) for _ in range(8)]
            for thread in running:
                thread.start()
            eventually("calls", lambda: client.counters.answered > 50)
            agent.go_away()
            eventually("stand-ins", lambda: client.counters.stand_ins > 100)
            self.assertFalse(client.agent_up)
            reports = len(agent.results)
            agent.come_back()
            eventually("the agent is back", lambda: client.agent_up)
            answered = client.counters.answered
            eventually("calls", lambda: client.counters.answered > answered + 50)
            stop.set()
            for thread in running:
                thread.join()
            self.assertEqual(failures, [])
            self.assertGreater(len(agent.results), reports)


def in_thread(run: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def start(run: Callable[[], None], count: int) -> None:
    """Runs a function in threads, to their ends."""
    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    unittest.main()
