"""`clew import` over the files of fixtures/import: what each gives, that twice is once, and what it says of what is wrong.

    python3 conformance/importing.py
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api import Api
import recordings
from recordings import FIXTURES
from replay import compare
from server import Server, binary
from suite import Suite

Json = dict[str, Any]
FILES = FIXTURES / "import"
OTLP = FIXTURES / "wire" / "otel-http-proto"
# The run of the file: spans, model calls, tools, failed spans, tokens in and out.
CONSOLE = (3, 1, 1, 1, 120, 17)
SESSION_RUNS = {(14, 7, 4, 1, 1064, 119), (2, 1, 0, 0, 152, 17)}
OTLP_RUN = (13, 6, 4, 1, 720, 102)


class Importer:
    """A server and the command beside it, with a journal of its own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.api = Api(server.port)
        self.folder = folder
        self.data = server.data

    def run(self, *arguments: str | Path, given: bytes | None = None) -> tuple[int, str, str]:
        """Exit code and what was printed."""
        command = [str(binary()), "import", *map(str, arguments), "--data", str(self.data)]
        env = {key: value for key, value in os.environ.items() if not key.startswith("CLEW_")}
        done = subprocess.run(command, input=given, capture_output=True, timeout=120, check=False,
                              env={**env, "XDG_STATE_HOME": str(self.folder), "NO_COLOR": "1"})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def runs(self) -> set[tuple[int, ...]]:
        """Every run in numbers."""
        return {_numbers(row) for row in self.api.rows()}


@contextlib.contextmanager
def importer() -> Iterator[Importer]:
    """A fresh one."""
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        yield Importer(server, Path(folder))


def _numbers(row: Json) -> tuple[int, ...]:
    usage = row["usage"] or {}
    return (row["span_count"], row["llm_calls"], row["tool_calls"], row["error_count"], usage.get("input") or 0,
            usage.get("output") or 0)


def _differs(what: str, want: object, got: object) -> list[str]:
    return [] if want == got else [f"{what}: expected {want!r}, got {got!r}"]


def _spans_only(expected: list[Json]) -> list[Json]:
    """Without what such a file does not hold."""
    beside = ("scores", "feedback", "attachments")
    return [{key: value for key, value in trace.items() if key not in beside} for trace in expected]


def console() -> list[str]:
    """Spans as OpenTelemetry's console exporter prints them, twice."""
    with importer() as one:
        problems = _differs("first", (0, "imported 3 records, 3 spans\n", ""), one.run(FILES / "opentelemetry-console.json"))
        one.run(FILES / "opentelemetry-console.json")
        problems += _differs("runs", {CONSOLE}, one.runs())
        row = one.api.rows()[0]
        return problems + _differs("who", ("sess-123", "user-42", "planner"),
                                   (row["session_id"], row["user_id"], row["agent"]["name"]))


def claude_code() -> list[str]:
    """A folder of sessions with sub-agents: a run for each prompt, all of one session."""
    with importer() as one:
        code, out, _ = one.run(FILES / "claude-code")
        problems = _differs("exit", 0, code) + _differs("first line", "imported 64 records, 16 spans", out.split("\n")[0])
        one.run(FILES / "claude-code")
        problems += _differs("runs", SESSION_RUNS, one.runs())
        sessions = {row["session_id"] for row in one.api.rows()}
        return problems + _differs("sessions", {"8d3085ef-8e3a-4847-8fb2-4b8896500047"}, sessions)


def openai() -> list[str]:
    """Calls of OpenAI's API; a record that is none is named and the others land."""
    with importer() as one:
        code, out, _ = one.run(FILES / "openai-batch-output.jsonl", FILES / "openai-conversations.jsonl")
        problems = _differs("exit", 0, code)
        if "1 record refused:\n  record 3: this is no call" not in out:
            problems.append(f"the refused record is not told: {out}")
        return problems + _differs("runs", {(1, 1, 0, 0, 22, 3), (1, 1, 0, 1, 0, 0), (1, 1, 0, 0, 0, 0), (1, 1, 0, 0, 9, 1)},
                                   one.runs())


def otlp() -> list[str]:
    """OTLP in protobuf, bare and behind lengths, and in JSON, packed and from standard input: one run."""
    message = next(OTLP.glob("*.body")).read_bytes()
    framed = len(message).to_bytes(4, "big") + message
    document = next((FIXTURES / "wire" / "otel-http-json").glob("*.body")).read_bytes()
    with importer() as one:
        problems = []
        for name, content in (("a.pb", message), ("b.pb", framed), ("c.json.gz", gzip.compress(document))):
            file = one.folder / name
            file.write_bytes(content)
            code, _, error = one.run(file)
            problems += _differs(name, (0, ""), (code, error))
        code, _, error = one.run("-", given=document)
        problems += _differs("standard input", (0, ""), (code, error))
        # The two recordings are two runs of one program.
        return problems + _differs("runs", [OTLP_RUN, OTLP_RUN], sorted(_numbers(row) for row in one.api.rows()))


def mlflow() -> list[str]:
    """MLflow's runs, as Trace.to_json writes them and as traces.json alone, read as its tracking calls do."""
    requests = recordings.load("mlflow-rest")
    infos = [json.loads(r.body)["trace"]["trace_info"] for r in requests if r.path.endswith("/3.0/mlflow/traces")]
    datas = [json.loads(r.body) for r in requests if r.method == "PUT" and r.path.endswith("traces.json")]

    def trace_of(data: Json) -> str:
        return base64.b64decode(data["spans"][0]["trace_id"]).hex()

    by_trace = {trace_of(data): data for data in datas}
    runs = [{"info": info, "data": by_trace[info["trace_id"].removeprefix("tr-")]} for info in infos]
    with importer() as one:
        file = one.folder / "traces.jsonl"
        file.write_text("\n".join(map(json.dumps, runs)))
        code, _, error = one.run(file)
        problems = _differs("exit", (0, ""), (code, error)) + _differs("runs", 4, len(runs))
        alone = one.folder / "traces.json"
        alone.write_text(json.dumps(datas[0], indent=2))
        code, _, error = one.run(alone)
        return problems + _differs("alone", (0, ""), (code, error)) + compare(one.api, recordings.expected("mlflow-rest")["traces"])


def langsmith() -> list[str]:
    """LangSmith's runs, as a list and as trees, read as its batches do."""
    runs: dict[str, Json] = {}
    for request in recordings.load("langsmith-batch"):
        if request.path.endswith("/runs/batch"):
            body = json.loads(request.body)
            for run in body.get("post", []) + body.get("patch", []):
                said = {key: value for key, value in run.items() if value not in (None, {}, [])}
                runs.setdefault(run["id"], {}).update(said)
    expected = recordings.expected("langsmith-batch")["traces"]
    trees = json.loads(json.dumps(list(runs.values())))
    by_id = {run["id"]: run for run in trees}
    for run in trees:
        if "parent_run_id" in run:
            by_id[run["parent_run_id"]].setdefault("child_runs", []).append(run)
    roots = [run for run in trees if "parent_run_id" not in run]
    with importer() as one:
        problems = _differs("runs", 17, len(runs))
        for content in ({"runs": list(runs.values())}, roots):
            file = one.folder / "runs.json"
            file.write_text(json.dumps(content, indent=1))
            code, _, error = one.run(file)
            problems += _differs("exit", (0, ""), (code, error)) + compare(one.api, _spans_only(expected))
    return problems


def langfuse() -> list[str]:
    """Langfuse's run with its observations and scores, and observations of a file of their own, read as its events do."""
    parts: dict[str, Json] = {}
    for request in recordings.load("langfuse2"):
        if request.path.endswith("/ingestion"):
            for event in json.loads(request.body)["batch"]:
                kind, what = event["type"].removesuffix("-create").removesuffix("-update"), event["body"]
                part = parts.setdefault(what["id"], {"kind": kind, "timestamp": event["timestamp"]})
                part.update({key: value for key, value in what.items() if value is not None})
    kinds = {part.pop("kind") for part in (dict(part) for part in parts.values())}
    observations = [{**part, "type": part["kind"].upper()} for part in parts.values() if part["kind"] in ("span", "generation", "event")]
    (trace,) = [part for part in parts.values() if part["kind"] == "trace"]
    scores = [part for part in parts.values() if part["kind"] == "score"]
    expected = recordings.expected("langfuse2")["traces"]
    problems = _differs("kinds", {"trace", "span", "generation", "event", "score"}, kinds)
    with importer() as one:
        file = one.folder / "traces.json"
        file.write_text(json.dumps({"data": [{**trace, "observations": observations, "scores": scores}]}))
        code, _, error = one.run(file)
        problems += _differs("exit", (0, ""), (code, error)) + compare(one.api, expected)
    with importer() as one:
        for name, content in (("o.jsonl", observations), ("t.jsonl", [{**trace, "observations": [o["id"] for o in observations]}])):
            file = one.folder / name
            file.write_text("\n".join(map(json.dumps, content)))
            problems += _differs(name, 0, one.run(file)[0])
        return problems + compare(one.api, _spans_only(expected))


def broken_off() -> list[str]:
    """A file that breaks in the middle is told where; mended, it is read again and nothing is twice."""
    def record(number: int) -> str:
        return json.dumps({"trace_id": f"{number:032x}", "span_id": f"{number:016x}", "name": "x" * 60_000})

    with importer() as one:
        file = one.folder / "spans.jsonl"
        whole = "\n".join(record(number) for number in range(1, 151))
        file.write_text(whole[: len(whole) - 5])
        code, _, error = one.run(file)
        problems = _differs("exit", 1, code)
        if "the file ends in the middle of a record" not in error or "after record 149" not in error:
            problems.append(f"where it broke off is not told: {error}")
        # 4 MiB of records are sent at a time: two requests of 70 were taken before the end.
        problems += _differs("taken before", 140, len(one.api.rows()))
        code, out, _ = one.run(file)
        problems += _differs("second exit", 1, code)
        file.write_text(whole)
        code, out, _ = one.run(file)
        return problems + _differs("mended", 0, code) + _differs("runs", 150, len(one.api.rows()))


def wrong() -> list[str]:
    """What is no trace is refused with a sentence that says what to do, and nothing lands."""
    with importer() as one:
        problems = []
        for name, content, said in (
            ("a.txt", b"trace,span\n1,2\n", "expected a JSON object, found `t`"),
            ("b.json", b'{"a": 1}', "of no known format; name one with --format"),
            ("c.jsonl", b'{"name": "x", "trace_id": "1"}\n', "span_id: is missing"),
            ("d.parquet", b"PAR1\x15\x00", "Parquet"),
        ):
            file = one.folder / name
            file.write_bytes(content)
            code, _, error = one.run(file)
            if code != 1 or said not in error:
                problems.append(f"{name}: {code}, {error.strip()}")
        code, _, error = one.run(one.folder / "nowhere")
        if code != 1 or "cannot read" not in error:
            problems.append(f"a missing file: {code}, {error.strip()}")
        return problems + _differs("rows", [], one.api.rows())


def main() -> int:
    """Runs every case."""
    suite = Suite("import")
    for case in (console, claude_code, openai, otlp, mlflow, langsmith, langfuse, broken_off, wrong):
        assert case.__doc__ is not None
        suite.case(case.__doc__.rstrip("."), case())
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
