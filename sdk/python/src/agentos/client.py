"""The reading client of the AgentOS documents, over the routes that a Clew answers like an AgentOS (docs/agno.md)."""

from __future__ import annotations

import asyncio
import functools
from datetime import datetime
from types import TracebackType
from typing import Any, AsyncIterator, Dict, Mapping, Optional, Type, Union
from urllib.parse import quote, urlencode

from clew.reader import Reader

from .traces import Paginated, SessionStats, Trace, TraceDetail, TraceSpan, detail_of, span_of, stats_of, trace_of

Json = Dict[str, Any]
Moment = Union[str, datetime, None]


class AgentOSClient:
    """Reads traces. Every call is a coroutine and raises `clew.ReadError` where it has no answer.

    Address and key default to `CLEW_URL` / `AGENTOS_BASE_URL` and `CLEW_API_KEY` / `AGENTOS_API_KEY`.
    """

    def __init__(
        self, base_url: Optional[str] = None, api_key: Optional[str] = None, *, timeout: Optional[float] = None
    ) -> None:
        self.reader = Reader(api_key, base_url, timeout=timeout)

    async def list_traces(
        self,
        *,
        run_id: Optional[str] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        agent_id: Optional[str] = None,
        team_id: Optional[str] = None,
        workflow_id: Optional[str] = None,
        status: Optional[str] = None,
        start_time: Moment = None,
        end_time: Moment = None,
        sort_by: Optional[str] = None,
        sort_order: Optional[str] = None,
        page: int = 1,
        limit: int = 20,
    ) -> Paginated[Trace]:
        """A page of traces, the newest first unless `sort_by` and `sort_order` say otherwise."""
        answer = await self._get(
            "/traces", run_id=run_id, session_id=session_id, user_id=user_id, agent_id=agent_id, team_id=team_id,
            workflow_id=workflow_id, status=status, start_time=start_time, end_time=end_time, sort_by=sort_by,
            sort_order=sort_order, page=page, limit=limit,
        )  # fmt: skip
        return Paginated([trace_of(row) for row in answer["data"]], answer["meta"])

    get_traces = list_traces

    async def iterate_traces(self, *, limit: int = 100, **filters: Any) -> AsyncIterator[Trace]:
        """Every trace that meets the filters of `list_traces`, page by page."""
        page = 1
        while True:
            found = await self.list_traces(page=page, limit=limit, **filters)
            for trace in found:
                yield trace
            if not found.has_more:
                return
            page += 1

    async def get_trace(self, trace_id: str) -> TraceDetail:
        """One trace with its spans."""
        return detail_of(await self._get(f"/traces/{quote(trace_id, safe='')}"))

    async def get_span(self, trace_id: str, span_id: str) -> TraceSpan:
        """One span of a trace."""
        return span_of(await self._get(f"/traces/{quote(trace_id, safe='')}", span_id=span_id))

    async def get_trace_stats_by_session(
        self,
        *,
        user_id: Optional[str] = None,
        agent_id: Optional[str] = None,
        team_id: Optional[str] = None,
        workflow_id: Optional[str] = None,
        start_time: Moment = None,
        end_time: Moment = None,
        sort_by: Optional[str] = None,
        sort_order: Optional[str] = None,
        page: int = 1,
        limit: int = 20,
    ) -> Paginated[SessionStats]:
        """A page of sessions with the number and times of their traces."""
        answer = await self._get(
            "/traces/stats/sessions", user_id=user_id, agent_id=agent_id, team_id=team_id, workflow_id=workflow_id,
            start_time=start_time, end_time=end_time, sort_by=sort_by, sort_order=sort_order, page=page, limit=limit,
        )  # fmt: skip
        return Paginated([stats_of(row) for row in answer["data"]], answer["meta"])

    get_trace_session_stats = get_trace_stats_by_session

    async def search_traces(
        self, filter_expr: Optional[Mapping[str, Any]] = None, *, page: int = 1, limit: int = 20
    ) -> Paginated[TraceDetail]:
        """Traces with their spans that meet an expression: `{"op": "EQ", "key": "status", "value": "ERROR"}`."""
        body = {"filter": filter_expr, "group_by": "run", "page": page, "limit": limit}
        answer = await self._call("POST", "/traces/search", body)
        return Paginated([detail_of(row) for row in answer["data"]], answer["meta"])

    async def search_sessions(
        self, filter_expr: Optional[Mapping[str, Any]] = None, *, page: int = 1, limit: int = 20
    ) -> Paginated[SessionStats]:
        """The sessions of the traces that meet an expression."""
        body = {"filter": filter_expr, "group_by": "session", "page": page, "limit": limit}
        answer = await self._call("POST", "/traces/search", body)
        return Paginated([stats_of(row) for row in answer["data"]], answer["meta"])

    async def get_filter_schema(self) -> Json:
        """What an expression may ask for."""
        return await self._get("/traces/filter-schema")

    async def get_config(self) -> Json:
        """What the server says of itself."""
        return await self._get("/config")

    aget_config = get_config

    async def close(self) -> None:
        """Closes its connection."""
        self.reader.close()

    async def __aenter__(self) -> "AgentOSClient":
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    async def _get(self, path: str, **parameters: Any) -> Json:
        said = {key: _text(value) for key, value in parameters.items() if value is not None}
        return await self._call("GET", path + (f"?{urlencode(said)}" if said else ""))

    async def _call(self, method: str, path: str, body: Optional[Json] = None) -> Json:
        ask = functools.partial(self.reader.request, method, path, body)
        answer = await asyncio.get_running_loop().run_in_executor(None, ask)
        return answer if isinstance(answer, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo is not None else value.astimezone()).isoformat()
    return str(value)
