"""Sends recorded requests to a running server, over HTTP and gRPC."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from api import exchange
from environments import python_for
from following import Following
from recordings import Request
from server import Server

# gRPC's codes as the HTTP status that says the same, so that a caller sees one kind of status.
GRPC_AS_HTTP = {"OK": 200, "INVALID_ARGUMENT": 400, "UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403,
                "UNIMPLEMENTED": 404, "RESOURCE_EXHAUSTED": 429, "UNAVAILABLE": 503}


@dataclass(frozen=True)
class Reply:
    """What the server said to one recorded request."""

    status: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether a sender would be content."""
        return 200 <= self.status < 300


class GrpcSender:
    """One helper process for all gRPC calls of a run; started on first use."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.lock = threading.Lock()

    def send(self, target: str, method: str, metadata: list[tuple[str, str]], body: bytes, gzip: bool) -> Reply:
        """One unary call; `body` is the message without framing."""
        asked = {"target": target, "method": method, "metadata": metadata,
                 "body": base64.b64encode(body).decode(), "gzip": gzip}
        with self.lock:
            process = self._process()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        return Reply(GRPC_AS_HTTP.get(answer["code"], 500), f"{answer['code']} {answer['details']}")

    def close(self) -> None:
        """Ends the helper."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait()

    def _process(self) -> subprocess.Popen[str]:
        if self.process is None:
            script = Path(__file__).resolve().parent / "grpc_sender.py"
            self.process = subprocess.Popen([str(python_for("tools")), str(script)], text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self.process


GRPC = GrpcSender()


def send(server: Server, request: Request, workspace: str | None = None) -> Reply:
    """Sends one recorded request as it was sent, with its own length and the server's address."""
    headers = list(request.headers)
    if workspace is not None:
        headers.append(("X-Clew-Workspace", workspace))
    if request.grpc:
        return GRPC.send(server.grpc_target, request.path, headers, request.body, request.grpc_gzip)
    path = request.path + (f"?{request.query}" if request.query else "")
    answer = exchange(server.port, request.method, path, request.body, headers, request.chunked)
    return Reply(answer.status, answer.text())


def send_all(server: Server, requests: tuple[Request, ...]) -> list[str]:
    """Sends all, in order, as a sender that follows the answers; gives one line for each that was not taken."""
    problems = []
    following = Following()
    for number, request in enumerate(requests, 1):
        adapted = following.adapt(request)
        if adapted is None:
            continue
        reply = send(server, adapted)
        where = f"request {number} {request.method} {request.path}"
        if not reply.taken:
            problems.append(f"{where}: {reply.status} {reply.text[:200]}")
            continue
        try:
            problems += [f"{where}: {line}" for line in following.learn(request, reply.text)]
        except (ValueError, KeyError, TypeError) as error:
            problems.append(f"{where}: no SDK reads {reply.text[:200]!r}: {type(error).__name__} {error}")
    return problems
