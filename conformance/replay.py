"""Replays the recordings of fixtures/wire into a real server and compares what a reader sees with
fixtures/expected.

    python3 conformance/replay.py [--verbose] [PATTERN...]

Each recording is sent as recorded, twice, with its requests reversed, and with every span in a request of its
own; each time into a fresh server. After the first, every place that shows totals must agree with every other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import agreement
import observed
import recordings
import splitting
from api import Api
from comparing import differences
from recordings import Request
from sending import send_all
from server import Server
from suite import Suite

# What this version of Clew must take; a new tracer adds its recordings here.
TAKEN = ("otel-*", "phoenix-*", "traceloop", "vercel-*", "logfire-*", "mlflow-*", "lmnr-*",
         "claude-code-*", "agno", "openai-agents-*", "langfuse2", "langfuse5", "js-langfuse", "braintrust",
         "js-braintrust", "langsmith-*")
RETRIED = ("retry-otlp-*", "retry-langfuse2-503", "retry-braintrust-*", "retry-langsmith-*")
# Input and output tokens of all runs of a recording in which some bodies were refused.
RETRIED_TOKENS = {"otlp": (720, 102), "braintrust": (843, 121), "langfuse2": (245, 36), "langsmith": (963, 138)}
AT_ONCE = 3

Requests = tuple[Request, ...]
VARIANTS: dict[str, Callable[[Requests], Requests]] = {
    "as recorded": lambda requests: requests,
    "sent twice": lambda requests: requests + requests,
    "reversed": splitting.reverse,
    "span by span": splitting.split,
}


def replay(name: str, variant: str) -> list[str]:
    """One recording in one variant, into a server of its own."""
    expected = recordings.expected(name)["traces"]
    with Server() as server:
        problems = send_all(server, VARIANTS[variant](recordings.load(name)))
        api = Api(server.port)
        problems += compare(api, expected)
        if variant == "as recorded":
            problems += agreement.problems(server, [trace["trace_id"] for trace in expected])
    return problems


def compare(api: Api, expected: list[observed.Json]) -> list[str]:
    """The list holds exactly the expected traces, and each reads as expected."""
    problems = []
    listed = {row["trace_id"]: row for row in api.rows()}
    wanted = {trace["trace_id"] for trace in expected}
    if set(listed) != wanted:
        problems.append(f"list: missing {sorted(wanted - set(listed))}, unexpected {sorted(set(listed) - wanted)}")
    for trace in expected:
        if trace["trace_id"] in listed:
            found = differences(trace, observed.trace(api, trace["trace_id"], trace["sender_ids"]))
            problems += [f"{trace['name']}: {line}" for line in found]
    return problems


def replay_retries(name: str) -> list[str]:
    """Every body of a recording in which the receiver refused some: taken whole, each span counts once."""
    distinct = recordings.expected("retry")[name]["distinct"]
    with Server() as server:
        problems = send_all(server, recordings.load(name))
        rows = Api(server.port).rows()
    spans = sum(row["span_count"] for row in rows)
    if spans != distinct:
        problems.append(f"{spans} distinct spans, expected {distinct}")
    said = tuple(sum(row["usage"][name] or 0 for row in rows) for name in ("input", "output"))
    wanted = RETRIED_TOKENS[name.split("-")[1]]
    if said != wanted:
        problems.append(f"tokens {said}, expected once {wanted}")
    return problems


def main(patterns: list[str]) -> int:
    """Runs what the patterns name, several servers at a time."""
    suite = Suite("replay")
    taken = [name for name in recordings.names(*TAKEN) if not patterns or name in recordings.names(*patterns)]
    retried = [name for name in recordings.names(*RETRIED) if not patterns or name in recordings.names(*patterns)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [(f"{name}, {variant}", pool.submit(replay, name, variant)) for name in taken for variant in VARIANTS]
        jobs += [(f"{name}, every body taken", pool.submit(replay_retries, name)) for name in retried]
        for title, job in jobs:
            error = job.exception()
            suite.case(title, [f"{type(error).__name__}: {error}"] if error else job.result())
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main([argument for argument in sys.argv[1:] if not argument.startswith("-")]))
