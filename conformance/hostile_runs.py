"""What LangSmith's SDKs and OpenAI's Agents SDK could send and should not: nothing lands that is not whole, the rest
of a batch does, and no answer makes an SDK try for ever (408, 425, 429 and 5xx make it)."""

from __future__ import annotations

import gzip
import json
import uuid
from typing import Any

from api import Answer, Api, exchange
from otlp import JSON
from server import Server

MEBIBYTE = 1 << 20
AGENTS = "/v1/traces/ingest"
# What either SDK sends again.
TRIED_AGAIN = {408, 409, 425, 429}


def _refused(answer: Answer, *words: str) -> list[str]:
    problems = []
    if not 400 <= answer.status < 500 or answer.status in TRIED_AGAIN:
        problems.append(f"answered {answer.status}, which is sent again: {answer.text()[:200]}")
    text = answer.text().lower()
    return problems + [f"the error does not say {word!r}: {answer.text()[:200]}" for word in words if word not in text]


def _taken(answer: Answer, count: int) -> list[str]:
    if answer.status != 200 or json.loads(answer.text())["accepted"] != count:
        return [f"answered {answer.status}, expected {count} taken: {answer.text()[:200]}"]
    return []


def _spans(server: Server, trace: str) -> int:
    rows = {row["trace_id"]: row["span_count"] for row in Api(server.port).rows()}
    return rows.get(uuid.UUID(trace).hex, 0)


def _run(**fields: Any) -> dict[str, Any]:
    return {"name": "n", "run_type": "chain", "start_time": "2026-11-20T06:03:34Z", **fields}


def _batch(server: Server, *runs: dict[str, Any]) -> Answer:
    return exchange(server.port, "POST", "/runs/batch", json.dumps({"post": runs}).encode(), JSON)


def _form(server: Server, body: bytes, boundary: str = "b") -> Answer:
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return exchange(server.port, "POST", "/runs/multipart", body, headers)


def _part(name: str, content: bytes) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + content + b"\r\n"


def case_langsmith_half_a_form(server: Server) -> list[str]:
    """Nothing of it lands."""
    run = str(uuid.uuid4())
    whole = _part(f"post.{run}", json.dumps(_run(id=run, trace_id=run)).encode())
    problems = _refused(_form(server, whole + whole[: len(whole) // 2]), "last boundary")
    return problems + (["half a form landed"] if _spans(server, run) else [])


def case_langsmith_an_order_that_lies(server: Server) -> list[str]:
    """The run lands under its own trace, not under the order's."""
    run, other = str(uuid.uuid4()), str(uuid.uuid4())
    problems = _taken(_batch(server, _run(id=run, trace_id=run, dotted_order=f"20261120T060334000000Z{other}")), 1)
    if (_spans(server, run), _spans(server, other)) != (1, 0):
        problems.append("the order was believed")
    return problems


def case_langsmith_a_patch_alone(server: Server) -> list[str]:
    """A run that was never posted is there, and the post that comes later joins it."""
    run = str(uuid.uuid4())
    path = f"/runs/{run}"
    patch = json.dumps({"end_time": 1795154615000, "outputs": {"a": 1}}).encode()
    problems = _taken(exchange(server.port, "PATCH", path, patch, JSON), 1)
    problems += _taken(_batch(server, _run(id=run, trace_id=run)), 1)
    return problems + ([] if _spans(server, run) == 1 else [f"{_spans(server, run)} spans of one run"])


def case_langsmith_bad_runs_beside_a_good_one(server: Server) -> list[str]:
    """Wrong types, no id, times of other centuries, deep JSON, NUL: the good one lands, and what can be kept is."""
    trace = str(uuid.uuid4())
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    ids = [str(uuid.uuid4()) for _ in range(8)]
    runs = [
        _run(id=trace, trace_id=trace), _run(trace_id=trace), _run(id=ids[0], trace_id=trace, name=7),
        _run(id=ids[1], trace_id=trace, start_time="1969-12-31T00:00:00Z"),
        _run(id=ids[2], trace_id=trace, start_time="2400-01-01T00:00:00Z"),
        _run(id=ids[3], trace_id=trace, end_time=[]), _run(id="", trace_id=trace),
        _run(id=ids[4], trace_id=trace, inputs=deep), _run(id=ids[5], trace_id=trace, inputs={"a": "\0"}),
        _run(id=ids[6], trace_id=trace, start_time="2200-01-01T00:00:00Z"),
    ]
    problems = _taken(_batch(server, *runs), 4)
    return problems + ([] if _spans(server, trace) == 4 else [f"{_spans(server, trace)} spans, expected 4"])


def case_langsmith_bytes_that_are_no_text(server: Server) -> list[str]:
    """Invalid UTF-8 in a payload is replaced, the run lands."""
    run = str(uuid.uuid4())
    body = json.dumps(_run(id=run, trace_id=run, inputs={"a": "X"})).encode().replace(b"X", b"\xff\xfe")
    return _taken(exchange(server.port, "POST", "/runs", body, JSON), 1)


def case_langsmith_65_MB(server: Server) -> list[str]:
    """Too large is said once."""
    return _refused(_form(server, b"\n" * (65 * MEBIBYTE)), "max_body_bytes")


def case_openai_bodies_that_are_none(server: Server) -> list[str]:
    """Cut off, no JSON, another shape, too large when unpacked."""
    packed = gzip.compress(b" " * (300 * MEBIBYTE))
    problems = []
    for body, headers in ((b'{"data":[{"ob', JSON), (b"\0\xff", JSON), (b"[]", JSON), (b'{"data":{}}', JSON),
                          (packed, {**JSON, "Content-Encoding": "gzip"})):
        problems += _refused(exchange(server.port, "POST", AGENTS, body, headers))
    return problems


def case_openai_bad_items_beside_a_good_one(server: Server) -> list[str]:
    """The good span lands."""
    trace = uuid.uuid4().hex
    good = {"object": "trace.span", "id": "span_1", "trace_id": f"trace_{trace}", "span_data": {"type": "agent"}}
    items = [good, 7, None, {}, {"object": "trace"}, {**good, "id": {}}, {**good, "id": "span_2", "span_data": 7},
             {**good, "id": "span_3", "started_at": "long ago"}]
    problems = _taken(exchange(server.port, "POST", AGENTS, json.dumps({"data": items}).encode(), JSON), 1)
    return problems + ([] if _spans(server, trace) == 1 else ["the good span is not there"])
