"""Compares answers of agno's routes with the recorded ones, but for what a replay cannot have."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from api import exchange
from otlp import PROTOBUF
from recordings import FIXTURES
from server import Server

AGNO = FIXTURES / "agno"
# Times of arrival and of the search itself: there, but not the same.
ONLY_PRESENT = {"created_at", "first_trace_at", "last_trace_at", "search_time_ms"}
DURATION = re.compile(r"^([\d.]+)(ms|s)$")


def send_recorded(server: Server) -> list[str]:
    """Sends the bodies that the recorded answers are about."""
    problems = []
    for body in sorted((AGNO / "otlp").glob("*.pb")):
        answer = exchange(server.port, "POST", "/v1/traces", body.read_bytes(), PROTOBUF)
        if answer.status != 200:
            problems.append(f"{body.name}: {answer.status} {answer.text()[:200]}")
    return problems


def unequal(want: Any, got: Any, where: str = "") -> list[str]:
    """One line for each place where the two differ; a field that is absent differs from one that is null."""
    if isinstance(want, dict) and isinstance(got, dict):
        problems = [f"{where}.{key}: only agno has it" for key in want.keys() - got.keys()]
        problems += [f"{where}.{key}: only Clew has it, {json.dumps(got[key])[:80]}"
                     for key in got.keys() - want.keys()]
        for key in want.keys() & got.keys():
            if key not in ONLY_PRESENT:
                problems += unequal(want[key], got[key], f"{where}.{key}")
        return sorted(problems)
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        pairs = enumerate(zip(want, got, strict=True))
        return [line for at, (left, right) in pairs for line in unequal(left, right, f"{where}[{at}]")]
    if want == got or where.endswith(".duration") and _near(want, got):
        return []
    if where.endswith(("start_time", "end_time")) and _same_time(want, got):
        return []
    return [f"{where}: agno gave {json.dumps(want)[:160]}, Clew {json.dumps(got)[:160]}"]


def sessions(page: dict[str, Any]) -> dict[str, Any]:
    """A page of sessions without its order, which is by time of arrival; of a part of them only how many."""
    full = page["meta"]["total_count"] == len(page["data"])
    rows = sorted(page["data"], key=lambda row: row["session_id"]) if full else len(page["data"])
    return {"data": rows, "meta": page["meta"]}


def _same_time(want: Any, got: Any) -> bool:
    """agno's times went through a binary floating point number, which costs the last microsecond."""
    try:
        apart = datetime.fromisoformat(want) - datetime.fromisoformat(got)
    except (TypeError, ValueError):
        return False
    return abs(apart) <= timedelta(microseconds=1)


def _near(want: Any, got: Any) -> bool:
    """agno's milliseconds carry the error of its store's arithmetic, a two-digit number of seconds its rounding."""
    found = [DURATION.match(text) for text in (want, got) if isinstance(text, str)]
    if len(found) != 2 or not all(found):
        return False
    left, right = (float(match[1]) * (1000 if match[2] == "s" else 1) for match in found if match)
    return abs(left - right) <= (10 if "ms" not in want else 1)
