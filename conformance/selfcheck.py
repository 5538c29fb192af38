"""The harness itself: fed with exactly what is expected it finds nothing, and it sees each kind of damage.

    python3 conformance/selfcheck.py
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from typing import Any

import observed
import recordings
from comparing import differences
from observed import TOKENS, Json
from replay import TAKEN
from suite import Suite


class FakeApi:
    """Answers as Clew's API would if it saw one trace exactly as the oracle describes it."""

    def __init__(self, trace: Json) -> None:
        self.trace = trace
        self.spans = {span["span_id"]: span for span in trace["tree"]}

    def get(self, path: str) -> Any:
        """`traces/ID` and `traces/ID/spans/ID`."""
        parts = path.split("/")
        if len(parts) == 4:
            return {"content": _content(self.spans[parts[3]])}
        return {"trace": _row(self.trace), "spans": [_skeleton(span) for span in self.trace["tree"]]}


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
    }


def _usage(of: Json) -> Json:
    return {theirs: of[ours] for ours, theirs in TOKENS.items()}


def _skeleton(span: Json) -> Json:
    return {
        **{name: span[name] for name in ("span_id", "name", "depth", "category", "status", "counted", "model",
                                         "tool_name")},
        "parent_span_id": span["parent"],
        "orphan": bool(span.get("orphan")),
        "error_derived": bool(span.get("error_derived")),
        "request_model": span.get("request_model"),
        "agent_name": span.get("agent_name"),
        "usage": _usage(span),
    }


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


def main() -> int:
    """Every trace of every recording that replay.py takes."""
    suite = Suite("harness")
    traces = [trace for name in recordings.names(*TAKEN) for trace in recordings.expected(name)["traces"]]
    seen = [observed.trace(FakeApi(trace), trace["trace_id"]) for trace in traces]  # type: ignore[arg-type]
    equal = [f"{want['name']}: {line}" for want, got in zip(traces, seen, strict=True)
             for line in differences(want, got)]
    suite.case(f"{len(traces)} expected traces are as expected", equal)
    for name, hurt in DAMAGE.items():
        overlooked = []
        for want, got in zip(traces, seen, strict=True):
            damaged = copy.deepcopy(got)
            hurt(damaged)
            if not differences(want, damaged):
                overlooked.append(f"not seen in {want['name']} {want['trace_id']}")
        suite.case(f"sees {name}", overlooked)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
