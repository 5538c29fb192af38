"""Every recorded request to an agno server gets from Clew what it got from agno.

    python3 conformance/agno_answers.py [PATTERN...]
"""

from __future__ import annotations

import fnmatch
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from agno_compare import AGNO, send_recorded, sessions, unequal
from api import exchange
from server import Server
from suite import Suite
from tenants import make_key

RECORDED = ("traces_*", "trace_detail_*", "span_detail_*", "search_*", "stats_*", "filter_schema", "health", "auth_*")
# Where Clew differs on purpose, with the reason.
DIFFERENT = {
    "traces_list_unknown_param": "sort_by and sort_order work, as agno's documents promise",
    "traces_list_db_id": "the fixture's own database name",
    "health": "the time at which the server started",
    "auth_basic_config": "a key may be the password of Basic; one without a password is no key, not a wrong one",
    "auth_xkey_config": "x-api-key is one of the places where a key may stand",
}
# A body that is recorded only as "not JSON"; the answer says that a property name was expected at byte 1.
NOT_JSON = b"{bad"
# The key of the recorded server.
AGNO_KEY = "sekret"


def ask(server: Server, recorded: dict[str, Any]) -> list[str]:
    """Repeats one recorded request and compares the answer."""
    request, want = recorded["request"], recorded["response"]
    body = None if request["json"] is None else json.dumps(request["json"]).encode()
    headers = {**request["headers"], **({"Content-Type": "application/json"} if body is not None else {})}
    if "content-type" in request["headers"] and body is None:
        body = NOT_JSON
    answer = exchange(server.port, request["method"], request["url"], body, headers)
    # A time that cannot be read is the caller's fault: 400 with the same text is as good as agno's 500.
    if answer.status != want["status"] and not (want["status"] == 500 and answer.status == 400):
        return [f"status: agno gave {want['status']}, Clew {answer.status} {answer.text()[:200]}"]
    try:
        got = answer.json()
    except ValueError:
        return [f"no JSON: {answer.text()[:200]}"]
    if want["status"] == 200 and _is_session_page(want["body"]):
        return unequal(sessions(want["body"]), sessions(got))
    return unequal(want["body"], got)


def ask_with_key(server: Server, recorded: dict[str, Any], key: str) -> list[str]:
    """Repeats a request to a server that wants a key, with ours in the place of agno's: let in or not, and how."""
    request, want = recorded["request"], recorded["response"]
    headers = {name: value.replace(AGNO_KEY, key) for name, value in request["headers"].items()}
    answer = exchange(server.port, request["method"], request["url"], None, headers)
    if answer.status != want["status"]:
        return [f"status: agno gave {want['status']}, Clew {answer.status} {answer.text()[:200]}"]
    return [] if want["status"] == 200 else unequal(want["body"], answer.json())


def keyed(suite: Suite, patterns: list[str]) -> None:
    """The recorded requests to a server with a key, against one of ours that wants keys."""
    with tempfile.TemporaryDirectory(prefix="clew-agno-") as folder:
        data = Path(folder) / "data"
        key = make_key(data, "default", "read", "--name", "agno")
        with Server("--open", "false", data=data) as server:
            for file in sorted(AGNO.glob("auth_*.json")):
                if not file.stem.endswith("_dbone") and _wanted(file, patterns):
                    suite.case(file.stem, ask_with_key(server, json.loads(file.read_text()), key))


def _is_session_page(body: Any) -> bool:
    rows = body.get("data") if isinstance(body, dict) else None
    return isinstance(rows, list) and bool(rows) and "total_traces" in rows[0]


def main(patterns: list[str]) -> int:
    """Sends the recorded traces once and repeats every request."""
    suite = Suite("agno's answers")
    with Server() as server:
        suite.case("the recorded traces are taken", send_recorded(server))
        for file in sorted(AGNO.glob("[!a]*.json")):
            if _wanted(file, patterns):
                suite.case(file.stem, ask(server, json.loads(file.read_text())))
    keyed(suite, patterns)
    return suite.finish()


def _wanted(file: Path, patterns: list[str]) -> bool:
    named = [*patterns] or [*RECORDED]
    return any(fnmatch.fnmatch(file.stem, pattern) for pattern in named) and file.stem not in DIFFERENT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
