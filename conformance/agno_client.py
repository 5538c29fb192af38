"""agno's own client reads from Clew what it read from agno's server: the recorded calls of fixtures/agno."""

from __future__ import annotations

import json
from typing import Any

from agno_compare import AGNO, send_recorded, sessions, unequal
from running import run_program
from server import Server

CALLS = AGNO / "client_calls.json"
# agno's own inventory of models, stores and agents. That the client's model takes the answer is what matters.
OWN_INVENTORY = {"config"}


def check() -> list[str]:
    """Sends the recorded bodies, repeats the recorded calls, and compares what the client made of the answers."""
    recorded = json.loads(CALLS.read_text())
    with Server() as server:
        problems = send_recorded(server)
        seen = run_program("agno_client.py", "agno-client", {"TARGET": server.base, "CALLS": str(CALLS)})
    for name, want in recorded.items():
        problems += [f"{name}{line}" for line in _differences(name, want, seen[name])]
    return problems


def _differences(name: str, want: Any, got: Any) -> list[str]:
    if "raises" in want:
        recorded = {"raises": want["raises"], "body": json.loads(want["body"])}
        return unequal(recorded, {"raises": got.get("raises"), "body": json.loads(got.get("body", "null"))})
    if "raises" in got:
        return [f": raises {got['raises']} {got['status']} {got['body'][:200]}"]
    if name in OWN_INVENTORY:
        return []
    if want["method"] == "get_trace_session_stats" or want["kwargs"].get("group_by") == "session":
        return unequal(sessions(want["result"]), sessions(got["result"]))
    return unequal(want["result"], got["result"])
