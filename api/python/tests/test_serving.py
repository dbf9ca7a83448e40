from __future__ import annotations

import os
import threading
import unittest

import lars
from lars import _registration as registration
from lars._registration import (
    Deregistered,
    InstanceRequest,
    RegisterRequest,
    Status,
)

from .fake_agent import HOST_A, FakeAgent, eventually

INSTANCE = bytes(range(10, 26))


class Messages(unittest.TestCase):
    def test_have_the_bytes_of_the_other_clients(self) -> None:
        request = RegisterRequest(
            seq=1,
            instance=INSTANCE,
            routes=((1, 2), (3, 0)),
            port=80,
            ip=0x0A000001,
            weight=5,
            zone="z",
            ttl_ms=1_000,
            check=2,
            path="/h",
            pid=7,
            drain_ms=3,
            version="v",
            tags=("a", "b"),
            not_ready=True,
        )
        self.assertEqual(
            request.encode().hex(),
            "0801" + "1210" + INSTANCE.hex() + "1a0408011002" + "1a020803"
            "2050" + "2881808050" + "3005" + "3a017a" + "40e807" + "4802"
            "52022f68" + "5807" + "6003" + "6a0176" + "720161" + "720162" + "7801",
        )

    def test_come_back_as_they_were_encoded(self) -> None:
        request = RegisterRequest(
            9, INSTANCE, ((2**31 - 1, 0),), 65_535, -1, 1, "z", 2, 3, "/", 4, 5, "v"
        )
        self.assertEqual(RegisterRequest.decode(request.encode()), request)
        for message in (
            Status(1, INSTANCE, 2, "é", 3),
            InstanceRequest(1, INSTANCE, 2**32 - 1),
            Deregistered(1, INSTANCE, True, 7),
        ):
            self.assertEqual(type(message).decode(message.encode()), message)


class Serving(unittest.TestCase):
    def setUp(self) -> None:
        self.agent = FakeAgent(HOST_A)
        self.addCleanup(self.agent.go_away)
        self.told: list[tuple[str, str]] = []

    def serve(self, **options: object) -> lars.Instance:
        defaults = {"port": 8080, "drain": 0, "agent": self.agent.address}
        return lars.serve(
            1,
            2,
            on_change=lambda *status: self.told.append(status),
            **{**defaults, **options},  # type: ignore[arg-type]
        )

    def test_registers_beats_and_leaves(self) -> None:
        with self.serve(ip="10.0.0.5", tags=["a"], check="http:/h") as instance:
            self.assertEqual((instance.state, instance.reason), ("served", ""))
            program = self.agent.programs[bytes.fromhex(instance.id)]
            self.assertEqual(
                (program.routes, program.port, program.ip, program.tags),
                (((1, 2),), 8080, 0x0A000005, ("a",)),
            )
            self.assertEqual((program.check, program.path), (2, "/h"))
            beats = [registration.BEAT_REQUEST] * 2
            eventually("two beats", lambda: self.agent.said[1:3] == beats)
        self.assertEqual(self.agent.programs, {})
        self.assertEqual([state for state, _ in self.told], ["leaving", "closed"])
        instance.close()

    def test_names_what_the_agent_looks_at(self) -> None:
        for check, kind, path in [
            ("tcp", 1, ""),
            ("pid", 3, ""),
            ("https:/h", 4, "/h"),
        ]:
            with self.serve(check=check) as instance:
                program = self.agent.programs[bytes.fromhex(instance.id)]
                self.assertEqual((program.check, program.path), (kind, path))
                self.assertEqual(program.pid, os.getpid() if kind == 3 else 0)

    def test_says_whether_it_is_ready(self) -> None:
        with self.serve(ready=False) as instance:
            self.assertEqual(instance.state, "not_ready")
            instance.ready()
            self.assertEqual(instance.state, "served")
            instance.not_ready()
            self.assertEqual(instance.state, "not_ready")
        instance.ready()

    def test_registers_again_with_an_agent_that_was_away(self) -> None:
        with self.serve() as instance:
            self.agent.go_away()
            self.agent.programs.clear()
            eventually("it is away", lambda: instance.state == "agent_away")
            heard = threading.Thread(target=instance.not_ready)
            heard.start()
            self.agent.come_back()
            heard.join()
            self.assertEqual(instance.state, "not_ready")
            self.assertEqual(len(self.agent.programs), 1)

    def test_tells_what_a_person_did(self) -> None:
        with self.serve():
            self.agent.answer = (registration.DRAINED, "by ann: disk")
            eventually("it hears", lambda: ("drained", "by ann: disk") in self.told)

    def test_leaves_in_time_whatever_the_agent_says(self) -> None:
        self.agent.drains = True
        instance = self.serve(drain=60)
        left = threading.Thread(target=instance.close)
        left.start()
        eventually("it leaves", lambda: instance.state == "leaving")
        instance.close(drain=0)
        left.join()
        self.assertEqual(instance.state, "closed")

    def test_is_not_accepted(self) -> None:
        self.agent.answer = (registration.REFUSED, "it is off")
        with self.assertRaisesRegex(lars.ServeError, r"\(1, 2\) .*refuses it: it is off"):
            self.serve()
        self.agent.takes_registrations = False
        with self.assertRaisesRegex(lars.ServeError, "without registrations"):
            self.serve()
        self.agent.go_away()
        with self.assertRaisesRegex(lars.ServeError, "no agent answers"):
            self.serve(wait=0)

    def test_refuses_what_cannot_be_sent(self) -> None:
        wrong: list[dict[str, object]] = [
            {"check": "tcp:80"},
            {"check": "https:h"},
            {"ip": "localhost"},
            {"weight": -1},
            {"drain": -1},
            {"port": 2**31},
            {"routes": [(2**31, 0)]},
        ]
        for options in wrong:
            with self.subTest(options), self.assertRaises(ValueError):
                self.serve(**options)
        with self.assertRaises(ValueError):
            lars.serve(port=80)

    def test_goes_on_when_what_listens_fails(self) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("of the program")

        with self.assertLogs("lars"):
            instance = lars.serve(
                1, 2, port=80, drain=0, agent=self.agent.address, on_change=fail
            )
            instance.not_ready()
            instance.ready()
            self.assertEqual(instance.state, "served")
            instance.close()
