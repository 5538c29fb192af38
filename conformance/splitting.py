"""Takes recorded traffic apart: each span, run, row, event or item in a request of its own, in another order."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from recordings import Request

# What an SDK does before it sends, or in steps that each need the answer to the one before: never in another order.
SETUP_PATHS = ("/api/apikey/login", "/v1/project", "/api/project/register", "/api/public/media", "/upload/")
# Lists in a JSON body whose elements stand for themselves.
LISTS = {"/runs/batch": ("post", "patch"), "/api/public/ingestion": ("batch",), "/logs3": ("rows",),
         "/v1/traces/ingest": ("data",)}
PART_NAME = re.compile(rb'name="([^"]+)"')
BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


def reverse(requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """The same requests, the last first."""
    return _with_setup_in_order(requests[::-1], requests)


def split(requests: tuple[Request, ...], seed: int = 2539) -> tuple[Request, ...]:
    """The same traffic with every item in a request of its own, in a fixed disorder."""
    pieces = [piece for request in requests for piece in apart(request)]
    random.Random(seed).shuffle(pieces)
    return _with_setup_in_order(pieces, requests)


def apart(request: Request) -> list[Request]:
    """The request as several, one item each; itself where it holds no list of items."""
    if request.is_traces:
        return _one_span_each(request)
    content_type = next((value for key, value in request.headers if key.lower() == "content-type"), "")
    if request.path.endswith("/runs/multipart"):
        return _one_group_each(request, content_type)
    if request.path.endswith("/api/public/scores"):
        scores = json.loads(request.plain)
        return [_as_json(request, [score]) for score in scores] if isinstance(scores, list) else [request]
    names = next((names for path, names in LISTS.items() if request.path.endswith(path)), ())
    if not names or request.method != "POST":
        return [request]
    body = json.loads(request.plain)
    rest = {key: value for key, value in body.items() if key not in names}
    return [_as_json(request, {**rest, name: [item]}) for name in names for item in body.get(name) or []]


def is_setup(request: Request) -> bool:
    """Whether the request keeps its place before or behind others of its kind."""
    return request.method == "GET" or any(path in request.path for path in SETUP_PATHS)


def _with_setup_in_order(changed: Iterable[Request], recorded: Iterable[Request]) -> tuple[Request, ...]:
    setup = iter([request for request in recorded if is_setup(request)])
    return tuple(next(setup) if is_setup(request) else request for request in changed)


def _one_span_each(request: Request) -> list[Request]:
    assert request.otlp is not None
    pieces = []
    for resource in request.otlp["resourceSpans"]:
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                body = {"resourceSpans": [{**resource, "scopeSpans": [{**scope, "spans": [span]}]}]}
                path = "/v1/traces" if request.grpc else request.path
                pieces.append(replace(_as_json(request, body), path=path, grpc=False, grpc_gzip=False, otlp=body))
    return pieces


def _as_json(request: Request, body: Any) -> Request:
    content_type = ("Content-Type", "application/json")
    return _with_body(request, json.dumps(body).encode(), lambda headers: (*headers, content_type))


def _with_body(request: Request, body: bytes,
               headers: Callable[[tuple[tuple[str, str], ...]], tuple[tuple[str, str], ...]]) -> Request:
    kept = tuple((k, v) for k, v in request.headers if k.lower() not in ("content-type", "content-encoding"))
    return replace(request, method="POST", headers=headers(kept), body=body, plain=body, chunked=False)


def _one_group_each(request: Request, content_type: str) -> list[Request]:
    """Parts that tell of one run in one way (`post.RUN`, `patch.RUN`, `feedback.ID`) stay together, and with the
    first of them the run's attachments, as every SDK sends them."""
    found = BOUNDARY.search(content_type)
    assert found is not None, content_type
    boundary = b"--" + found[1].encode()
    groups: dict[tuple[str, str], list[bytes]] = {}
    attachments: dict[str, list[bytes]] = {}
    for part in parts(request.plain, boundary):
        name = PART_NAME.search(part.split(b"\r\n\r\n", 1)[0])
        assert name is not None, part[:200]
        verb, run = name[1].decode().split(".")[:2]
        if verb == "attachment":
            attachments.setdefault(run, []).append(part)
        else:
            groups.setdefault((verb, run), []).append(part)
    for run, files in attachments.items():
        first = next((group for group in (("post", run), ("patch", run)) if group in groups), ("attachment", run))
        groups.setdefault(first, []).extend(files)
    pieces = []
    for group in groups.values():
        body = b"".join(boundary + b"\r\n" + part + b"\r\n" for part in group) + boundary + b"--\r\n"
        pieces.append(_with_body(request, body, lambda headers: (*headers, ("Content-Type", content_type))))
    return pieces


def parts(body: bytes, boundary: bytes) -> list[bytes]:
    """Headers and content of each part of a multipart body; `boundary` with its two dashes."""
    pieces = (b"\r\n" + body).split(b"\r\n" + boundary)
    return [piece.removeprefix(b"\r\n") for piece in pieces[1:] if not piece.startswith(b"--")]
