"""The recordings of fixtures/wire: what a tracer sent, request by request."""

from __future__ import annotations

import fnmatch
import json
import random
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"

# Set by whoever sends, not part of what was recorded.
TRANSPORT_HEADERS = {"host", "content-length", "transfer-encoding", "connection"}
# protobuf's own JSON writes enum names where OTLP's JSON wants numbers.
SPAN_KINDS = {"SPAN_KIND_UNSPECIFIED": 0, "SPAN_KIND_INTERNAL": 1, "SPAN_KIND_SERVER": 2, "SPAN_KIND_CLIENT": 3,
              "SPAN_KIND_PRODUCER": 4, "SPAN_KIND_CONSUMER": 5}
STATUS_CODES = {"STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}


@dataclass(frozen=True)
class Request:
    """One recorded request, ready to be sent again."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False
    grpc: bool = False
    grpc_gzip: bool = False
    otlp: dict[str, Any] | None = None
    status: int = 200

    @property
    def is_traces(self) -> bool:
        """Whether it carries OTLP spans."""
        return self.otlp is not None and "resourceSpans" in self.otlp


@cache
def load(name: str) -> tuple[Request, ...]:
    """Every request of a recording, in the order of arrival."""
    folder = FIXTURES / "wire" / name
    return tuple(_request(meta, name) for meta in sorted(folder.glob("*.meta.json")))


def names(*patterns: str) -> list[str]:
    """Recordings in the folder that match one of the patterns."""
    every = sorted(folder.name for folder in (FIXTURES / "wire").iterdir() if folder.is_dir())
    return [name for name in every if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def expected(name: str) -> dict[str, Any]:
    """What the recording must give."""
    return json.loads((FIXTURES / "expected" / f"{name}.json").read_text())


def _request(meta_file: Path, name: str) -> Request:
    meta = json.loads(meta_file.read_text())
    stem = str(meta_file)[: -len(".meta.json")]
    headers = {key.lower(): value for key, value in meta["headers"]}
    grpc = meta["protocol"] == "grpc"
    return Request(
        method=meta["method"],
        path=meta["path"],
        query=meta["query"],
        headers=tuple((k, v) for k, v in meta["headers"] if k.lower() not in TRANSPORT_HEADERS),
        body=Path(stem + ".body").read_bytes(),
        chunked="chunked" in headers.get("transfer-encoding", "").lower(),
        grpc=grpc,
        grpc_gzip=grpc and "gzip" in name,
        otlp=_otlp(stem, meta["path"], headers.get("content-type", "")),
        status=meta["response"]["status"],
    )


def _otlp(stem: str, path: str, content_type: str) -> dict[str, Any] | None:
    decoded = Path(stem + ".otlp.json")
    if decoded.exists():
        return _with_numbers(json.loads(decoded.read_text()))
    if "json" not in content_type or not path.endswith(("/v1/traces", "/v1/logs", "/v1/metrics")):
        return None
    body = Path(stem + ".decoded")
    raw = (body if body.exists() else Path(stem + ".body")).read_bytes()
    return json.loads(raw)


def _with_numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _with_numbers(item) for key, item in value.items()}
    if isinstance(result.get("kind"), str):
        result["kind"] = SPAN_KINDS.get(result["kind"], result["kind"])
    if isinstance(result.get("code"), str):
        result["code"] = STATUS_CODES.get(result["code"], result["code"])
    return result


def split(requests: tuple[Request, ...], seed: int = 2539) -> tuple[Request, ...]:
    """The same traffic with every span in a request of its own, in a fixed disorder."""
    pieces: list[Request] = []
    for request in requests:
        pieces += _one_span_each(request) if request.is_traces else [request]
    random.Random(seed).shuffle(pieces)
    return tuple(pieces)


def _one_span_each(request: Request) -> list[Request]:
    assert request.otlp is not None
    pieces = []
    for resource in request.otlp["resourceSpans"]:
        for scope in resource.get("scopeSpans", []):
            for span in scope.get("spans", []):
                body = {"resourceSpans": [{**resource, "scopeSpans": [{**scope, "spans": [span]}]}]}
                pieces.append(_as_json(request, body))
    return pieces


def _as_json(request: Request, body: dict[str, Any]) -> Request:
    kept = [(k, v) for k, v in request.headers if k.lower() not in ("content-type", "content-encoding")]
    path = "/v1/traces" if request.grpc else request.path
    return replace(request, method="POST", path=path, headers=(*kept, ("Content-Type", "application/json")),
                   body=json.dumps(body).encode(), chunked=False, grpc=False, grpc_gzip=False, otlp=body)
