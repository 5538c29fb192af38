"""The AgentOS calls: a run told step by step, in any order and more than once, reads as the run it was.

    python3 conformance/agentos.py
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

from api import Answer, Api
from otlp import request, span
from server import Server
from suite import Suite

Json = dict[str, Any]
RUNS = "/api/ingest/v1/runs"
START = 1_795_000_000_000_000_000  # 2026-11-18T11:06:40Z


def time_at(milliseconds: int) -> str:
    """A time of the run, as ISO text."""
    return f"2026-11-18T11:06:40.{milliseconds:03d}Z"


def step(span_id: str, start: int | None = None, end: int | None = None, **more: Any) -> Json:
    """One entry of a spans call: a start, an end, or both."""
    body: Json = {"id": span_id, **more}
    if start is not None:
        body["start_time"] = time_at(start)
    if end is not None:
        body["end_time"] = time_at(end)
    return body


STARTS = [
    step("a1", 1, name="planner", kind="agent"),
    step("l1", 2, name="gpt-5-mini", kind="llm", parent_id="a1",
         data={"messages": [{"role": "user", "content": "What is the weather in Paris?"}]}),
    step("t1", 5, name="get_weather", kind="tool", parent_id="a1", data={"arguments": {"city": "Paris"}}),
    step("x1", 8, name="broken", kind="tool", parent_id="a1"),
]
ENDS = [
    step("l1", end=4, end_data={"response": "ask the tool", "input_tokens": 120, "output_tokens": 17}),
    step("t1", end=7, end_data={"result": {"temp_c": 21}}),
    step("x1", end=9, error="tool exploded"),
    step("a1", end=10),
]


class Run:
    """One run under way, told over HTTP."""

    def __init__(self, server: Server, run_id: str) -> None:
        self.api = Api(server.port)
        self.run_id = run_id

    def call(self, path: str, body: Json) -> list[str]:
        """One call; a line if it was not taken."""
        answer = self.api.call("POST", RUNS + path, body)
        if 200 <= answer.status < 300:
            return []
        return [f"POST {path or '(start)'}: {answer.status} {answer.text()[:200]}"]

    def start(self) -> list[str]:
        """The first call."""
        return self.call("", {"run_id": self.run_id, "agent_name": "planner", "name": "weather", "session_id": "sess-1",
                              "user_id": "user-1", "input": "What is the weather in Paris?", "start_time": time_at(0)})

    def spans(self, steps: list[Json]) -> list[str]:
        """Starts, ends, or both."""
        return self.call(f"/{self.run_id}/spans", {"spans": steps})

    def complete(self) -> list[str]:
        """The last call."""
        return self.call(f"/{self.run_id}/complete", {"output": "It is 21C."})

    def seen(self) -> Json:
        """What a reader sees, as far as the calls decide it."""
        detail = self.api.get(f"traces/{self.run_id.replace('-', '')}")
        row = detail["trace"]
        by_name = {one["name"]: one for one in detail["spans"]}
        return {
            "tokens": (row["usage"]["input"], row["usage"]["output"]), "session": row["session_id"],
            "user": row["user_id"], "status": row["status"], "root_status": row["root_status"], "state": row["state"],
            "tools": sorted(row["tools"]), "agent": row["agent"]["name"], "errors": row["error_count"],
            "llm_calls": row["llm_calls"], "tool_calls": row["tool_calls"],
            "categories": {name: one["category"] for name, one in sorted(by_name.items())},
            "model": by_name["gpt-5-mini"]["request_model"],
            "open": [one["name"] for one in detail["spans"] if one["open"]],
            "start": row["start_nanos"],
            "milliseconds": {name: by_name[name]["duration_nanos"] / 1e6 for name in TOOK
                             if by_name[name]["duration_nanos"] is not None},
        }


TOOK = {"planner": 9, "gpt-5-mini": 2, "get_weather": 2, "broken": 1}
WANTED = {
    "tokens": (120, 17), "session": "sess-1", "user": "user-1", "status": "error", "root_status": "ok", "state": "done",
    "tools": ["broken", "get_weather"], "agent": "planner", "errors": 1, "llm_calls": 1, "tool_calls": 2,
    "model": "gpt-5-mini", "open": [], "start": str(START), "milliseconds": TOOK,
}


def _compare(run: Run, wanted: Json = WANTED) -> list[str]:
    seen = run.seen()
    return [f"{name}: expected {value!r}, got {seen[name]!r}" for name, value in wanted.items() if seen[name] != value]


def _uuid(number: int) -> str:
    return f"0b7c1a52-6d1c-4f6e-9f35-{number:012x}"


def case_told_in_order(server: Server) -> list[str]:
    """Start, spans begun, spans ended, complete."""
    run = Run(server, _uuid(1))
    return run.start() + run.spans(STARTS) + run.spans(ENDS) + run.complete() + _compare(run)


def case_told_twice(server: Server) -> list[str]:
    """Every call again: idempotent by id."""
    run = Run(server, _uuid(2))
    calls: list[Callable[[], list[str]]] = [run.start, lambda: run.spans(STARTS), lambda: run.spans(ENDS), run.complete]
    return [line for call in calls for line in call() + call()] + _compare(run)


def case_told_in_every_order(server: Server) -> list[str]:
    """Ends before starts, completed before it began: the same run."""
    problems = []
    for number, order in enumerate(itertools.permutations(range(4)), 100):
        run = Run(server, _uuid(number))
        calls: list[Callable[[], list[str]]] = [run.start, lambda run=run: run.spans(STARTS),  # type: ignore[misc]
                                                lambda run=run: run.spans(ENDS), run.complete]  # type: ignore[misc]
        found = [line for at in order for line in calls[at]()] + _compare(run)
        problems += [f"order {order}: {line}" for line in found]
    return problems


def case_under_way(server: Server) -> list[str]:
    """Before it ends: live, with its open steps."""
    run = Run(server, _uuid(3))
    problems = run.start() + run.spans(STARTS) + run.spans(ENDS[:1])
    seen = run.seen()
    if seen["state"] != "live" or "get_weather" not in seen["open"] or "gpt-5-mini" in seen["open"]:
        problems.append(f"state {seen['state']}, open {seen['open']}")
    return problems


def case_failed(server: Server) -> list[str]:
    """The sender says that the run failed."""
    run = Run(server, _uuid(4))
    problems = run.start() + run.spans(STARTS) + run.spans(ENDS)
    problems += run.call(f"/{run.run_id}/fail", {"error": "out of budget"})
    return problems + _compare(run, {**WANTED, "root_status": "error", "errors": run.seen()["errors"]})


def case_times_left_out(server: Server) -> list[str]:
    """A time that is not given is the time of arrival, of the start as of the end."""
    run = Run(server, _uuid(6))
    before = time.time_ns()
    problems = run.call("", {"run_id": run.run_id, "agent_name": "planner"})
    problems += run.spans([{"id": "both", "name": "both", "kind": "llm", "end_data": {"output_tokens": 1}},
                           {"id": "open", "name": "open", "kind": "tool"}]) + run.complete()
    detail = run.api.get(f"traces/{run.run_id.replace('-', '')}")
    start, end = int(detail["trace"]["start_nanos"]), int(detail["trace"]["end_nanos"])
    if not before <= start <= end <= time.time_ns():
        problems.append(f"the run starts {(start - before) / 1e9:.1f} s after its first call and takes {end - start}")
    for one in detail["spans"]:
        begins, takes = one["start_offset_nanos"], one["duration_nanos"] or 0
        if not 0 <= begins <= begins + takes <= end - start:
            problems.append(f"{one['name']}: starts at {begins}, takes {takes}")
    return problems


def case_events_only(server: Server) -> list[str]:
    """A run with events and no spans is a run."""
    run_id = _uuid(5)
    api = Api(server.port)
    events = [{"id": "e1", "name": "note", "time": time_at(1), "data": {"a": 1}}, {"id": "e2", "name": "end"}]
    problems = []
    for _ in range(2):
        answer = api.call("POST", f"{RUNS}/{run_id}/events", {"events": events})
        if not 200 <= answer.status < 300:
            problems.append(f"events: {answer.status} {answer.text()[:200]}")
    trace_id = run_id.replace("-", "")
    seen = api.get(f"traces/{trace_id}/events")["events"]
    if [event["name"] for event in seen] != ["note", "end"]:
        problems.append(f"events came back as {seen}")
    row = api.get(f"traces/{trace_id}")["trace"]
    return problems + ([] if row["span_count"] == 0 else [f"{row['span_count']} spans"])


def case_whose_run_it_is(server: Server) -> list[str]:
    """/api/ingest/v1/traces wants an agent where the key names none: else 400, and in part a partial success."""
    nobody = request(span("f1" * 16, "01" * 8))
    somebody = request(span("f2" * 16, "01" * 8), agentos__agent_id="named")
    both = {"resourceSpans": [*request(span("f3" * 16, "01" * 8))["resourceSpans"],
                              *request(span("f4" * 16, "01" * 8), agentos__agent_id="named")["resourceSpans"]]}

    key = Api(server.port).call("POST", "keys", {"name": "sender", "scopes": ["ingest"]}).json()["key"]

    def send(body: Json) -> Answer:
        return Api(server.port, key=key).call("POST", "/api/ingest/v1/traces", body)

    problems = [] if send(nobody).status == 400 else ["no agent anywhere was taken"]
    if send(somebody).status != 200:
        problems.append("a named agent was not taken")
    answer = send(both)
    rejected = answer.json().get("partialSuccess", {}).get("rejectedSpans") if answer.status == 200 else answer.status
    if str(rejected) != "1":
        problems.append(f"one of two without an agent: {answer.status} {answer.text()[:200]}")
    return problems


def main() -> int:
    """All cases against one server."""
    suite = Suite("AgentOS calls")
    cases = {name[5:].replace("_", " "): case for name, case in globals().items() if name.startswith("case_")}
    with Server() as server:
        for name, case in cases.items():
            try:
                suite.case(name, case(server))
            except Exception as error:
                suite.case(name, [f"{type(error).__name__}: {error}"])
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
