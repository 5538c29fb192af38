"""The harness itself: fed with exactly what is expected it finds nothing, and it sees each kind of damage.

    python3 conformance/selfcheck.py
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import sys
from collections.abc import Callable
from typing import Any

import beside
import observed
import recordings
import splitting
import versions
from api import Answer
from comparing import differences, is_derived
from observed import TOKENS, Json
from suite import Suite


class FakeApi:
    """Answers as Clew's API would if it saw one trace exactly as the oracle describes it."""

    def __init__(self, trace: Json) -> None:
        self.trace = trace
        self.spans = {_id(trace, span["span_id"]): span for span in trace["tree"]}

    def get(self, path: str) -> Any:
        """`traces/ID` and `traces/ID/spans/ID`."""
        parts = path.split("/")
        if len(parts) == 4:
            return _payload(self.trace, self.spans[parts[3]])
        return {"trace": _row(self.trace), "spans": [_skeleton(self.trace, span) for span in self.trace["tree"]]}

    def call(self, method: str, path: str) -> Answer:
        """`traces/ID/attachments`."""
        listed = [{**one, "span_id": _id(self.trace, one["run_id"]), "size": one["bytes"]}
                  for one in self.trace.get("attachments", [])]
        return Answer(200, {}, json.dumps({"attachments": listed}).encode())


def _id(trace: Json, sender_id: str | None) -> str | None:
    """Clew's own id of a span whose sender's id is of another shape."""
    if sender_id is None or not trace["sender_ids"]:
        return sender_id
    return hashlib.sha256(sender_id.encode()).hexdigest()[:16]


def _row(trace: Json) -> Json:
    reported = trace["cost_reported"]
    return {
        **{name: trace[name] for name in ("trace_id", "name", "session_id", "user_id", "span_count", "root_count",
                                          "orphan_count", "llm_calls", "llm_calls_failed", "tool_calls", "agents",
                                          "models", "tools")},
        "status": "error" if trace["any_error"] else "ok",
        "root_status": trace["status"],
        "error_count": trace["error_spans"],
        "usage": _usage(trace) | {"embedding_input": trace["embedding_input_tokens"]},
        "cost": {"reported": str(reported)} if reported is not None else None,
        "start_nanos": str(trace["start_ns"]),
        "end_nanos": str(trace["end_ns"]),
        "labels": [_label(trace, verdict) for verdict in beside.verdicts(trace)],
    }


def _label(trace: Json, verdict: Json) -> Json:
    return {"trace_id": trace["trace_id"], "span_id": _id(trace, verdict["span"]), "name": verdict["name"],
            "score": verdict["score"], "value": verdict["value"], "explanation": verdict["comment"]}


def _usage(of: Json) -> Json:
    return {theirs: of[ours] for ours, theirs in TOKENS.items()}


def _skeleton(trace: Json, span: Json) -> Json:
    return {
        **{name: span[name] for name in ("name", "depth", "category", "status", "counted", "model", "tool_name")},
        "span_id": _id(trace, span["span_id"]),
        "parent_span_id": _id(trace, span["parent"]),
        "start_offset_nanos": span["start_ns"] - trace["start_ns"],
        "orphan": bool(span.get("orphan")),
        "error_derived": is_derived(span),
        "request_model": span.get("request_model"),
        "agent_name": span.get("agent_name"),
        "usage": _usage(span),
    }


def _payload(trace: Json, span: Json) -> Json:
    """Of handoffs and guardrails the oracle has only numbers: the first spans stand for them."""
    place = trace["tree"].index(span)
    attributes = {"openai_agents.type": "handoff"} if place < trace.get("handoffs", 0) else {}
    if place < trace.get("guardrails_triggered", 0):
        attributes["openai_agents.triggered"] = True
    return {"content": _content(span), "attributes": attributes, "sender_trace_id": trace.get("trace_id_source"),
            "sender_span_id": span["span_id"] if trace["sender_ids"] else None}


def _content(span: Json) -> Json:
    parts = [{"type": "tool_call", "name": name} for name in span.get("output_tool_calls") or []]
    text = span["first_output_text"]
    if text is not None:
        parts.append({"type": "text", "content": text})
    return {"input_messages": [], "input": span["first_input_text"], "tool": None, "output": None, "retrieval": None,
            "output_messages": [{"role": "assistant", "parts": parts}]}


