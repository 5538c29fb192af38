"""What an AgentOS answers about traces, with the fields that its documents show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, Generic, Iterator, List, Mapping, Optional, TypeVar

Json = Dict[str, Any]
Row = TypeVar("Row")


@dataclass
class Paginated(Generic[Row]):
    """A page of rows."""

    data: List[Row]
    meta: Json
    """`page`, `limit`, `total_pages`, `total_count`, `search_time_ms`."""

    def __iter__(self) -> Iterator[Row]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    @property
    def total_count(self) -> int:
        """Rows on all pages."""
        return int(self.meta.get("total_count", 0))

    @property
    def total_pages(self) -> int:
        """Pages there are."""
        return int(self.meta.get("total_pages", 0))

    @property
    def has_more(self) -> bool:
        """Whether a page follows."""
        return int(self.meta.get("page", 1)) < self.total_pages


@dataclass
class Trace:
    """A trace in a list."""

    trace_id: str
    name: str
    status: str
    duration: str
    """As the server writes it: `549ms`, `61.23s`."""
    start_time: Optional[datetime]
    end_time: Optional[datetime]
    created_at: Optional[datetime]
    total_spans: int
    error_count: int
    input: Optional[str] = None
    run_id: Optional[str] = None
    session_id: Optional[str] = None
    user_id: Optional[str] = None
    agent_id: Optional[str] = None
    team_id: Optional[str] = None
    workflow_id: Optional[str] = None
    raw: Json = field(default_factory=dict, repr=False)
    """The row as it came."""

    @property
    def duration_ms(self) -> Optional[float]:
        """Milliseconds from start to end; `None` while it is open."""
        return _milliseconds(self.start_time, self.end_time)


@dataclass
class TraceSpan:
    """A span, with those below it."""

    id: str
    name: str
    type: str
    status: str
    duration: str
    start_time: Optional[datetime]
    end_time: Optional[datetime]
    depth: int
    input: Optional[str] = None
    output: Optional[str] = None
    error: Optional[str] = None
    step_type: Optional[str] = None
    metadata: Json = field(default_factory=dict)
    spans: "List[TraceSpan]" = field(default_factory=list)
    """The spans directly below."""
    raw: Json = field(default_factory=dict, repr=False)

    @property
    def span_id(self) -> str:
        """The same as `id`."""
        return self.id

    @property
    def duration_ms(self) -> Optional[float]:
        """Milliseconds from start to end; `None` while it is open."""
        return _milliseconds(self.start_time, self.end_time)

    @property
    def input_tokens(self) -> Optional[int]:
        """Its own tokens; those of the whole trace at a root. `None` where nobody said any."""
        return self._tokens("input_tokens")

    @property
    def output_tokens(self) -> Optional[int]:
        """Its own tokens; those of the whole trace at a root. `None` where nobody said any."""
        return self._tokens("output_tokens")

    @property
    def total_tokens(self) -> Optional[int]:
        """Input and output together."""
        said = [count for count in (self.input_tokens, self.output_tokens) if count is not None]
        return sum(said) if said else None

    @property
    def model(self) -> Optional[str]:
        """The model of a call."""
        return self.metadata.get("model")

    def _tokens(self, name: str) -> Optional[int]:
        found = self.metadata.get(name, self.metadata.get(f"total_{name}"))
        return found if isinstance(found, int) else None


@dataclass
class TraceDetail(Trace):
    """A trace with its spans."""

    output: Optional[str] = None
    error: Optional[str] = None
    tree: List[TraceSpan] = field(default_factory=list)
    """The roots; what is below is in their `spans`."""

    @property
    def spans(self) -> List[TraceSpan]:
        """Every span, in the order of the tree."""
        found: List[TraceSpan] = []
        waiting = list(reversed(self.tree))
        while waiting:
            span = waiting.pop()
            found.append(span)
            waiting.extend(reversed(span.spans))
        return found

    @property
    def input_tokens(self) -> Optional[int]:
        """Tokens of the whole trace."""
        return self.tree[0].input_tokens if self.tree else None

    @property
    def output_tokens(self) -> Optional[int]:
        """Tokens of the whole trace."""
        return self.tree[0].output_tokens if self.tree else None

    @property
    def total_tokens(self) -> Optional[int]:
        """Input and output together."""
        return self.tree[0].total_tokens if self.tree else None


@dataclass
class SessionStats:
    """The traces of one session together."""

    session_id: str
    total_traces: int
    first_trace_at: Optional[datetime]
    last_trace_at: Optional[datetime]
    user_id: Optional[str] = None
    agent_id: Optional[str] = None
    team_id: Optional[str] = None
    workflow_id: Optional[str] = None


_IDS = ("run_id", "session_id", "user_id", "agent_id", "team_id", "workflow_id")


def trace_of(row: Mapping[str, Any]) -> Trace:
    """A row of a list."""
    return Trace(**_trace_fields(row))


def detail_of(answer: Mapping[str, Any]) -> TraceDetail:
    """One trace."""
    tree = [_span_of(node, 0) for node in answer.get("tree", ())]
    return TraceDetail(**_trace_fields(answer), output=answer.get("output"), error=answer.get("error"), tree=tree)


def span_of(answer: Mapping[str, Any]) -> TraceSpan:
    """One span."""
    return _span_of(answer, 0)


def stats_of(row: Mapping[str, Any]) -> SessionStats:
    """A session."""
    return SessionStats(
        session_id=row["session_id"], total_traces=row["total_traces"], first_trace_at=_time(row, "first_trace_at"),
        last_trace_at=_time(row, "last_trace_at"), **{name: row.get(name) for name in _IDS[2:]},
    )  # fmt: skip


def _trace_fields(row: Mapping[str, Any]) -> Json:
    return {
        "trace_id": row["trace_id"], "name": row.get("name", ""), "status": row.get("status", ""),
        "duration": row.get("duration", ""), "start_time": _time(row, "start_time"), "end_time": _time(row, "end_time"),
        "created_at": _time(row, "created_at"), "total_spans": row.get("total_spans", 0),
        "error_count": row.get("error_count", 0), "input": row.get("input"), "raw": dict(row),
        **{name: row.get(name) for name in _IDS},
    }  # fmt: skip


def _span_of(node: Mapping[str, Any], depth: int) -> TraceSpan:
    return TraceSpan(
        id=node["id"], name=node.get("name", ""), type=node.get("type", ""), status=node.get("status", ""),
        duration=node.get("duration", ""), start_time=_time(node, "start_time"), end_time=_time(node, "end_time"),
        depth=depth, input=node.get("input"), output=node.get("output"), error=node.get("error"),
        step_type=node.get("step_type"), metadata=node.get("metadata") or {},
        spans=[_span_of(below, depth + 1) for below in node.get("spans") or ()], raw=dict(node),
    )  # fmt: skip


def _time(row: Mapping[str, Any], name: str) -> Optional[datetime]:
    value = row.get(name)
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None


def _milliseconds(start: Optional[datetime], end: Optional[datetime]) -> Optional[float]:
    return None if start is None or end is None else round((end - start).total_seconds() * 1000, 3)
