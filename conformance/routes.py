"""The operations of an OpenAPI document, and how to call each without knowing it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import tenants

METHODS = ("get", "post", "put", "patch", "delete")
STREAM_SECONDS = 0.4
LISTEN_SECONDS = 1.5
STREAM_BYTES = 65536
# What stands for a part of a path, by its name; anything else is looked for and not found.
KNOWN = {"id": tenants.TRACES["alpha"], "trace_id": tenants.TRACES["alpha"], "span_id": "02" * 8,
         "session_id": tenants.SESSION}
# What a required or telling query parameter is given.
ASKED = {"pointer": "/attributes/gen_ai.input.messages",
         "q": "canary", "group_by": "name", "filter": "", "limit": "100", "field": "name"}
UNKNOWN_ID = "f" * 32


@dataclass(frozen=True)
class Operation:
    """One method on one path, with what the document says about who may call it."""

    method: str
    path: str
    scope: str | None
    agent_keys: bool
    operator: bool
    query: tuple[str, ...]
    stream: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def reads(self) -> bool:
        """Whether calling it with real ids changes nothing."""
        return self.method == "GET" or self.path.endswith(("/previews", "/texts", "/traces/search"))

    @property
    def administers(self) -> bool:
        """Whether it is about the workspace itself (keys, books), not about what agents sent."""
        return self.scope == "admin" and not self.agent_keys

    def call(self, port: int, key: str | None, harmless: bool, workspace: str | None = None) -> tuple[int, str]:
        """Calls it and gives status and text. `harmless` names things that are not there wherever it could change
        something."""
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if workspace is not None:
            headers["X-Clew-Workspace"] = workspace
        body = None if self.method == "GET" else self._body()
        return _exchange(port, self.method, self._target(harmless), body, headers, self.stream)

    def _target(self, harmless: bool) -> str:
        unknown = harmless and not self.reads

        def part(match: re.Match[str]) -> str:
            return UNKNOWN_ID if unknown else quote(self._value(match[1]), safe="")

        path = re.sub(r"\{(\w+)\}", part, self.path)
        asked = {name: ASKED[name] for name in self.query if name in ASKED}
        return path + (f"?{urlencode(asked)}" if asked and self.method == "GET" else "")

    def _value(self, name: str) -> str:
        if "/sessions/" in self.path and name in ("id", "session_id"):
            return tenants.SESSION
        if "/attachments/" in self.path and name == "id":
            return tenants.FIRST_FILE
        return KNOWN.get(name, "nothing")

    def _body(self) -> bytes:
        if self.path.endswith(("/previews", "/texts")):
            return json.dumps({"span_ids": [f"{number:02d}" * 8 for number in (1, 2, 3)]}).encode()
        return b"{}"


class LiveReader(threading.Thread):
    """Listens to the live stream from the moment it is made."""

    def __init__(self, port: int, key: str) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LISTEN_SECONDS)
        self.connection.request("GET", "/api/v1/live", headers={"Authorization": f"Bearer {key}"})
        self.answer = self.connection.getresponse()
        self.text = b""
        self.start()

    def run(self) -> None:
        self.text = _some(self.answer)

    def heard(self) -> str:
        """What came, once nothing more comes."""
        self.join()
        self.connection.close()
        return self.text.decode("utf-8", "replace")


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of the document, in its order."""
    found = []
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found.append(_operation(method.upper(), path, methods[method]))
    if not found:
        raise RuntimeError("the document has no operations")
    return found


def _operation(method: str, path: str, described: dict[str, Any]) -> Operation:
    access = described["x-clew-access"]
    content = described.get("responses", {}).get("200", {}).get("content", {})
    return Operation(
        method=method,
        path=path,
        scope=access.get("scope"),
        agent_keys=access.get("agent_keys", True),
        operator=access.get("operator", False),
        query=tuple(one["name"] for one in described.get("parameters", []) if one.get("in") == "query"),
        stream="text/event-stream" in content,
    )


def _exchange(port: int, method: str, target: str, body: bytes | None, headers: dict[str, str],
              stream: bool) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STREAM_SECONDS if stream else 60)
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = _some(answer) if stream and answer.status == 200 else answer.read()
        return answer.status, text.decode("utf-8", "replace")
    finally:
        connection.close()


def _some(answer: http.client.HTTPResponse) -> bytes:
    """The beginning of an answer that does not end."""
    seen = b""
    try:
        while len(seen) < STREAM_BYTES and (piece := answer.read1(STREAM_BYTES)):
            seen += piece
    except TimeoutError:
        pass
    return seen
