"""The tables of docs/tracers.md that are made: which tracers ran in which version, from the pins and from what their
runs must give, and what each does when the server is away (`patience.py`).

    python3 conformance/versions.py            # writes them
    python3 conformance/versions.py --check    # says whether the page has them
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from typing import Any

import patience
import recordings
import stated
from clients import CLIENTS, Client
from environments import HERE
from frameworks import FRAMEWORKS
from literal import traces as written_by_hand

PAGE = HERE.parent / "docs" / "tracers.md"
BEGIN, END = "<!-- {}: written by conformance/versions.py -->", "<!-- end of {} -->"
# Packages of this clone.
OWN = {"clew-sdk": "sdk/python/pyproject.toml", "@clew/sdk": "sdk/typescript/packages/clew/package.json"}
HEAD = """| tracer | package | over | runs | spans | tokens in, out |
| --- | --- | --- | --- | --- | --- |
"""


def version(client: Client) -> str:
    """The version of the client's package in its pinned set, or in this clone."""
    if client.package in OWN:
        text = (HERE.parent / OWN[client.package]).read_text()
        return str(json.loads(text)["version"] if text.startswith("{") else tomllib.loads(text)["project"]["version"])
    if client.environment.startswith("npm:"):
        lock = json.loads((HERE / "npm" / client.environment[4:] / "package-lock.json").read_text())
        return str(lock["packages"][f"node_modules/{client.package}"]["version"])
    pins = (HERE / "requirements" / f"{client.environment}.txt").read_text()
    found = re.search(rf"^{re.escape(client.package)}(?:\[[^\]]*\])?==(\S+)", pins, re.M | re.I)
    if not found:
        raise SystemExit(f"{client.package} is not pinned in requirements/{client.environment}.txt")
    return found[1]


def table() -> str:
    """Every client with what was checked of it."""
    rows = []
    for client in (*CLIENTS, *FRAMEWORKS):
        runs = _runs(client)
        tokens = ", ".join(_sum(runs, name) for name in ("input_tokens", "output_tokens"))
        rows.append(f"| {client.tracer} | {client.package} {version(client)} | {client.transport} | {len(runs)} "
                    f"| {_sum(runs, 'span_count')} | {tokens} |\n")
    return HEAD + "".join(rows)


def differences() -> list[str]:
    """One line where the page does not have a table as it is."""
    page = PAGE.read_text()
    return [] if page == _with_tables(page) else ["docs/tracers.md: run conformance/versions.py, a table is old"]


def _with_tables(page: str) -> str:
    for name, made in (("versions", table()), ("patience", patience.table())):
        begin, end = BEGIN.format(name), END.format(name)
        before, rest = page.split(begin, 1)
        page = f"{before}{begin}\n\n{made}\n{end}{rest.split(end, 1)[1]}"
    return page


def _runs(client: Client) -> list[dict[str, Any]]:
    if client.recording:
        return recordings.expected(client.recording)["traces"]
    if client.stated:
        return stated.runs(client.stated)
    assert client.literal is not None
    return written_by_hand(client.literal)


def _sum(runs: list[dict[str, Any]], name: str) -> str:
    said = [run[name] for run in runs if run.get(name) is not None]
    return f"{sum(said):,}" if said else "-"


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(differences()))
    PAGE.write_text(_with_tables(PAGE.read_text()))
