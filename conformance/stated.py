"""Runs as a person would tell them: what a program did, written down by hand in `stated/NAME.txt`, against what Clew
shows, told in the same words.

A line a step that somebody would speak of (agents, model calls, tools, embeddings, evaluations, workflows); steps of
a framework's own (category chain or other) are left out and what is below them moves up. Before each run stands a
line with its totals. Runs are in the order of their starts, with an empty line between them.
"""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]
STATED = Path(__file__).resolve().parent / "stated"
LEFT_OUT = ("chain", "other")
TEXT_CHARS = 60
TOKENS = (("input_tokens", "in"), ("output_tokens", "out"), ("cache_read_tokens", "cached"),
          ("cache_write_tokens", "cached anew"), ("reasoning_tokens", "thought"))


def problems(name: str, printed: Json, seen: list[Json], show: bool = False) -> list[str]:
    """One line for each difference between the file, what the program and the fake model counted, and Clew."""
    wanted = (STATED / f"{name}.txt").read_text().strip().splitlines()
    told = tell(seen).splitlines()
    if show:
        print(f"# {name}", *told, sep="\n")
    differing = [line for line in difflib.unified_diff(wanted, told, "stated", "shown", lineterm="", n=1)]
    found = differing[2:] if differing else []
    answered = sum(count for kind, count in printed["served"].items() if kind != "embeddings")
    shown = sum(trace["llm_calls"] - trace["llm_calls_failed"] for trace in seen)
    if answered != shown:
        found.append(f"the model answered {answered} calls, Clew shows {shown}")
    spans = sum(trace["span_count"] for trace in seen)
    if printed["spans"] != spans:
        found.append(f"the program ended {printed['spans']} spans, Clew shows {spans}")
    return found


def runs(name: str) -> list[Json]:
    """Spans and tokens of each run of a file."""
    lines = [line for line in (STATED / f"{name}.txt").read_text().splitlines() if line.startswith("run ")]
    numbers = {"span_count": r" (\d+) spans", "input_tokens": r" (\d+) in\b", "output_tokens": r" (\d+) out\b"}
    found = [{field: re.search(pattern, line) for field, pattern in numbers.items()} for line in lines]
    return [{field: int(number[1]) for field, number in run.items() if number} for run in found]


def tell(seen: list[Json]) -> str:
    """What Clew shows, in the words of the files."""
    ordered = sorted(seen, key=lambda trace: trace["start_ns"])
    return "\n\n".join("\n".join([_totals(trace), *_steps(trace["tree"])]) for trace in ordered)


def _totals(trace: Json) -> str:
    failed = f" ({trace['llm_calls_failed']} failed)" if trace["llm_calls_failed"] else ""
    parts = [f"run {trace['name']}", trace["status"], f"session {trace['session_id']}", f"user {trace['user_id']}",
             f"{trace['span_count']} spans", f"{trace['llm_calls']} calls{failed}", f"{trace['tool_calls']} tools", f"{trace['error_spans']} errors",
             f"agents {' '.join(sorted(trace['agents'])) or '-'}", _tokens(trace)]
    return ", ".join(part for part in parts if part)


def _tokens(counted: Json) -> str:
    return ", ".join(f"{counted[field]} {word}" for field, word in TOKENS if counted[field] is not None)


def _steps(tree: list[Json]) -> list[str]:
    lines = []
    depths: list[tuple[int, int]] = []  # depth in the tree, depth as told, of the told steps around
    for span in tree:
        while depths and depths[-1][0] >= span["depth"]:
            depths.pop()
        if span["category"] in LEFT_OUT:
            continue
        told_depth = depths[-1][1] + 1 if depths else 0
        depths.append((span["depth"], told_depth))
        lines.append("  " * (told_depth + 1) + _step(span))
    return lines


def _step(span: Json) -> str:
    names = {"agent": span["agent_name"], "tool": span["tool_name"], "llm": span["model"]}
    parts = [f"{span['category']} {names.get(span['category']) or span['name']}"]
    if span["category"] == "llm":
        parts += ["not counted" if span["counted"] is False else _tokens(span), _said("hears", span["first_input_text"])]
        asked = " ".join(span["output_tool_calls"])
        parts.append(f"asks {asked}" if asked else _said("says", span["first_output_text"]))
    else:
        parts += [_said("takes", span["first_input_text"]), _said("gives", span["first_output_text"])]
    if span["status"] == "error":
        parts.append("fails")
    return ", ".join(part for part in parts if part)


def _said(verb: str, text: str | None) -> str:
    if text is None:
        return ""
    try:
        text = json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        text = " ".join(text.split())
    return f"{verb} {text[:TEXT_CHARS]}"
