"""What is sent: entries about runs, and the batches that they make (docs/agentos-calls.md, "Many calls at once")."""

from __future__ import annotations

import gzip
import json
import logging
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Union

from .encoding import Frozen, Kept, json_text, object_text, thaw
from .spans import Run, Told

if TYPE_CHECKING:
    from .client import Clew

GZIP_FROM_BYTES = 1_024
BATCH_MAX_ENTRIES = 512
BATCH_MAX_BYTES = 1_048_576
START, SPAN, EVENT, COMPLETE, FAIL = "start", "span", "event", "complete", "fail"
_LISTS = {SPAN: "spans", EVENT: "events"}

Record = Dict[str, Any]
Redact = Callable[[Record], Optional[Record]]
"""Gets a record just before it is sent, `{"type": "span", "run_id": ..., ...}`, and answers it changed; `None` drops it."""

_PAYLOADS = ("data", "end_data", "input", "output", "metadata", "tags", "error")
_IDENTITY = frozenset(("id", "parent_id", "span_id", "start_time", "end_time", "time", "status", "kind"))
_log = logging.getLogger("clew")


class Entry(NamedTuple):
    """One part of what is said about a run."""

    run_id: str
    section: str  # START, SPAN, ...
    text: str  # a JSON object


class Noted:
    """An event of a run, waiting to be sent."""

    __slots__ = ("run_id", "fields", "bytes")

    def __init__(self, run_id: str, fields: Dict[str, Kept], bytes: int) -> None:
        self.run_id = run_id
        self.fields = fields
        self.bytes = bytes


Waiting = Union[Told, Noted]


def entries_of(waiting: Waiting, client: "Clew") -> List[Entry]:
    """What to send of it. A hook for redaction sees it before."""
    if isinstance(waiting, Noted):
        sections = [(EVENT, waiting.fields)]
        run_id = waiting.run_id
    else:
        run_id = waiting.span.run_id
        span = waiting.span
        if isinstance(span, Run) and span.is_root:
            sections = _run_sections(waiting, span)
        else:
            sections = [(SPAN, _span_fields(waiting))]
    entries = []
    for section, fields in sections:
        text = object_text(fields) if client.redact is None else _redacted(client.redact, run_id, section, fields)
        if text is not None:
            entries.append(Entry(run_id, section, text))
    return entries


def _span_fields(told: Told) -> Dict[str, Kept]:
    span = told.span
    fields: Dict[str, Kept] = {
        "id": span.id,
        "name": text_of(span.name),
        "kind": text_of(span.kind),
        "start_time": span._start,
    }
    if span._parent_id is not None:
        fields["parent_id"] = span._parent_id
    if told.data:
        fields["data"] = Frozen(object_text(told.data))
    if told.fields:
        fields.update(told.fields)
    if told.end is not None:
        fields["end_time"] = told.end
        if told.end_data:
            fields["end_data"] = Frozen(object_text(told.end_data))
        if told.end_fields:
            fields.update(told.end_fields)
    return fields


def _run_sections(told: Told, run: Run) -> "list[tuple[str, Dict[str, Kept]]]":
    sections = []
    if told.is_first or told.data or told.fields:
        start: Dict[str, Kept] = {**run.identity, "start_time": run._start}
        if told.data:
            start["data"] = Frozen(object_text(told.data))
        if told.fields:
            start.update(told.fields)
        sections.append((START, start))
    if told.end is not None:
        end: Dict[str, Kept] = {"end_time": told.end}
        if told.end_data:
            end["end_data"] = Frozen(object_text(told.end_data))
        if told.end_fields:
            end.update(told.end_fields)
        sections.append((FAIL if end.pop("status", None) == "error" else COMPLETE, end))
    return sections


def text_of(name: Any) -> str:
    """A name as a text, whatever was given."""
    return name if name.__class__ is str else str(name)


def _redacted(redact: Redact, run_id: str, section: str, fields: Dict[str, Kept]) -> Optional[str]:
    record: Optional[Record] = {"type": section, "run_id": run_id, **{key: thaw(kept) for key, kept in fields.items()}}
    try:
        record = redact(record)  # type: ignore[arg-type]
        if record is None:
            return None
        said = {key: value for key, value in record.items() if key not in ("type", "run_id")}
        # A hook changes what is said, not which span it is said of.
        said.update({key: thaw(kept) for key, kept in fields.items() if key in _IDENTITY})
    except Exception as error:
        _log.error("the redact function raised %r; sent without payloads", error)
        said = {key: thaw(kept) for key, kept in fields.items() if key not in _PAYLOADS}
        said["name"] = "not shown"
    return json_text(said)


def body_of(entries: Iterable[Entry]) -> bytes:
    """The body of a request that tells all of them."""
    runs: Dict[str, Dict[str, List[str]]] = {}
    for run_id, section, text in entries:
        runs.setdefault(run_id, {}).setdefault(section, []).append(text)
    elements: List[str] = []
    for run_id, sections in runs.items():
        parts = ['"run_id":' + json_text(run_id)]
        extra: List[str] = []
        for section, said in sections.items():
            if section in _LISTS:
                parts.append(f'"{_LISTS[section]}":[' + ",".join(said) + "]")
            else:
                parts.append(f'"{section}":' + said[0])
                # Of one run an element has one start and one end; what says more of it stands behind.
                extra += [f'{{"run_id":{json_text(run_id)},"{section}":{one}}}' for one in said[1:]]
        elements += ["{" + ",".join(parts) + "}", *extra]
    return ('{"runs":[' + ",".join(elements) + "]}").encode("utf-8", "replace")


def entries_of_body(body: bytes) -> List[Entry]:
    """The entries of a body, so that it can be sent in parts."""
    entries = []
    for run in json.loads(body)["runs"]:
        run_id = run["run_id"]
        for section in (START, COMPLETE, FAIL):
            if section in run:
                entries.append(Entry(run_id, section, json_text(run[section])))
        for section, name in _LISTS.items():
            entries += [Entry(run_id, section, json_text(one)) for one in run.get(name, ())]
    return entries


class Batch:
    """One request: its body, packed where that pays, and how many entries it tells."""

    __slots__ = ("body", "is_packed", "count")

    def __init__(self, body: bytes, is_packed: bool, count: int) -> None:
        self.body = body
        self.is_packed = is_packed
        self.count = count

    @classmethod
    def of(cls, entries: List[Entry]) -> "Batch":
        """Packs entries."""
        body = body_of(entries)
        if len(body) < GZIP_FROM_BYTES:
            return cls(body, False, len(entries))
        return cls(gzip.compress(body, 5), True, len(entries))

    def plain(self) -> bytes:
        """The body, unpacked."""
        return gzip.decompress(self.body) if self.is_packed else self.body

    def halves(self) -> List["Batch"]:
        """Two batches that tell the same; none where there is but one entry."""
        entries = entries_of_body(self.plain())
        middle = len(entries) // 2
        return [Batch.of(entries[:middle]), Batch.of(entries[middle:])] if middle else []


def batches_of(entries: Iterable[Entry]) -> Iterable[Batch]:
    """Entries in batches of a bounded size; one that is larger by itself goes alone."""
    some: List[Entry] = []
    size = 0
    for entry in entries:
        if some and (len(some) >= BATCH_MAX_ENTRIES or size + len(entry.text) > BATCH_MAX_BYTES):
            yield Batch.of(some)
            some, size = [], 0
        some.append(entry)
        size += len(entry.text)
    if some:
        yield Batch.of(some)
