"""Clew behind a LangSmith of another kind: passes everything on, but says in `/info` that the server can do less.
What a client sends is decided by that answer, so this is how the older ways are run against Clew."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 60
OF_ONE_HOP = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


@contextlib.contextmanager
def info_proxy(base: str, info: dict[str, Any]) -> Iterator[str]:
    """The address to send to: `base` itself where nothing in `/info` is to be changed."""
    if not info:
        yield base
        return
    upstream = urlsplit(base).netloc

    class Handler(_Handler):
        target = upstream
        changes = info

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_address[1]}"
    finally:
        proxy.shutdown()
        proxy.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target = ""
    changes: dict[str, Any] = {}

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_ONE_HOP}
        connection = http.client.HTTPConnection(self.target, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if self.path == "/info" and answer.status == 200:
            content = json.dumps(_merged(json.loads(content), self.changes)).encode()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = _pass_on

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
