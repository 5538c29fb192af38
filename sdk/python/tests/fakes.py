"""What the tests put in the place of a server, of the wire and of time."""

from __future__ import annotations

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple, Union

import clew
from clew.client import Clew
from clew.transport import Answer, Unreachable

Json = Dict[str, Any]
TAKEN = Answer(200, b'{"accepted": 1, "rejected_count": 0, "rejected": []}')


class ScriptedTransport:
    """Answers what it was told to, in this order, and then that all was taken."""

    def __init__(self, *answers: Union[Answer, Unreachable]) -> None:
        self.answers = list(answers)
        self.always: Union[Answer, Unreachable, None] = None
        self.bodies: List[Json] = []
        self.timeouts: List[float] = []

    def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
        self.bodies.append(json.loads(gzip.decompress(body) if is_packed else body))
        self.timeouts.append(timeout)
        answer = self.answers.pop(0) if self.answers else self.always or TAKEN
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    def close(self) -> None:
        pass

    def elements(self) -> List[Json]:
        return [run for body in self.bodies for run in body["runs"]]


class HandClient(Clew):
    """A client without a thread: it sends when the test says so."""

    has_thread = False


def hand_client(transport: ScriptedTransport, clock: Optional[clew.ManualClock] = None, **settings: Any) -> HandClient:
    chosen: Json = {"spool": False, "variables": {}, **settings}
    return HandClient(transport=transport, clock=clock or clew.ManualClock(), **chosen)


class FakeServer:
    """A server on a free port that answers as a function says; `with FakeServer(...) as server:`."""

    def __init__(self, answer: "Callable[[FakeServer, BaseHTTPRequestHandler], None]") -> None:
        self.requests: List[Tuple[str, Dict[str, str], bytes]] = []
        self.connections = 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                fake.connections += 1
                super().setup()

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {key.lower(): value for key, value in self.headers.items()}
                fake.requests.append((f"{self.command} {self.path}", headers, body))
                answer(fake, self)

            do_GET = do_POST = do_DELETE = _any

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "FakeServer":
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer_json(
    handler: BaseHTTPRequestHandler, status: int, body: Any, headers: Optional[Dict[str, str]] = None
) -> None:
    """A whole answer."""
    text = json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(text)),
        **(headers or {}),
    }.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(text)
