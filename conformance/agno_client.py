"""agno's own client reads from Clew what it read from agno's server: the recorded calls of fixtures/agno."""

from __future__ import annotations

import json
import re
from typing import Any

from api import exchange
from clients import run_program
from recordings import FIXTURES
from server import Server

Json = Any
AGNO = FIXTURES / "agno"
# Not derivable from what was sent (time of arrival, time of the search), or agno's own inventory.
UNCOMPARABLE = {"created_at", "first_trace_at", "last_trace_at", "search_time_ms"}
OWN_INVENTORY = {"config"}
DURATION = re.compile(r"^([\d.]+)(ms|s)$")


def check() -> list[str]:
    """Sends the recorded bodies, repeats the recorded calls, and compares what the client made of the answers."""
    recorded = json.loads((AGNO / "client_calls.json").read_text())
    with Server() as server:
        problems = _send(server)
        seen = run_program("agno_client.py", "agno", {"TARGET": server.base, "CALLS": str(AGNO / "client_calls.json")})
    for name, want in recorded.items():
        problems += [f"{name}{line}" for line in _differences(name, want, seen[name])]
    return problems


def _send(server: Server) -> list[str]:
    problems = []
    for body in sorted((AGNO / "otlp").glob("*.pb")):
        answer = exchange(server.port, "POST", "/v1/traces", body.read_bytes(),
                          {"Content-Type": "application/x-protobuf"})
        if answer.status != 200:
            problems.append(f"{body.name}: {answer.status} {answer.text()[:200]}")
    return problems


def _differences(name: str, want: Json, got: Json) -> list[str]:
    if "raises" in want:
        seen = {"raises": got.get("raises"), "body": _loads(got.get("body"))}
        return _unequal({"raises": want["raises"], "body": _loads(want["body"])}, seen)
    if "raises" in got:
        return [f": raises {got['raises']} {got['status']} {got['body'][:200]}"]
    if name in OWN_INVENTORY:
        return []  # that the client's model took the answer is what matters
    if want["method"] == "get_trace_session_stats" or want["kwargs"].get("group_by") == "session":
        return _unequal(_sessions(want["result"]), _sessions(got["result"]))
    return _unequal(want["result"], got["result"])


def _sessions(page: Json) -> Json:
    """Sessions are ordered by time of arrival, which a replay does not have; a page of them is then any of them."""
    full = page["meta"]["total_count"] == len(page["data"])
    rows = sorted(page["data"], key=lambda row: row["session_id"]) if full else len(page["data"])
    return {"data": rows, "meta": page["meta"]}


def _loads(body: str | None) -> Json:
    try:
        return json.loads(body or "null")
    except ValueError:
        return body


def _unequal(want: Json, got: Json, where: str = "") -> list[str]:
    if isinstance(want, dict) and isinstance(got, dict):
        keys = [key for key in [*want, *(key for key in got if key not in want)] if key not in UNCOMPARABLE]
        return [line for key in keys for line in _unequal(want.get(key), got.get(key), f"{where}.{key}")]
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        pairs = enumerate(zip(want, got, strict=True))
        return [line for at, (left, right) in pairs for line in _unequal(left, right, f"{where}[{at}]")]
    if want == got or where.endswith(".duration") and _near(want, got):
        return []
    return [f"{where}: agno gave {json.dumps(want)[:160]}, Clew {json.dumps(got)[:160]}"]


def _near(want: Json, got: Json) -> bool:
    """agno's milliseconds carry the error of its store's arithmetic, a two-digit number of seconds its rounding."""
    found = [DURATION.match(text) for text in (want, got) if isinstance(text, str)]
    if len(found) != 2 or not all(found):
        return False
    left, right = (float(m[1]) * (1000 if m[2] == "s" else 1) for m in found if m)
    return abs(left - right) <= (10 if want.endswith("s") and not want.endswith("ms") else 1)
