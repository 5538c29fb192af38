"""A small client of Clew's own API, on the standard library alone."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    def text(self) -> str:
        """The body as text, whatever is in it."""
        return self.body.decode("utf-8", "replace")


def exchange(port: int, method: str, path: str, body: bytes | None = None,
             headers: dict[str, str] | list[tuple[str, str]] | None = None, chunked: bool = False) -> Answer:
    """One request on a connection of its own; headers may repeat and keep their order."""
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        names = {name.lower() for name, _ in pairs}
        connection.putrequest(method, path, skip_host="host" in names, skip_accept_encoding=True)
        for name, value in pairs:
            connection.putheader(name, value)
        if chunked:
            connection.putheader("Transfer-Encoding", "chunked")
        elif body is not None or method in ("POST", "PUT", "PATCH"):
            connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders()
        _send(connection, body or b"", chunked)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def _send(connection: http.client.HTTPConnection, body: bytes, chunked: bool) -> None:
    try:
        if not chunked:
            connection.send(body)
            return
        for start in range(0, len(body), 16384):
            piece = body[start:start + 16384]
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # a server may refuse before it has read all; its answer is read next


@dataclass(frozen=True)
class Api:
    """`/api/v1` of one server, as one caller."""

    port: int
    key: str | None = None
    workspace: str | None = None

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Any method; a body that is not bytes goes as JSON."""
        wanted = {name: value for name, value in query.items() if value is not None}
        target = path if path.startswith("/") else f"/api/v1/{path}"
        if wanted:
            target += "?" + urlencode(wanted)
        headers = {"Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if self.workspace:
            headers["X-Clew-Workspace"] = self.workspace
        if body is not None and not isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        return exchange(self.port, method, target, body, headers)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.call("GET", path, **query)
        if answer.status != 200:
            raise RuntimeError(f"GET {path} {query}: {answer.status} {answer.text()[:400]}")
        return answer.json()

    def rows(self, **query: Any) -> list[dict[str, Any]]:
        """Every row of the trace list, page by page."""
        rows: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self.get("traces", cursor=cursor, limit=query.get("limit", 200), filter=query.get("filter"))
            rows += page["traces"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows
