"""For the tests of programs that record: everything stays in memory and can be asked for.

with clew.testing.capture() as recorded:
    answer_the_mail("...")
recorded.assert_span("classify", kind="llm", data={"model": "gpt-4.1"})
"""

from __future__ import annotations

import gzip
import json
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Mapping, Optional

from . import current, process
from .client import Clew
from .transport import Answer

Json = Dict[str, Any]
_ANY = object()


class MemoryTransport:
    """Keeps what would have been sent."""

    def __init__(self) -> None:
        self.bodies: List[Json] = []

    def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
        """Takes a batch."""
        self.bodies.append(json.loads(gzip.decompress(body) if is_packed else body))
        return Answer(200, b'{"accepted": 0, "rejected_count": 0, "rejected": []}')

    def close(self) -> None:
        """Nothing to give up."""


class RecordedSpan:
    """A span as a Clew would have it."""

    def __init__(self, span_id: str) -> None:
        self.id = span_id
        self.name = ""
        self.kind: Optional[str] = None
        self.parent: Optional[RecordedSpan] = None
        self.children: List[RecordedSpan] = []
        self.events: List[Json] = []
        self.fields: Json = {}

    @property
    def data(self) -> Json:
        """What was known at its start."""
        found: Json = self.fields.get("data", {})
        return found

    @property
    def end_data(self) -> Json:
        """What was known at its end."""
        found: Json = self.fields.get("end_data", {})
        return found

    @property
    def input(self) -> Any:
        """What went in."""
        return self.fields.get("input")

    @property
    def output(self) -> Any:
        """What came out."""
        return self.fields.get("output")

    @property
    def error(self) -> Optional[Json]:
        """Message, type and stack, where it failed."""
        return self.fields.get("error")

    @property
    def status(self) -> str:
        """`ok`, `error`, or `open` where it has not ended."""
        if self.fields.get("status") == "error" or "error" in self.fields:
            return "error"
        return "ok" if "end_time" in self.fields else "open"

    def tree(self, indent: int = 0) -> str:
        """The span and those below it, a line each."""
        line = "  " * indent + f"{self.name} ({self.kind}) {self.status}"
        return "\n".join([line, *(child.tree(indent + 1) for child in self.children)])

    def _fold(self, said: Mapping[str, Any]) -> None:
        for key, value in said.items():
            if key in ("data", "end_data", "metadata"):
                self.fields.setdefault(key, {}).update(value)
            else:
                self.fields[key] = value
        self.name = self.fields.get("name", self.name)
        self.kind = self.fields.get("kind", self.kind)

    def __repr__(self) -> str:
        return f"<RecordedSpan {self.name!r} {self.kind} {self.status}>"


class RecordedRun(RecordedSpan):
    """A run, which is its own root."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.run_id = run_id
        self.kind = "run"
        self.spans: List[RecordedSpan] = []
        """Every span of it in the order of their starts, without the root."""

    def span(self, name: str) -> RecordedSpan:
        """The first span of this name."""
        for span in self.spans:
            if span.name == name:
                return span
        raise AssertionError(f"no span {name!r}; there are:\n{self.tree()}")


class Recorded:
    """What a program has recorded."""

    def __init__(self, client: Clew, transport: MemoryTransport) -> None:
        self.client = client
        self._transport = transport

    @property
    def runs(self) -> List[RecordedRun]:
        """The runs in the order in which they began."""
        self.client.flush()
        return _runs_of(self._transport.bodies)

    @property
    def spans(self) -> List[RecordedSpan]:
        """The spans of all runs, without the roots."""
        return [span for run in self.runs for span in run.spans]

    def run(self, name: Optional[str] = None) -> RecordedRun:
        """The only run, or the first of this name."""
        runs = self.runs
        found = [run for run in runs if name is None or run.name == name]
        if len(found) == 1 or (found and name is not None):
            return found[0]
        raise AssertionError(f"{len(found)} runs" + (f" {name!r}" if name else "") + f"; there are:\n{self.tree()}")

    def span(self, name: str) -> RecordedSpan:
        """The first span of this name, or run of this name."""
        return self.assert_span(name)

    def tree(self) -> str:
        """All runs with their spans, a line each."""
        return "\n".join(run.tree() for run in self.runs) or "(nothing was recorded)"

    def assert_span(
        self,
        name: str,
        *,
        kind: Optional[str] = None,
        parent: Optional[str] = None,
        status: Optional[str] = None,
        input: Any = _ANY,
        output: Any = _ANY,
        data: Optional[Mapping[str, Any]] = None,
        end_data: Optional[Mapping[str, Any]] = None,
    ) -> RecordedSpan:
        """A span of this name of which all of this is true; `data` and `end_data` name the members that matter."""
        runs = self.runs
        named = [one for run in runs for one in [run, *run.spans] if one.name == name]
        if not named:
            raise AssertionError(f"no span {name!r}; there are:\n{self.tree()}")
        problems: List[str] = []
        for span in named:
            wrong = _differences(span, kind, parent, status, input, output, data, end_data)
            if not wrong:
                return span
            problems = problems or wrong
        raise AssertionError(f"span {name!r}: " + "; ".join(problems) + f"\n{self.tree()}")

    def assert_no_errors(self) -> None:
        """Nothing failed and nothing is still open."""
        every = [one for run in self.runs for one in [run, *run.spans]]
        wrong = [f"{span.name!r} is {span.status}: {span.error}" for span in every if span.status != "ok"]
        if wrong:
            raise AssertionError("; ".join(wrong) + f"\n{self.tree()}")


@contextmanager
def capture(**settings: Any) -> Iterator[Recorded]:
    """Inside of `with`, what the process-wide client would send is kept. `settings` are those of `Clew`."""
    transport = MemoryTransport()
    client = memory_client(transport, **settings)
    before = process.replace_default(client)
    token = current.put(None)
    try:
        yield Recorded(client, transport)
    finally:
        current.take_back(token)
        process.replace_default(before)
        client.shutdown()


class _MemoryClient(Clew):
    has_thread = False


def memory_client(transport: Optional[MemoryTransport] = None, **settings: Any) -> Clew:
    """A client that keeps everything in memory, without thread, spool or environment."""
    chosen = {"spool": False, "variables": {}, **settings}
    return _MemoryClient(transport=transport or MemoryTransport(), **chosen)


def _differences(
    span: RecordedSpan, kind: Optional[str], parent: Optional[str], status: Optional[str], input: Any, output: Any,
    data: Optional[Mapping[str, Any]], end_data: Optional[Mapping[str, Any]],
) -> List[str]:  # fmt: skip
    wrong = []
    above = span.parent.name if span.parent else None
    for what, wanted, got in (("kind", kind, span.kind), ("parent", parent, above), ("status", status, span.status)):
        if wanted is not None and wanted != got:
            wrong.append(f"{what} is {got!r}, not {wanted!r}")
    for what, wanted, got in (("input", input, span.input), ("output", output, span.output)):
        if wanted is not _ANY and wanted != got:
            wrong.append(f"{what} is {got!r}, not {wanted!r}")
    for what, members, have in (("data", data, span.data), ("end_data", end_data, span.end_data)):
        for key, wanted in (members or {}).items():
            if have.get(key) != wanted:
                wrong.append(f"{what}[{key!r}] is {have.get(key)!r}, not {wanted!r}")
    return wrong


def _runs_of(bodies: List[Json]) -> List[RecordedRun]:
    runs: Dict[str, RecordedRun] = {}
    spans: Dict[str, Dict[str, RecordedSpan]] = {}
    for element in (element for body in bodies for element in body["runs"]):
        run_id = element["run_id"]
        run = runs.setdefault(run_id, RecordedRun(run_id))
        for section in ("start", "complete", "fail"):
            run._fold(element.get(section, {}))
        if "fail" in element:
            run.fields["status"] = "error"
        said_names = (run.fields.get(key) for key in ("name", "agent_name", "agent_id"))
        run.name = next((name for name in said_names if name), "run")
        known = spans.setdefault(run_id, {})
        for said in element.get("spans", ()):
            known.setdefault(said["id"], RecordedSpan(said["id"]))._fold(said)
        for event in element.get("events", ()):
            run.events.append(event)
    for run_id, run in runs.items():
        _build_tree(run, spans.get(run_id, {}))
    return sorted(runs.values(), key=lambda run: run.fields.get("start_time", 0))


def _build_tree(run: RecordedRun, spans: Dict[str, RecordedSpan]) -> None:
    run.spans = sorted(spans.values(), key=lambda span: span.fields.get("start_time", 0))
    for span in run.spans:
        above = spans.get(span.fields.get("parent_id", ""), run)
        span.parent = above
        above.children.append(span)
    for event in run.events:
        owner = spans.get(event.get("span_id", ""))
        if owner is not None:
            owner.events.append(event)