DAMAGE: dict[str, Callable[[Json], Any]] = {
    "a token too many": lambda seen: seen.update(input_tokens=(seen["input_tokens"] or 0) + 1),
    "absent became zero": lambda seen: seen.update(reasoning_tokens=0 if seen["reasoning_tokens"] is None else None),
    "another status": lambda seen: seen.update(status="running"),
    "another session": lambda seen: seen.update(session_id="other"),
    "a span lost": lambda seen: seen["tree"].pop(),
    "another order": lambda seen: seen["tree"].reverse() if len(seen["tree"]) > 1 else seen["tree"].clear(),
    "another parent": lambda seen: seen["tree"][-1].update(parent="ffffffffffffffff"),
    "another name": lambda seen: seen["tree"][0].update(name="?"),
    "a later start": lambda seen: seen.update(start_ns=seen["start_ns"] + 1),
    "a derived error": lambda seen: seen["tree"][0].update(error_derived=True),
}
# Damage to what only some recordings have.
DAMAGE_BESIDE: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "a label lost": ("labels", lambda seen: seen["labels"].pop()),
    "a label twice": ("labels", lambda seen: seen["labels"].append(seen["labels"][0])),
    "another score": ("labels", lambda seen: seen["labels"][0].update(score=0.123, value="?")),
    "an attachment cut": ("attachments", lambda seen: seen["attachments"][0].update(bytes=1)),
    "a handoff lost": ("handoffs", lambda seen: seen.update(handoffs=0)),
    "a guardrail lost": ("guardrails_triggered", lambda seen: seen.update(guardrails_triggered=0)),
    "another sender's id": ("sender_trace_ids", lambda seen: seen.update(sender_trace_ids=["other"])),
}


def main() -> int:
    """Every trace of every recording in the folder."""
    suite = Suite("harness")
    known = [name for name in recordings.names("*") if not name.startswith("retry-")]
    traces = [trace for name in known for trace in recordings.expected(name)["traces"]]
    seen = [observed.trace(FakeApi(trace), trace["trace_id"], trace["sender_ids"])  # type: ignore[arg-type]
            for trace in traces]
    equal = [f"{want['name']}: {line}" for want, got in zip(traces, seen, strict=True)
             for line in differences(want, got)]
    suite.case(f"{len(traces)} expected traces are as expected", equal)
    everywhere = {name: ("tree", hurt) for name, hurt in DAMAGE.items()}
    for name, (part, hurt) in {**everywhere, **DAMAGE_BESIDE}.items():
        overlooked = []
        for want, got in zip(traces, seen, strict=True):
            if not got[part]:
                continue
            damaged = copy.deepcopy(got)
            hurt(damaged)
            if not differences(want, damaged):
                overlooked.append(f"not seen in {want['name']} {want['trace_id']}")
        suite.case(f"sees {name}", overlooked)
    suite.case("every recording comes apart into its items", _apart())
    suite.case("docs/tracers.md has the versions that are pinned", versions.differences())
    suite.case("links of docs/tracers lead somewhere, and every page is in the index", _links())
    return suite.finish()


# Requests after taking apart: setup and single requests, and one for each item of the table in fixtures/expected.
APART = {"langsmith-batch": 1 + 17 + 1 + 1, "langsmith-nobatch": 36, "langsmith-multipart-zstd": 1 + 17 + 17 + 1,
         "langsmith-multipart-plain": 1 + 17 + 1 + 1, "langfuse2": 1 + 19, "langfuse5": 4 + 16 + 2,
         "braintrust": 3 + 19, "js-braintrust": 3 + 4, "js-langfuse": 3, "openai-agents-chat": 32,
         "openai-agents-js": 26, "otel-grpc": 13, "phoenix-http": 16}


def _apart() -> list[str]:
    found = {name: len(splitting.split(recordings.load(name))) for name in APART}
    return [f"{name}: {found[name]} requests, expected {wanted}" for name, wanted in APART.items()
            if found[name] != wanted]


LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _links() -> list[str]:
    pages = [versions.PAGE, *sorted(versions.PAGE.with_suffix("").glob("*.md"))]
    links = {page: [page.parent / target for target in LINK.findall(page.read_text())
                    if not target.startswith(("http://", "https://"))] for page in pages}
    listed = {target.resolve() for target in links[versions.PAGE]}
    broken = [f"{page.name}: {target.name} is not there" for page, targets in links.items() for target in targets
              if not target.exists()]
    return broken + [f"{page.name} is not in {versions.PAGE.name}" for page in pages[1:] if page not in listed]


if __name__ == "__main__":
    sys.exit(main())
