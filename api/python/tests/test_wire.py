from __future__ import annotations

import dataclasses
import json
import pathlib
import random
import unittest
from typing import Any

from lars import _wire as wire
from lars._wire import (
    CallResult,
    GetHostRequest,
    GetHostResponse,
    GetRouteRequest,
    GetRouteResponse,
    HostInfo,
    MalformedError,
    ReportRequest,
)

# What Google's own protobuf encoder made.
VECTORS = json.loads(
    (pathlib.Path(__file__).parents[3] / "tests/wire/vectors.json").read_text()
)

MESSAGES = {
    kind.__name__: kind
    for kind in (
        GetHostRequest,
        GetHostResponse,
        ReportRequest,
        GetRouteRequest,
        GetRouteResponse,
    )
}

ONE = HostInfo(-1062731343, 7777)
ONE_BYTES = "0a0e08b183a085fcffffffff0110e13c"


def from_json(message: str, value: dict[str, Any]) -> Any:
    """The message with the fields of a vector, under their names in lars.proto."""
    fields = dict(value)
    if isinstance(fields.get("host"), dict):
        fields["host"] = HostInfo(**fields["host"])
    elif "host" in fields:
        fields["host"] = [HostInfo(**host) for host in fields["host"]]
    return MESSAGES[message](**fields)


class Vectors(unittest.TestCase):
    def test_messages_of_clients_both_ways(self) -> None:
        spoken = [each for each in VECTORS if each["message"] in MESSAGES]
        self.assertEqual(len(spoken), 16)
        for each in spoken:
            with self.subTest(each["name"]):
                message = from_json(each["message"], each["value"])
                frame = wire.encode_frame(each["id"], message.encode())
                self.assertEqual(frame.hex(), each["frame"])
                message_id, body = wire.decode_frame(bytes.fromhex(each["frame"]))
                self.assertEqual(message_id, each["id"])
                self.assertEqual(type(message).decode(body), message)
                # Field 99, of a later version.
                later = body + b"\x98\x06\x01"
                self.assertEqual(type(message).decode(later), message)

    def test_every_truncation_is_no_frame(self) -> None:
        for each in VECTORS:
            frame = bytes.fromhex(each["frame"])
            for part in [*(frame[:size] for size in range(len(frame))), frame + b"\0"]:
                with self.assertRaises(MalformedError):
                    wire.decode_frame(part)


class Messages(unittest.TestCase):
    # Bytes of the fields that Lars added, by hand from proto/README.md.
    ADDED = (
        (
            GetHostRequest(7, 1, 1, 2, (CallResult(ONE, 1, 1500),)),
            "080710011801" "800102" "8a0115" + ONE_BYTES + "1001" "18dc0b",
        ),
        (
            ReportRequest(1, 1, more=(CallResult(ONE, unused=True),)),
            "08011001" "8a0112" + ONE_BYTES + "2001",
        ),
        (
            ReportRequest(1, 1, ONE, duration_us=1),
            "08011001" "1a" + ONE_BYTES[2:] + "800101",
        ),
        (
            GetHostResponse(7, 1, 1, host=ONE, more=[ONE], use_ms=20),
            "080710011801" "2a" + ONE_BYTES[2:] + "8201" + ONE_BYTES[2:] + "880114",
        ),
        (GetRouteRequest(1, 2, with_state=True), "08011002" "800101"),
        (
            GetRouteResponse(1, 2, [HostInfo(2130706433, 65535, True)]),
            "08011002" "1a0d08818080f80710ffff03800101",
        ),
    )

    def test_fields_that_lars_added_both_ways(self) -> None:
        for message, body in self.ADDED:
            with self.subTest(message):
                self.assertEqual(message.encode().hex(), body)
                decoded = type(message).decode(bytes.fromhex(body))
                self.assertEqual(decoded, message)

    def test_a_report_of_an_unused_host_has_no_result_of_its_own(self) -> None:
        unused, called = CallResult(ONE, unused=True), CallResult(ONE)
        report = ReportRequest.of(1, 1, [unused, called])
        self.assertEqual((report.host, len(report.more)), (None, 2))
        report = ReportRequest.of(1, 1, [called, unused])
        self.assertEqual((report.host, len(report.more)), (ONE, 1))

    def test_odd_but_valid_bodies(self) -> None:
        half = (CallResult(HostInfo(1, 80), 1),)
        for name, body, want in (
            ("the last of two counts", "08070808", GetHostRequest(8)),
            ("a longer varint than needed", "0887808000", GetHostRequest(7)),
            ("the low 32 bits of more", "088780808010", GetHostRequest(7)),
            ("another wire type", "0a0107" "1001", GetHostRequest(modid=1)),
            (
                "a fixed64 and a fixed32",
                "f1060102030405060708" "f50601020304" "0807",
                GetHostRequest(7),
            ),
            (
                "a group in a group",
                "f306" "fb060801fc06" "f406" "0807",
                GetHostRequest(7),
            ),
            (
                "a host in halves",
                "8a010a" "0a020801" "0a021050" "1001",
                GetHostRequest(results=half),
            ),
        ):
            with self.subTest(name):
                self.assertEqual(GetHostRequest.decode(bytes.fromhex(body)), want)

    def test_malformed_bodies(self) -> None:
        for name, body in (
            ("a varint that does not end", "08ff"),
            ("a varint of eleven bytes", "08ffffffffffffffffffff01"),
            ("field number 0", "0007"),
            ("wire type 6", "0e"),
            ("the end of a group that has no start", "f406"),
            ("a group that does not end", "f3060801"),
            ("a length beyond the end", "8a010501"),
            ("a result that is malformed", "8a010208ff"),
        ):
            with self.subTest(name), self.assertRaises(MalformedError):
                GetHostRequest.decode(bytes.fromhex(body))

    def test_random_bytes_are_malformed_or_come_back(self) -> None:
        source = random.Random(1)
        bodies = [bytes.fromhex(each["body"]) for each in VECTORS]
        for _ in range(3_000):
            body = bytearray(source.choice(bodies) + source.choice(bodies))
            for _ in range(source.randrange(3)):
                if body:
                    body[source.randrange(len(body))] = source.randrange(256)
            for kind in MESSAGES.values():
                try:
                    message = kind.decode(bytes(body))
                except MalformedError:
                    continue
                self.assertEqual(
                    kind.decode(message.encode()),
                    message,
                )

    def test_every_field_has_a_default(self) -> None:
        for kind in MESSAGES.values():
            self.assertEqual(kind().encode(), b"")
            self.assertTrue(dataclasses.is_dataclass(kind))


if __name__ == "__main__":
    unittest.main()
