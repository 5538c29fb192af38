"""Runs the real SDKs of each tracer against a real server, with a scripted model behind them.

    python3 conformance/run.py [--core] [NAME...]

What a program says it sent, what its recorded run gave, and what Clew shows must be the same. `--core` leaves out
what takes long to install: it is the part that `make test` runs.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import agno_client
import observed
import recordings
import stock_js
from api import Api
from clients import CLIENTS, Client, fake_llm, run_client
from comparing import differences
from server import Server
from suite import Suite

Json = dict[str, Any]
# What a program prints, and the sum over traces that must equal it. The shared loop of _common.py counts neither
# the embedding call nor the call that the model refused, so only otel_genai.py prints tokens and calls of a whole run.
PRINTED_BY_ALL = {"spans": "span_count"}
PRINTED_BY_OTEL = {"in": "input_tokens", "out": "output_tokens", "cached": "cache_read_tokens", "llm": "llm_calls",
                   "errors": "error_spans"}


def check(client: Client, llm_port: int) -> list[str]:
    """One real client into a server of its own."""
    with Server() as server:
        printed = run_client(client, server, llm_port)
        api = Api(server.port)
        seen = [observed.trace(api, row["trace_id"]) for row in api.rows()]
    return _against_printed(printed, seen) + _against_recording(recordings.expected(client.recording)["traces"], seen)


def _against_printed(printed: Json, seen: list[Json]) -> list[str]:
    problems = []
    if "trace_id" in printed and [trace["trace_id"] for trace in seen] != [printed["trace_id"]]:
        problems.append(f"sent trace {printed['trace_id']}, listed {[trace['trace_id'] for trace in seen]}")
    fields = PRINTED_BY_ALL | (PRINTED_BY_OTEL if printed.get("sdk") == "otel" else {})
    for said, ours in fields.items():
        total = sum(trace[ours] or 0 for trace in seen)
        if printed.get(said) and printed[said] != total:  # logfire's program prints 0: it does not count spans
            problems.append(f"the program printed {said} {printed[said]}, Clew shows {ours} {total}")
    return problems


def _against_recording(expected: list[Json], seen: list[Json]) -> list[str]:
    def by_start(traces: list[Json]) -> list[Json]:
        return sorted(traces, key=lambda trace: trace["start_ns"])

    if len(expected) != len(seen):
        return [f"{len(seen)} traces, expected {len(expected)}"]
    problems = []
    for want, got in zip(by_start(expected), by_start(seen), strict=True):
        problems += [f"{want['name']}: {line}" for line in differences(_with_new_ids(want, got), got)]
    return problems


def _with_new_ids(want: Json, got: Json) -> Json:
    """The recorded run with the ids and times of the new one: spans are matched by their place in the tree. A parent
    that is nowhere in the run is known by being an orphan alone."""
    if len(want["tree"]) != len(got["tree"]):
        return {**want, "trace_id": None, "start_ns": None, "end_ns": None}
    new = {old["span_id"]: now["span_id"] for old, now in zip(want["tree"], got["tree"], strict=True)}
    tree = []
    for old, now in zip(want["tree"], got["tree"], strict=True):
        parent = new.get(old["parent"], now["parent"] if old["parent"] else None)
        tree.append({**old, "span_id": now["span_id"], "parent": parent})
    return {**want, "trace_id": None, "start_ns": None, "end_ns": None, "tree": tree}


def main(arguments: list[str]) -> int:
    """Runs the named clients, or all, or the core."""
    core = "--core" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    suite = Suite("real clients")

    def attempt(name: str, job: Callable[[], list[str]]) -> None:
        if names and name not in names:
            return
        try:
            suite.case(name, job())
        except Exception as error:  # one client that breaks must not hide the others
            suite.case(name, [f"{type(error).__name__}: {error}"])

    with fake_llm() as llm_port:
        for client in CLIENTS:
            if client.core or not core:
                attempt(client.name, functools.partial(check, client, llm_port))
    attempt("stock JavaScript exporter", stock_js.check)
    attempt("agno's client", agno_client.check)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
