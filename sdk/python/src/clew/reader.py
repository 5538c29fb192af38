"""The reading side: runs, spans, search, labels, over `/api/v1` (docs/api.md)."""

from __future__ import annotations

import json
import threading
import weakref
from dataclasses import dataclass, field
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union
from urllib.parse import quote, urlencode

from .configuration import Environment, Settings, read_settings, shown_url
from .transport import Answer, HttpTransport, Unreachable

Json = Dict[str, Any]


class ReadError(Exception):
    """A question that was not answered. `status` is 0 where no answer came at all."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Item:
    """An object of an answer; its members are attributes: `row.trace_id`, `row.usage.input`. `data` is all of it."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data: Json = dict(data)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return wrapped(self.__dict__["data"][name])
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no {name!r}; it has {sorted(self.data)}") from None

    def get(self, name: str, default: Any = None) -> Any:
        """A member that may be missing."""
        return wrapped(self.data.get(name, default))

    def __getitem__(self, name: str) -> Any:
        return wrapped(self.data[name])

    def __contains__(self, name: object) -> bool:
        return name in self.data

    def __repr__(self) -> str:
        said = {
            key: self.data[key] for key in ("trace_id", "span_id", "session_id", "name", "status") if key in self.data
        }
        return f"<{type(self).__name__} {said or list(self.data)}>"


def wrapped(value: Any) -> Any:
    """JSON with objects as items."""
    if isinstance(value, dict):
        return Item(value)
    return [wrapped(one) for one in value] if isinstance(value, list) else value


@dataclass
class Page:
    """Rows of a list, and where it goes on."""

    items: List[Any] = field(default_factory=list)
    next_cursor: Optional[str] = None
    total: Optional[int] = None
    total_is: Optional[str] = None  # "exact" or "at_least"
    data: Json = field(default_factory=dict)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class OpenedRun(Item):
    """A run with its spans."""

    @property
    def spans(self) -> List[Any]:
        """Its spans in the order of the tree."""
        return [Item(span) for span in self.data.get("spans", ())]

    @property
    def trace(self) -> Any:
        """Its row."""
        return Item(self.data["trace"])

    def __getattr__(self, name: str) -> Any:
        row = self.__dict__["data"].get("trace", {})
        return wrapped(row[name]) if name in row else super().__getattr__(name)


