"""Runs the real SDKs of each tracer against a real server, with a scripted model behind them.

    python3 conformance/run.py [--core] [--show] [NAME...]

What a program says it sent, what its recorded run gave, and what Clew shows must be the same. `--core` leaves out
what takes long to install: it is the part that `make test` runs. `--show` prints what Clew shows, in the form of
literal/.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import agno_client
import literal
import observed
import printed
import recordings
import stated
import stock_js
from api import Api
from clients import CLIENTS, PREFIXED, Client
from comparing import differences
from frameworks import FRAMEWORKS
from running import fake_llm, run_client
from server import Server
from suite import Suite

Json = dict[str, Any]
AT_ONCE = 2
# A prompt that goes on with ids and paths of the run.
TOLD_BY_CLAUDE_CODE = "<task-notification>"


def check(client: Client, llm_port: int, show: bool = False) -> list[str]:
    """One real client into a server of its own."""
    wanted = [] if client.stated else expected(client)
    sender_ids = any(trace.get("sender_ids") for trace in wanted)
    with Server() as server:
        said = run_client(client, server, llm_port)
        api = Api(server.port)
        seen = [observed.trace(api, row["trace_id"], sender_ids) for row in api.rows()]
    if client.stated:
        return stated.problems(client.stated, said, seen, show)
    if show:
        print(json.dumps({"printed": said, "traces": [literal.described(trace) for trace in by_start(seen)]}, indent=1))
    told = _against_recording(wanted, seen, said) if client.recording else literal.differences(wanted, seen)
    return printed.differences(said, seen) + told


def expected(client: Client) -> list[Json]:
    """What the client's runs must be."""
    if client.recording:
        return recordings.expected(client.recording)["traces"]
    assert client.literal is not None
    return literal.traces(client.literal)


def by_start(traces: list[Json]) -> list[Json]:
    """The runs in the order of their start."""
    return sorted(traces, key=lambda trace: trace["start_ns"])


def _against_recording(expected: list[Json], seen: list[Json], said: Json) -> list[str]:
    if len(expected) != len(seen):
        return [f"{len(seen)} traces, expected {len(expected)}"]
    problems = []
    for want, shown in zip(by_start(expected), by_start(seen), strict=True):
        got = _ties_as_recorded(want, shown)
        problems += [f"{want['name']}: {line}" for line in differences(_with_new_ids(want, got, said), got)]
    return problems


def _ties_as_recorded(want: Json, got: Json) -> Json:
    """The run with siblings that began at the same moment (JavaScript's clock has milliseconds) in the order in which
    the recording has spans of their names."""
    place = {span["name"]: index for index, span in reversed(list(enumerate(want["tree"])))}
    below: dict[Any, list[Json]] = {}
    for span in got["tree"]:
        below.setdefault(span["parent"] if span["depth"] else None, []).append(span)

    def whole(spans: list[Json]) -> list[Json]:
        ordered = sorted(spans, key=lambda span: (span["start_offset"], place.get(span["name"], 0)))
        return [one for span in ordered for one in (span, *whole(below.get(span["span_id"], [])))]

    return {**got, "tree": whole(below.get(None, []))}


def _with_new_ids(want: Json, got: Json, said: Json) -> Json:
    """The recorded run with the ids and times of the new one, wherever it names them: spans are matched by their
    place in the tree. A parent that is nowhere in the run is known by being an orphan alone. A session that the
    program made up is the one that it printed."""
    session = {"session_id": said["session"]} if "session" in said else {}
    text = json.dumps({**want, "trace_id": None, "start_ns": None, "end_ns": None, **session})
    if len(want["tree"]) == len(got["tree"]):
        new = {old["parent"]: now["parent"] for old, now in zip(want["tree"], got["tree"], strict=True)
               if old["parent"] and now["parent"]}
        new |= {old["span_id"]: now["span_id"] for old, now in zip(want["tree"], got["tree"], strict=True)}
        for old, now in new.items():
            text = text.replace(json.dumps(old), json.dumps(now))
    if want.get("trace_id_source") and got["sender_trace_ids"]:
        text = text.replace(want["trace_id_source"], got["sender_trace_ids"][0])
    new_run = json.loads(text)
    for span in new_run["tree"]:
        if (span.get("first_input_text") or "").startswith(TOLD_BY_CLAUDE_CODE):
            span["first_input_text"] = TOLD_BY_CLAUDE_CODE
    return new_run


def main(arguments: list[str]) -> int:
    """Runs the named clients, or all, or the core."""
    core, show = "--core" in arguments, "--show" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    suite = Suite("real clients")

    def wanted(name: str) -> bool:
        return not names or name in names

    with fake_llm() as llm_port, ThreadPoolExecutor(AT_ONCE) as pool:
        jobs: list[tuple[str, Callable[[], list[str]]]] = [
            (client.name, functools.partial(check, client, llm_port, show))
            for client in (*CLIENTS, *PREFIXED, *FRAMEWORKS)
            if (client.core or not core) and wanted(client.name)]
        jobs += [(name, job) for name, job in (("stock JavaScript exporter", stock_js.check),
                                               ("agno's client", agno_client.check)) if wanted(name)]
        for name, future in [(name, pool.submit(job)) for name, job in jobs]:
            error = future.exception()  # one client that breaks must not hide the others
            suite.case(name, [f"{type(error).__name__}: {error}"] if error else future.result())
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
