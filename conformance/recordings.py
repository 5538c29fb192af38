"""The recordings of fixtures/wire: what a tracer sent, request by request."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
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
    plain: bytes = b""  # the body without its compression
    answer: str = ""  # what the recorder said to it

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
    """What the recording must give. A trace that has only its sender's id there gets the id that the rule makes of it,
    and `sender_ids`: its spans are known by their sender's ids."""
    wanted = json.loads((FIXTURES / "expected" / f"{name}.json").read_text())
    for trace in wanted.get("traces", []):
        trace["sender_ids"] = trace["trace_id"] is None
        trace["trace_id"] = trace["trace_id"] or trace["trace_id_if_rule"]
    return wanted


def _request(meta_file: Path, name: str) -> Request:
    meta = json.loads(meta_file.read_text())
    stem = str(meta_file)[: -len(".meta.json")]
    headers = {key.lower(): value for key, value in meta["headers"]}
    grpc = meta["protocol"] == "grpc"
    body, decoded = Path(stem + ".body").read_bytes(), Path(stem + ".decoded")
    return Request(
        method=meta["method"],
        path=meta["path"],
        query=meta["query"],
        headers=tuple((k, v) for k, v in meta["headers"] if k.lower() not in TRANSPORT_HEADERS),
        body=body,
        chunked="chunked" in headers.get("transfer-encoding", "").lower(),
        grpc=grpc,
        grpc_gzip=grpc and "gzip" in name,
        otlp=_otlp(stem, meta["path"], headers.get("content-type", "")),
        status=meta["response"]["status"],
        plain=decoded.read_bytes() if decoded.exists() else body,
        answer=meta["response"]["body"],
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