class Reader:
    """Reads from a Clew. Unlike the recording side it raises (`ReadError`) when it has no answer."""

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        *,
        workspace: Optional[str] = None,
        timeout: Optional[float] = None,
        settings: Optional[Settings] = None,
    ) -> None:
        self.settings = settings or read_settings(
            Environment(), api_key=api_key, base_url=base_url, workspace=workspace, timeout=timeout, spool=False
        )
        self._transport = HttpTransport(self.settings)
        self._lock = threading.Lock()
        weakref.finalize(self, self._transport.close)

    def list(
        self, filter: Optional[str] = None, *, sort: Optional[str] = None, limit: int = 50, cursor: Optional[str] = None
    ) -> Page:
        """A page of runs that meet a filter (docs/filters.md), the newest first unless `sort` says otherwise."""
        return self._page("traces", "traces", filter=filter, sort=sort, limit=limit, cursor=cursor)

    def iterate(self, filter: Optional[str] = None, *, sort: Optional[str] = None, limit: int = 200) -> Iterator[Any]:
        """Every run that meets a filter, page by page."""
        cursor: Optional[str] = None
        while True:
            page = self.list(filter, sort=sort, limit=limit, cursor=cursor)
            yield from page
            cursor = page.next_cursor
            if cursor is None:
                return

    def open(self, trace_id: str) -> OpenedRun:
        """A run with all its spans, by Clew's id or its sender's."""
        path = f"traces/{quote(trace_id, safe='')}"
        answer = self.get(path)
        cursor = answer.get("next_cursor")
        while cursor:
            more = self.get(path, cursor=cursor)
            answer["spans"] += more["spans"]
            cursor = more.get("next_cursor")
        return OpenedRun(answer)

    def span(self, trace_id: str, span_id: str) -> Item:
        """One span with its messages, arguments, attributes and events."""
        return Item(self.get(f"traces/{quote(trace_id, safe='')}/spans/{quote(span_id, safe='')}"))

    def spans(
        self, filter: Optional[str] = None, *, sort: Optional[str] = None, limit: int = 50, cursor: Optional[str] = None
    ) -> Page:
        """A page of spans that meet a filter."""
        return self._page("spans", "spans", filter=filter, sort=sort, limit=limit, cursor=cursor)

    def sessions(
        self, filter: Optional[str] = None, *, sort: Optional[str] = None, limit: int = 50, cursor: Optional[str] = None
    ) -> Page:
        """A page of sessions."""
        return self._page("sessions", "sessions", filter=filter, sort=sort, limit=limit, cursor=cursor)

    def search(self, words: str, *, limit: int = 50, cursor: Optional[str] = None) -> Page:
        """Where words stand in names, ids, errors and texts."""
        return self._page("search", "hits", q=words, limit=limit, cursor=cursor)

    def stats(self, group_by: Union[str, None] = None, *, filter: Optional[str] = None) -> Item:
        """Counts, tokens, cost and durations, by at most two of agent, model, tool, name, status, hour, day."""
        return Item(self.get("stats", group_by=group_by, filter=filter))

    def put_label(
        self,
        name: str,
        value: Optional[str] = None,
        *,
        score: Optional[float] = None,
        explanation: Optional[str] = None,
        trace_id: Optional[str] = None,
        span_id: Optional[str] = None,
        session_id: Optional[str] = None,
        author: Optional[str] = None,
    ) -> None:
        """A verdict on a run (`trace_id`), a span (`trace_id` and `span_id`) or a session (`session_id`). The same
        name and author again replaces it."""
        said = {
            "name": name, "value": value, "score": score, "explanation": explanation, "trace_id": trace_id,
            "span_id": span_id, "session_id": session_id, "author": author, "source": "sdk",
        }  # fmt: skip
        self.call("POST", "labels", {key: one for key, one in said.items() if one is not None})

    def labels(self, name: Optional[str] = None, *, limit: int = 50, cursor: Optional[str] = None) -> Page:
        """A page of labels."""
        return self._page("labels", "labels", name=name, limit=limit, cursor=cursor)

    def delete_label(self, label_id: Union[str, int]) -> None:
        """Takes a label back."""
        self.call("DELETE", f"labels/{quote(str(label_id), safe='')}")

    def get(self, path: str, **parameters: Any) -> Json:
        """Any other question of the API: `reader.get("histogram", buckets=24)`."""
        said = {key: value for key, value in parameters.items() if value is not None}
        found = self.call("GET", path + (f"?{urlencode(said)}" if said else ""))
        return found if isinstance(found, dict) else {"value": found}

    def call(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None) -> Any:
        """One request below `/api/v1`."""
        return self.request(method, f"/api/v1/{path}", body)

    def request(self, method: str, path: str, body: Optional[Mapping[str, Any]] = None) -> Any:
        """One request; the answer's JSON."""
        packed = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            with self._lock:
                answer = self._transport.request(method, path, packed, headers)
        except Unreachable as error:
            raise ReadError(
                0, "unreachable", f"{shown_url(self.settings.base_url)} does not answer: {error}"
            ) from error
        if not 200 <= answer.status < 300:
            raise _error_of(answer)
        return answer.json()

    def _page(self, path: str, member: str, **parameters: Any) -> Page:
        answer = self.get(path, **parameters)
        items = [Item(one) for one in answer.get(member, ())]
        return Page(items, answer.get("next_cursor"), answer.get("total"), answer.get("total_is"), answer)

    def close(self) -> None:
        """Closes its connection."""
        with self._lock:
            self._transport.close()


def _error_of(answer: Answer) -> ReadError:
    said = answer.json()
    error = said.get("error") if isinstance(said, dict) else None
    code = error.get("code", "error") if isinstance(error, dict) else "error"
    return ReadError(answer.status, str(code), answer.words())
