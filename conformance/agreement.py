"""List, header, tree, skeleton, session, statistics, command line and export must show the same totals."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import observed
import skeleton
from api import Api, exchange
from server import Server, clew

Json = dict[str, Any]
TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning")
# An exported line is a run's spans in OTLP; what stands beside them is not in it.
NOT_EXPORTED = ("labels", "attachments", "sender_trace_ids")


def problems(server: Server, trace_ids: list[str]) -> list[str]:
    """One line for each pair of places that disagree."""
    api = Api(server.port)
    rows = {row["trace_id"]: row for row in api.rows()}
    found: list[str] = []
    for trace_id in trace_ids:
        if trace_id not in rows:
            continue  # said elsewhere
        detail = api.get(f"traces/{trace_id}")
        found += _equal(f"{trace_id[:8]} list and header", _without_clock(rows[trace_id]),
                        _without_clock(detail["trace"]))
        found += _tree_sums(trace_id, detail)
        columns = api.call("GET", f"traces/{trace_id}/skeleton")
        found += [f"{trace_id[:8]} skeleton: {problem}" for problem in skeleton.problems(columns.body, detail)]
        found += _command_line(server, trace_id, detail)
    listed = list(rows.values())
    for place in (_sessions, _statistics, _export):
        try:
            found += place(api, listed)
        except RuntimeError as error:  # a place that does not answer must not hide the others
            found.append(str(error))
    return found


def _without_clock(row: Json) -> Json:
    return {key: value for key, value in row.items() if key not in ("state",)}


def _equal(what: str, left: Any, right: Any) -> list[str]:
    if left == right:
        return []
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
        return [f"{what}: {key} {left.get(key)!r} and {right.get(key)!r}" for key in sorted(keys)]
    return [f"{what}: {left!r} and {right!r}"]


def _tree_sums(trace_id: str, detail: Json) -> list[str]:
    counted = [span for span in detail["spans"] if span["counted"]]
    header = detail["trace"]
    found = []
    for name in TOKENS:
        lines = [span["usage"][name] for span in counted if span["usage"] and span["usage"][name] is not None]
        total = sum(lines) if lines else None
        found += _equal(f"{trace_id[:8]} header and sum of the tree's lines: {name}", header["usage"][name], total)
    costs = [Decimal(span["cost"]["total"]) for span in detail["spans"]
             if span["cost"] and span["cost"].get("counted", span["counted"])]
    shown = Decimal(header["cost"]["total"]) if header["cost"] else None
    found += _equal(f"{trace_id[:8]} header and sum of the tree's lines: cost", shown, sum(costs) if costs else None)
    return found


def _command_line(server: Server, trace_id: str, detail: Json) -> list[str]:
    shown = json.loads(clew("traces", "show", trace_id, "--json", data=server.data))
    return _equal(f"{trace_id[:8]} API and clew traces show --json",
                  (_without_clock(detail["trace"]), detail["spans"]),
                  (_without_clock(shown["trace"]), shown["spans"]))


def _sum(rows: list[Json]) -> Json:
    total: Json = {"traces": len(rows)}
    for name in TOKENS:
        values = [row["usage"][name] for row in rows if row["usage"][name] is not None]
        total[name] = sum(values) if values else None
    costs = [Decimal(row["cost"]["total"]) for row in rows if row["cost"]]
    total["cost"] = sum(costs) if costs else None
    return total


def _sessions(api: Api, rows: list[Json]) -> list[str]:
    found = []
    for session_id in {row["session_id"] for row in rows if row["session_id"]}:
        mine = [row for row in rows if row["session_id"] == session_id]
        session = api.get(f"sessions/{session_id}")
        found += _equal(f"session {session_id[:12]} and its traces", _totals(session["session"]), _sum(mine))
    return found


def _statistics(api: Api, rows: list[Json]) -> list[str]:
    groups = api.get("stats", group_by="agent")["rows"]
    by_agent = _sum(groups) | {"traces": sum(group["count"] for group in groups)}
    return _equal("statistics by agent and the list", by_agent, _sum(rows))


def _totals(session: Json) -> Json:
    cost = session["cost"]
    return {"traces": session["trace_count"], **{name: session["usage"][name] for name in TOKENS},
            "cost": Decimal(cost["total"]) if cost else None}


def _export(api: Api, rows: list[Json]) -> list[str]:
    """Every line of the export, sent to a fresh server, reads the same there."""
    lines = api.call("GET", "export").body.splitlines()
    found: list[str] = []
    with Server() as copy:
        for line in lines:
            answer = exchange(copy.port, "POST", "/v1/traces", line, {"Content-Type": "application/json"})
            if answer.status != 200:
                found.append(f"import of an exported line: {answer.status} {answer.text()[:200]}")
        other = Api(copy.port)
        for trace_id in (row["trace_id"] for row in rows):
            here, there = (_of_spans(observed.trace(each, trace_id)) for each in (api, other))
            found += _equal(f"{trace_id[:8]} before export and after import", here, there)
    return found


def _of_spans(seen: Json) -> Json:
    return {key: value for key, value in seen.items() if key not in NOT_EXPORTED}
