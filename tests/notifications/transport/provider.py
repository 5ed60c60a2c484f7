"""A mail provider on loopback: keeps what it was asked, and answers what a test says."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    data: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    # The request was read, and the connection ends without a word.
    is_silent: bool = False


ACCEPTED = Answer(200, {"id": "0b1c", "messageId": "<0b1c@provider>"})


class FakeProvider:
    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        self.url = ""

    def answer(self) -> Answer:
        return self.answers.pop(0) if self.answers else ACCEPTED


@contextlib.contextmanager
def running() -> Iterator[FakeProvider]:
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fake.requests.append(Request(self.path, dict(self.headers), json.loads(body)))
            answer = fake.answer()
            if answer.is_silent:
                self.close_connection = True
                return
            content = json.dumps(answer.data).encode()
            # Without a Date of its own: some tests give one.
            self.send_response_only(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
