"""What a client keeps until it is sent: a bounded queue of spans and events."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Any, Deque, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from .clock import Clock, Time, nanos_of
from .configuration import Settings
from .encoding import Frozen, Kept, freeze, json_text, size_of
from .identity import new_span_id
from .notices import Notices
from .records import Noted, Redact, Waiting
from .sender import Sender
from .spans import (
    SPAN_BYTES,
    Error,
    Run,
    Span,
    Told,
    error_fields,
    frozen_fields,
    merged,
    pairs_of,
    texts,
)  # fmt: skip

_CONTENT = frozenset((
    "messages", "input", "prompt", "system", "system_prompt", "instructions", "arguments", "args", "query", "task",
    "documents", "response", "content", "result", "output", "tool_calls", "modified_input", "modified_output", "text",
    "reasoning", "choices", "prediction", "value",
))  # fmt: skip
"""Members of `data` that are left out where nothing is captured; `value` is what was given instead of an object."""


Sized = Tuple[Dict[str, Kept], int]
"""Fields, and about how many bytes they take."""


class Recorder:
    """Takes what spans say, from any thread, and hands it to the sender."""

    has_thread = True
    _sender: Sender

    def __init__(self, settings: Settings, clock: Clock, redact: Optional[Redact]) -> None:
        self.settings = settings
        self.clock = clock
        self.notices = Notices(clock)
        self.redact = redact
        self.is_recording = not settings.disabled
        # Reentrant: a generator that is collected while the lock is held may end its span.
        self._lock = threading.RLock()
        self._queue: Deque[Union[Span, Noted]] = deque()
        self._queued_bytes = 0
        self._dropped = 0

    # What spans say

    def _kept(self, data: Mapping[str, Any]) -> Sized:
        kept: Dict[str, Kept] = {}
        captures = self.settings.capture
        size = 0
        for key, value in pairs_of(data):
            if captures or key not in _CONTENT:
                one = freeze(value)
                kept[key if key.__class__ is str else str(key)] = one
                size += size_of(one)
        return kept, size

    def _fields(
        self,
        said: Mapping[str, Optional[str]],
        input: Any,
        tags: Optional[Sequence[str]],
        metadata: Optional[Mapping[str, Any]],
    ) -> Sized:
        fields: Dict[str, Any] = {key: str(value) for key, value in said.items() if value is not None}
        if input is not None and self.settings.capture:
            fields["input"] = input
        if tags is not None:
            fields["tags"] = texts(tags)
        if metadata:
            fields["metadata"] = dict(pairs_of(metadata))
        return frozen_fields(fields)

    def _add(
        self,
        span: Span,
        data: Optional[Mapping[str, Any]] = None,
        end_data: Optional[Mapping[str, Any]] = None,
        fields: Optional[Mapping[str, Any]] = None,
        end_fields: Optional[Mapping[str, Any]] = None,
    ) -> None:
        try:
            if span._end is not None:
                self._misused(f"{span!r} has ended; what is said about it afterwards is passed over")
                return
            captures = self.settings.capture
            new_data, a = self._kept(data) if data else ({}, 0)
            new_end_data, b = self._kept(end_data) if end_data else ({}, 0)
            new_fields, c = frozen_fields({k: v for k, v in (fields or {}).items() if captures or k != "input"})
            new_end_fields, d = frozen_fields(end_fields or {}) if captures else ({}, 0)
            with self._lock:
                self._grow(span, a + b + c + d)
                if new_data:
                    span._data = {**(span._data or {}), **new_data}
                if new_end_data:
                    span._end_data = {**(span._end_data or {}), **new_end_data}
                if new_fields:
                    span._fields = merged(span._fields, new_fields)
                if new_end_fields:
                    span._end_fields = {**(span._end_fields or {}), **new_end_fields}
                if not span._is_queued and (new_data or new_fields):
                    self._enqueue(span)
            self._sender.noticed(len(self._queue))
        except Exception as error:
            self._fault(error)

    def _noted(self, span: Span, name: str, data: Optional[Mapping[str, Any]], moment: Optional[Time]) -> None:
        try:
            if not self.is_recording:
                return
            trace = span._trace
            when = nanos_of(moment) or (trace.steady() + trace.offset)
            fields: Dict[str, Kept] = {"id": new_span_id(), "name": str(name), "time": when}
            if not (isinstance(span, Run) and span.is_root):
                fields["span_id"] = span.id
            if data and self.settings.capture:
                fields["data"] = Frozen(json_text(dict(pairs_of(data))))
            size = SPAN_BYTES + sum(size_of(kept) for kept in fields.values())
            with self._lock:
                has_room = self._has_room()
                if has_room:
                    self._queue.append(Noted(trace.run_id, fields, size))
                    self._queued_bytes += size
            if not has_room:
                self._drop("an event")
            self._sender.noticed(len(self._queue))
        except Exception as error:
            self._fault(error)

    # The queue

    def _opened(self, span: Span) -> None:
        queue = self._queue
        with self._lock:
            # Without room its opening is passed over; its end tells everything, if there is room by then.
            self._enqueue(span)
        self._sender.noticed(len(queue))

    def _ended(
        self, span: Span, data: Optional[Mapping[str, Any]], output: Any, error: Optional[Error], moment: Optional[Time]
    ) -> None:
        try:
            trace = span._trace
            end = trace.steady() + trace.offset if moment is None else nanos_of(moment)
            end_data, size = (None, 0) if data is None else self._kept(data)
            fields: Optional[Dict[str, Kept]] = None
            if output is not None or error is not None:
                fields, more = self._end_fields(output, error)
                size += more
            is_kept = True
            with self._lock:
                ended_before = span._end is not None
                if not ended_before:
                    had_room = self._has_room()
                    self._grow(span, size)
                    if end_data:
                        span._end_data = end_data if span._end_data is None else {**span._end_data, **end_data}
                    if fields:
                        span._end_fields = fields if span._end_fields is None else {**span._end_fields, **fields}
                    span._end = max(end, span._start) if end is not None else trace.steady() + trace.offset
                    if not span._is_queued:
                        is_kept = self._enqueue(span)
                    elif not had_room:
                        is_kept = self._shrunk(span)
            if ended_before:
                self._misused(f"{span!r} has ended before; ending it again is passed over")
            if not is_kept:
                self._drop("a span, or what it said at its end,")
            self._sender.noticed(len(self._queue))
        except Exception as fault:
            self._fault(fault)

    def _end_fields(self, output: Any, error: Optional[Error]) -> Sized:
        fields: Dict[str, Any] = {}
        if output is not None and self.settings.capture:
            fields["output"] = output
        if error is not None:
            fields["error"] = error_fields(error)
            fields["status"] = "error"
        return frozen_fields(fields)

    def _enqueue(self, span: Span) -> bool:
        """Puts a span into the queue; called with the lock."""
        if not self.is_recording:
            return True
        if not self._has_room():
            return False
        span._is_queued = True
        self._queue.append(span)
        self._queued_bytes += span._bytes
        return True

    def _grow(self, span: Span, size: int) -> None:
        """Counts what a span has said; called with the lock."""
        span._bytes += size
        if span._is_queued:
            self._queued_bytes += size

    def _shrunk(self, span: Span) -> bool:
        """Without room a span that waits already keeps its end, and not what it said there; called with the lock."""
        said = [one for fields in (span._end_data, span._end_fields) if fields for one in fields.values()]
        self._grow(span, -min(sum(map(size_of, said)), span._bytes - SPAN_BYTES))
        status = (span._end_fields or {}).get("status")
        span._end_data, span._end_fields = None, None if status is None else {"status": status}
        return not said

    def _has_room(self) -> bool:
        return self._queued_bytes + self._sender.held_bytes() <= self.settings.memory_max_bytes

    def _drop(self, what: str) -> None:
        self._dropped += 1
        words = f"{what} is lost: {self.settings.memory_max_bytes} bytes wait in memory (CLEW_MAX_MEMORY_BYTES)"
        self.notices.say(logging.ERROR, "dropped", words)

    def has_waiting(self) -> bool:
        """Whether anything waits in the queue."""
        return bool(self._queue)

    def take(self, count: int) -> List[Waiting]:
        """Takes the first records out of the queue."""
        taken: List[Waiting] = []
        queue = self._queue
        with self._lock:
            while queue and len(taken) < count:
                one = queue.popleft()
                if isinstance(one, Noted):
                    self._queued_bytes -= one.bytes
                    taken.append(one)
                    continue
                self._queued_bytes -= one._bytes
                one._bytes = SPAN_BYTES
                one._is_queued = False
                taken.append(Told(one))
        return taken

    # What goes wrong

    def _misused(self, words: str) -> None:
        if self.settings.strict:
            raise MisuseError(words)
        self.notices.say(logging.WARNING, "misuse", words)

    def _fault(self, error: Exception) -> None:
        if isinstance(error, MisuseError):
            raise error
        if self.settings.strict:
            raise error
        self.notices.say(logging.ERROR, "fault", f"the SDK met {error!r}; the program goes on")

    def _forget(self) -> None:
        """In a child process: what waited is the parent's to send."""
        self._lock = threading.RLock()
        self.notices = Notices(self.clock)
        for one in self._queue:
            if isinstance(one, Span):
                one._is_queued = False
                one._is_told = True
        self._queue = deque()
        self._queued_bytes = 0
        self._dropped = 0


class MisuseError(Exception):
    """The SDK was used in a way that cannot be meant. Raised only where `strict` is on."""
