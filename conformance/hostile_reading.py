"""Questions that a hostile reader asks, and requests that a web page or a rebound name would make."""

from __future__ import annotations

import socket
import time
from urllib.parse import quote

from api import exchange
from otlp import JSON, as_json, request, span
from server import Server

SLOW_SECONDS = 10.0


def case_filters_that_are_no_filters(server: Server) -> list[str]:
    """400 with a place, quickly, whatever the text."""
    problems = []
    texts = ["(" * 10_000, "a:" * 20_000, "name:" + "*" * 5_000, "'; drop table traces; --", "\x00",
             "not " * 5_000 + "x", "cost > 1e999999", "count(llm) > " + "9" * 400, "name:/(a+)+$/"]
    for text in texts:
        began = time.monotonic()
        answer = exchange(server.port, "GET", f"/api/v1/traces?filter={quote(text)}")
        if answer.status not in (200, 400, 414, 431):
            problems.append(f"filter {text[:20]!r}: {answer.status} {answer.text()[:120]}")
        if time.monotonic() - began > SLOW_SECONDS:
            problems.append(f"filter {text[:20]!r} took {time.monotonic() - began:.1f} s")
    return problems


def case_parameters_out_of_range(server: Server) -> list[str]:
    """A clear 400, never a 500."""
    problems = []
    for query in ("limit=-1", "limit=0", "limit=99999999999999999999", "limit=abc", "cursor=garbage", "cursor=%00%ff",
                  "sort=nothing", "sort=" + "x" * 4000, "limit=1000000"):
        answer = exchange(server.port, "GET", f"/api/v1/traces?{query}")
        if answer.status not in (200, 400):
            problems.append(f"{query[:40]}: {answer.status} {answer.text()[:120]}")
        if answer.status == 400 and "code" not in answer.json().get("error", {}):
            problems.append(f"{query[:40]}: no typed error: {answer.text()[:120]}")
    return problems


def case_ids_that_are_no_ids(server: Server) -> list[str]:
    """Path traversal, SQL, nothing: 400 or 404."""
    problems = []
    for text in ("..%2f..%2fetc%2fpasswd", "'%20or%201=1--", "%00", "zz", "0" * 32, "a" * 5000, "%ff%fe"):
        for path in (f"/api/v1/traces/{text}", f"/api/v1/traces/{text}/spans/{text}", f"/api/v1/sessions/{text}",
                     f"/traces/{text}"):
            answer = exchange(server.port, "GET", path)
            if answer.status not in (400, 404, 414, 431):
                problems.append(f"GET {path[:60]}: {answer.status} {answer.text()[:120]}")
    return problems


def case_foreign_host(server: Server) -> list[str]:
    """DNS rebinding: a name that leads here is not localhost."""
    problems = []
    for path in ("/api/v1/traces", "/traces", "/api/v1/info"):
        answer = exchange(server.port, "GET", path, headers={"Host": f"evil.example:{server.port}"})
        if answer.status not in (400, 403, 421):
            problems.append(f"GET {path} under a foreign name: {answer.status}")
    for host in ("localhost", "127.0.0.1", "[::1]"):
        answer = exchange(server.port, "GET", "/api/v1/traces", headers={"Host": f"{host}:{server.port}"})
        if answer.status != 200:
            problems.append(f"Host {host}: {answer.status}")
    return problems


def case_foreign_origin(server: Server) -> list[str]:
    """Any web page could write and read otherwise."""
    problems = []
    headers = {**JSON, "Origin": "http://evil.example"}
    body = as_json(request(span("e1" * 16, "01" * 8)))
    for port in (server.port, server.otlp_port):
        answer = exchange(port, "POST", "/v1/traces", body, headers)
        if answer.status != 403:
            problems.append(f"POST /v1/traces from a foreign page: {answer.status}")
    answer = exchange(server.port, "GET", "/api/v1/traces", headers={"Origin": "http://evil.example"})
    if answer.status != 403 or "access-control-allow-origin" in answer.headers:
        problems.append(f"GET from a foreign page: {answer.status} {answer.headers}")
    if exchange(server.port, "GET", f"/api/v1/traces/{'e1' * 16}").status != 404:
        problems.append("what the foreign page sent has landed")
    return problems


def case_wrong_methods(server: Server) -> list[str]:
    """405, and no data harmed."""
    problems = []
    for method, path in (("GET", "/v1/traces"), ("PUT", "/v1/traces"), ("DELETE", "/api/v1/traces"),
                         ("POST", "/healthz")):
        answer = exchange(server.port, method, path)
        if answer.status not in (404, 405):
            problems.append(f"{method} {path}: {answer.status}")
    return problems


def case_bytes_that_are_no_HTTP(server: Server) -> list[str]:
    """On every port: the connection ends, the server does not."""
    for port in (server.port, server.otlp_port, server.grpc_port):
        for garbage in (b"\x00" * 4096, b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"\xff" * 600,
                        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 600):
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.settimeout(0.3)
                try:
                    connection.sendall(garbage)
                    connection.recv(4096)
                except OSError:
                    pass
    return []


def case_many_idle_connections(server: Server) -> list[str]:
    """Two hundred senders that say nothing keep nobody else away."""
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(200)]
    try:
        answer = exchange(server.port, "GET", "/api/v1/traces")
        return [] if answer.status == 200 else [f"answered {answer.status}"]
    finally:
        for connection in idle:
            connection.close()
