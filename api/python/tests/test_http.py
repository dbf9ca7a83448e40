from __future__ import annotations

import http.server
import socket
import threading
import unittest
import urllib.error
import urllib.request

import lars.http
from lars import Client, Host

from .fake_agent import PATIENCE, FakeAgent, eventually


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what was asked, or the status that the path names."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        data = self.rfile.read(size).decode()
        status = self.path[1:]
        if status == "torn":
            self.close_connection = True
            return
        body = f"{self.command} {self.path} {self.headers['Host']} {data}".encode()
        self.send_response(int(status) if status.isdecimal() else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


class Urls(unittest.TestCase):
    def setUp(self) -> None:
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(self.server.server_close)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.host = Host("127.0.0.1", self.server.server_port)
        self.agent = FakeAgent(self.host)
        self.addCleanup(self.agent.go_away)
        client = Client(self.agent.address, timeout=PATIENCE)
        self.addCleanup(client.close)
        self.opener = urllib.request.build_opener(lars.http.LarsHandler(client))

    def open(self, url: str, data: bytes | None = None) -> str:
        with self.opener.open(url, data, timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def assert_counts(self, succeeded: int, failed: int) -> None:
        eventually(
            f"{succeeded} succeeded, {failed} failed",
            lambda: self.agent.count() == succeeded
            and self.agent.count(failed=True) == failed,
        )

    def test_a_url_is_opened_at_a_host(self) -> None:
        self.assertEqual(
            self.open("lars://1.1/items?id=7"), f"GET /items?id=7 {self.host} "
        )
        self.assertEqual(self.open("lars://1.1/", b"body"), f"POST / {self.host} body")
        self.assert_counts(2, 0)

    def test_a_request_that_a_host_refuses_goes_to_another(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as refusing:
            port = refusing.getsockname()[1]
        self.agent.hosts = [self.host, Host("127.0.0.1", port)]
        for _ in range(4):
            self.open("lars://1.1/", b"body")
        self.assert_counts(4, 4)

    def test_a_broken_connection_is_tried_again_if_it_has_no_side_effects(self) -> None:
        for data, failures in ((None, 2), (b"body", 3)):
            with self.assertRaises(OSError):
                self.open("lars://1.1/torn", data)
            self.assert_counts(0, failures)

    def test_server_errors_are_failures(self) -> None:
        for status, succeeded, failed in ((404, 1, 0), (500, 1, 1)):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.open(f"lars://1.1/{status}")
            self.assertEqual(caught.exception.code, status)
            caught.exception.close()
            self.assert_counts(succeeded, failed)

    def test_why_there_is_no_host(self) -> None:
        with self.assertRaises(lars.NoRoute):
            self.open("lars://7.7/")
        for url in ("lars://1/", "lars://1.x/", "lars://1.2147483648/"):
            with self.assertRaises(ValueError):
                self.open(url)


if __name__ == "__main__":
    unittest.main()
