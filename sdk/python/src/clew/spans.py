"""Runs and spans: what a program holds while it records."""

from __future__ import annotations

import traceback
from contextvars import Token
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    ContextManager,
    Dict,
    ItemsView,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from . import current
from .clock import Time, nanos_of
from .encoding import Frozen, Kept, freeze, json_text, size_of
from .identity import new_span_id, span_id_of, trace_id_of
from .propagation import RemoteParent

if TYPE_CHECKING:
    from .client import Clew

STACK_MAX = 32_768
"""Characters of a stack; the end is kept, where the error is."""
SPAN_BYTES = 512
"""What a waiting span takes in memory beside its payloads, about."""

Error = Union[str, BaseException, Mapping[str, Any]]
Self = TypeVar("Self", bound="Span")


class Trace:
    """What the spans of one run share."""

    __slots__ = ("client", "run_id", "is_remote", "offset", "steady", "_trace_id", "_root_span_id")

    def __init__(self, client: "Clew", run_id: str, is_remote: bool) -> None:
        self.client = client
        self.run_id = run_id
        self.is_remote = is_remote  # its root lives in another process
        self.steady = client.clock.steady_nanos
        # The wall clock is read once: within a run time only goes on, whatever is done to the clock.
        self.offset = client.clock.wall_nanos() - self.steady()
        self._trace_id: Optional[str] = None
        self._root_span_id: Optional[str] = None

    @property
    def trace_id(self) -> str:
        """The id that a Clew has for it."""
        if self._trace_id is None:
            self._trace_id = trace_id_of(self.run_id)
        return self._trace_id

    @property
    def root_span_id(self) -> str:
        """The id that a Clew gives the root of a run."""
        if self._root_span_id is None:
            self._root_span_id = span_id_of(self.run_id)
        return self._root_span_id


class Told:
    """What a Clew has not been told yet of one span, taken out of it for sending."""

    __slots__ = ("span", "data", "end_data", "fields", "end_fields", "is_first", "end")

    def __init__(self, span: "Span") -> None:
        self.span = span
        self.data, span._data = span._data, None
        self.fields, span._fields = span._fields, None
        self.is_first, span._is_told = not span._is_told, True
        self.end = span._end
        self.end_data: Optional[Dict[str, Kept]] = None
        self.end_fields: Optional[Dict[str, Kept]] = None
        if self.end is not None:
            self.end_data, span._end_data = span._end_data, None
            self.end_fields, span._end_fields = span._end_fields, None


