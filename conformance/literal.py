"""Expected results written by hand, for programs that have no recording: literal/NAME.json.

A run is `{"name": ..., any field of observed.summary, "tree": [...]}`; a line of the tree is what `line` makes of a
span: two spaces for each step down, name, category, `error`, and input/output tokens where they count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = Path(__file__).resolve().parent / "literal"


def traces(name: str) -> list[Json]:
    """What the program must give."""
    return json.loads((FOLDER / f"{name}.json").read_text())["traces"]


def differences(wanted: list[Json], seen: list[Json]) -> list[str]:
    """One line for each difference; runs are matched by their start."""
    if len(wanted) != len(seen):
        return [f"{len(seen)} traces, expected {len(wanted)}: {[described(trace) for trace in seen]}"]
    problems = []
    for want, got in zip(wanted, sorted(seen, key=lambda trace: trace["start_ns"]), strict=True):
        shown = described(got) | {name: sorted(got[name]) if isinstance(got[name], list) else got[name]
                                  for name in want if name != "tree"}
        problems += [f"{want['name']}: {name} {shown[name]!r}, expected {value!r}"
                     for name, value in want.items() if name != "tree" and shown[name] != value]
        if want["tree"] != shown["tree"]:
            problems += [f"{want['name']}: the tree is", *shown["tree"]]
    return problems


def described(trace: Json) -> Json:
    """A run as the files of literal/ have it, whole."""
    names = ("name", "session_id", "user_id", "status", "span_count", "llm_calls", "tool_calls", "error_spans",
             "agents", "models", "tools", "input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")
    values = {name: sorted(trace[name]) if isinstance(trace[name], list) else trace[name] for name in names}
    return {**values, "tree": [line(span) for span in trace["tree"]]}


def line(span: Json) -> str:
    """One span of a tree."""
    words = ["  " * span["depth"] + span["name"], span["category"]]
    if span["status"] == "error":
        words.append("error")
    if span["counted"]:
        words.append(f"{span['input_tokens']}/{span['output_tokens']}")
    return " ".join(words)