class Span:
    """One step of a run, open until `end` or `fail`. Every method may be called from any thread and raises nothing."""

    __slots__ = (
        "_trace", "id", "name", "kind", "_parent_id", "_start", "_end", "_data", "_end_data", "_fields", "_end_fields",
        "_is_queued", "_is_told", "_token", "_closes", "_bytes", "__weakref__",
    )  # fmt: skip

    def __init__(
        self, trace: Trace, id: str, parent_id: Optional[str], name: str, kind: str, start: Optional[int] = None
    ) -> None:
        self._trace = trace
        self.id = id
        self.name = name
        self.kind = kind
        self._parent_id = parent_id
        self._start = trace.steady() + trace.offset if start is None else start
        self._end: Optional[int] = None
        self._data: Optional[Dict[str, Kept]] = None
        self._end_data: Optional[Dict[str, Kept]] = None
        self._fields: Optional[Dict[str, Kept]] = None
        self._end_fields: Optional[Dict[str, Kept]] = None
        self._is_queued = False
        self._is_told = False
        self._token: Optional[Token[Any]] = None
        self._closes: Optional[Run] = None
        self._bytes = SPAN_BYTES

    # Who it is

    @property
    def run_id(self) -> str:
        """Id of the run that it is part of."""
        return self._trace.run_id

    @property
    def trace_id(self) -> str:
        """Id of the trace, 32 hex digits, as Clew's pages and `traceparent` have it."""
        return self._trace.trace_id

    @property
    def span_id(self) -> str:
        """Id of the span, 16 hex digits, as Clew's pages and `traceparent` have it."""
        return span_id_of(self.id)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._end is not None

    @property
    def traceparent(self) -> str:
        """The W3C header that makes this span the parent of what another process does."""
        return RemoteParent(self.trace_id, self.span_id).traceparent

    @property
    def client(self) -> "Clew":
        """The client that sends it."""
        return self._trace.client

    # What is below it

    def start_span(
        self,
        name: str,
        kind: str = "step",
        *,
        data: Optional[Mapping[str, Any]] = None,
        input: Any = None,
        tags: Optional[Sequence[str]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        agent_id: Optional[str] = None,
        agent_name: Optional[str] = None,
        start_time: Optional[Time] = None,
        id: Optional[str] = None,
    ) -> "Span":
        """Opens a span below this one. `data` is what is known now: the arguments of a tool, the messages of a model.

        `kind` is free text; `llm`, `tool`, `retrieval`, `agent`, `step`, `pre_hook`, `post_hook` and `delegation` mean
        something to Clew. It does not become the current span: `with` does that.
        """
        trace = self._trace
        start = None if start_time is None else nanos_of(start_time)
        span = Span(trace, id or new_span_id(), self._id_as_parent(), name, kind, start)
        try:
            if data is not None:
                span._data, size = trace.client._kept(data)
                span._bytes += size
            if not (
                input is None and tags is None and metadata is None and session_id is None and user_id is None
                and agent_id is None and agent_name is None
            ):  # fmt: skip
                told = {"session_id": session_id, "user_id": user_id, "agent_id": agent_id, "agent_name": agent_name}
                span._fields, size = trace.client._fields(told, input, tags, metadata)
                span._bytes += size
        except Exception as error:
            trace.client._fault(error)
        trace.client._opened(span)
        return span

    child = start_span

    def _id_as_parent(self) -> Optional[str]:
        return self.id

    # What is said about it

    def set(self, data: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        """Adds to what was known at its start."""
        self.client._add(self, data={**dict(pairs_of(data)), **more})

    def set_end(self, data: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        """Adds to what `end` will tell."""
        self.client._add(self, end_data={**dict(pairs_of(data)), **more})

    def set_usage(self, **usage: Any) -> None:
        """Tokens: `input_tokens` (cached ones included), `output_tokens` (reasoning included), `cached_tokens`,
        `cache_write_tokens`, `reasoning_tokens`, `total_tokens`, and `cost` in USD."""
        self.client._add(self, end_data=usage)

    def set_input(self, value: Any) -> None:
        """What went in."""
        self.client._add(self, fields={"input": value})

    def set_output(self, value: Any) -> None:
        """What came out."""
        self.client._add(self, end_fields={"output": value})

    def set_metadata(self, metadata: Optional[Mapping[str, Any]] = None, **more: Any) -> None:
        """Adds facts that are no payload."""
        self.client._add(self, fields={"metadata": {**dict(pairs_of(metadata)), **more}})

    def set_tags(self, *tags: str) -> None:
        """Replaces the tags."""
        self.client._add(self, fields={"tags": list(tags)})

    def set_session(self, session_id: str) -> None:
        """The conversation that it belongs to."""
        self.client._add(self, fields={"session_id": session_id})

    def set_user(self, user_id: str) -> None:
        """The user that it serves."""
        self.client._add(self, fields={"user_id": user_id})

    def event(self, name: str, data: Optional[Mapping[str, Any]] = None, *, time: Optional[Time] = None) -> None:
        """Notes something that happened at one moment."""
        self.client._noted(self, name, data, time)

    # How it ends

    def end(
        self, data: Optional[Mapping[str, Any]] = None, *, output: Any = None, end_time: Optional[Time] = None
    ) -> None:
        """Ends it. `data` is what is known now: the answer of a model and its tokens, the result of a tool."""
        self.client._ended(self, data, output, None, end_time)
        if self._closes is not None:
            self._closes.end(output=output, end_time=end_time)

    def fail(
        self, error: Error = "failed", data: Optional[Mapping[str, Any]] = None, *, end_time: Optional[Time] = None
    ) -> None:
        """Ends it as failed. `error` is a text, an exception, or an object with `message`, `type` and `stack`."""
        self.client._ended(self, data, None, error, end_time)
        if self._closes is not None:
            self._closes.fail(error, end_time=end_time)

    # Where it is current

    def activate(self) -> ContextManager["Span"]:
        """Inside of `with span.activate():` it is the current span; it is not ended at the end."""
        return current.holding(self)

    def __enter__(self: Self) -> Self:
        self._token = current.put(self)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        token, self._token = self._token, None
        if token is not None:
            current.take_back(token)
        if self._end is not None:
            return
        if error is None or isinstance(error, GeneratorExit):
            self.end()
        else:
            self.fail(error)

    async def __aenter__(self: Self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.__exit__(kind, error, trace)

    def __repr__(self) -> str:
        state = "ended" if self.ended else "open"
        return f"<{type(self).__name__} {self.name!r} {self.kind} {self.id} of run {self.run_id} ({state})>"


class Run(Span):
    """One execution of an agent. A nested one, or one that began in another process, is a span of kind `agent` in the
    run that it is part of."""

    __slots__ = ("is_root", "identity")

    def __init__(
        self,
        trace: Trace,
        id: str,
        parent_id: Optional[str],
        name: str,
        *,
        is_root: bool,
        start: Optional[int] = None,
    ) -> None:
        super().__init__(trace, id, parent_id, name, "run" if is_root else "agent", start)
        self.is_root = is_root
        self.identity: Dict[str, Kept] = {}  # name, agent, ...: what a root says each time

    @property
    def span_id(self) -> str:
        """Id of its span, 16 hex digits."""
        return self._trace.root_span_id if self.is_root else span_id_of(self.id)

    def _id_as_parent(self) -> Optional[str]:
        return None if self.is_root else self.id

    def complete(
        self, output: Any = None, data: Optional[Mapping[str, Any]] = None, *, end_time: Optional[Time] = None
    ) -> None:
        """Ends the run as completed."""
        self.end(data, output=output, end_time=end_time)


def error_fields(error: Error) -> Dict[str, str]:
    """Message, type and stack of an error."""
    if isinstance(error, BaseException):
        kind = type(error)
        module = "" if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}."
        stack = "".join(traceback.format_exception(kind, error, error.__traceback__))
        return {
            "message": _words_of(error),
            "type": f"{module}{kind.__qualname__}",
            "stack": stack if len(stack) <= STACK_MAX else "…" + stack[-STACK_MAX:],
        }
    if isinstance(error, Mapping):
        return {str(key): value if isinstance(value, str) else json_text(value) for key, value in error.items()}
    return {"message": error if isinstance(error, str) else json_text(error)}


def _words_of(error: BaseException) -> str:
    try:
        return str(error) or type(error).__name__
    except Exception:
        return type(error).__name__


def frozen_fields(fields: Mapping[str, Any]) -> Tuple[Dict[str, Kept], int]:
    """Fields as a span keeps them, and about how many bytes they take."""
    kept: Dict[str, Kept] = {}
    size = 0
    for key, value in fields.items():
        one = freeze(value)
        kept[key] = one
        size += size_of(one)
    return kept, size


def merged(older: Optional[Dict[str, Kept]], newer: Dict[str, Kept]) -> Dict[str, Kept]:
    """Fields told together; objects of metadata are joined, of anything else the newer one counts."""
    if not older:
        return newer
    joined = {**older, **newer}
    before, after = older.get("metadata"), newer.get("metadata")
    if isinstance(before, Frozen) and isinstance(after, Frozen):
        joined["metadata"] = freeze({**before.thawed(), **after.thawed()})
    return joined


def texts(values: Optional[Sequence[str]]) -> Optional[List[str]]:
    """Tags as a list of texts; one text alone is one tag."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Iterable):
        return [str(values)]
    return [str(value) for value in values]


def pairs_of(fields: Any) -> "ItemsView[Any, Any]":
    """The members of an object; of anything else, one member that has it."""
    if fields.__class__ is dict:
        return fields.items()
    try:
        return dict(() if fields is None else fields.items()).items()
    except Exception:
        return {"value": fields}.items()
