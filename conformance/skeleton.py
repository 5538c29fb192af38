"""Reads a run in columns, as docs/formats/skeleton.md says, and compares it with the run in JSON."""

from __future__ import annotations

import json
import math
import struct
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
LETTERS = {"u8": "B", "u32": "I", "i32": "i", "f64": "d"}
STATUS = ("unset", "ok", "error")
PICO = Decimal(10) ** 12
TEXT_MAX_CHARS = 200
WORDS = ("name", "display_name", "kind", "operation", "model", "provider", "tool_name", "agent_name", "finish_reason")
IDS = ("session_id", "user_id", "tool_call_id")
TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning")
OPEN, ORPHAN, ERROR_DERIVED, COUNTED, NOT_COUNTED = 1, 2, 4, 8, 16
ESTIMATED, COST_COUNTED = 64, 128


class Skeleton:
    """Header and columns."""

    def __init__(self, body: bytes) -> None:
        magic, version, length = struct.unpack_from("<4sII", body)
        if (magic, version) != (b"CLSK", 1):
            raise ValueError(f"no skeleton: {body[:8]!r}")
        self.header: Json = json.loads(body[12:12 + length])
        begin = (12 + length + 7) // 8 * 8
        self.columns: dict[str, tuple[Any, ...]] = {}
        for column in self.header["columns"]:
            if column["offset"] % 8:
                raise ValueError(f"{column['name']} begins at {column['offset']}")
            letters = f"<{column['length']}{LETTERS[column['type']]}"
            self.columns[column["name"]] = struct.unpack_from(letters, body, begin + column["offset"])

    def text(self, column: str, index: int) -> str:
        """A text, empty where it is absent."""
        return str(self.header["strings"][self.columns[column][index]])

    def number(self, column: str, index: int) -> float | None:
        """A number, `None` where it is absent."""
        number = self.columns[column][index]
        return None if math.isnan(number) else number

    def hash(self, column: str, index: int) -> str | None:
        """A hash as JSON has it."""
        low, high = self.columns[column][2 * index:2 * index + 2]
        return f"{high:08x}{low:08x}" if low or high else None


def problems(body: bytes, detail: Json) -> list[str]:
    """One line for each number that the two have differently; the sums of what counts are the header's."""
    skeleton = Skeleton(body)
    found = _sums(skeleton)
    if skeleton.header["count"] != len(detail["spans"]):
        return [*found, f"{skeleton.header['count']} spans, {len(detail['spans'])} in JSON"]
    for name in ("trace", "receipt"):
        if {**skeleton.header[name], "state": ""} != {**detail[name], "state": ""}:
            found.append(f"{name}: {skeleton.header[name]} and {detail[name]}")
    for index, span in enumerate(detail["spans"]):
        seen, wanted = _seen(skeleton, index), _wanted(span)
        found += [f"span {index}: {key} {seen[key]!r}, {value!r} in JSON"
                  for key, value in wanted.items() if seen[key] != value]
    return found


def _sums(skeleton: Skeleton) -> list[str]:
    header, flags = skeleton.header["trace"], skeleton.columns["flags"]
    found = []
    for name in TOKENS:
        said = [number for number, bits in zip(skeleton.columns[name], flags, strict=True)
                if bits & COUNTED and not math.isnan(number)]
        if header["usage"][name] != (sum(said) if said else None):
            found.append(f"header {name} {header['usage'][name]}, sum of the columns {sum(said)}")
    costs = [cost for cost, bits in zip(skeleton.columns["cost"], flags, strict=True) if bits & COST_COUNTED]
    total = sum(costs) if costs else None
    if _pico(header["cost"] and header["cost"]["total"]) != total:
        found.append(f"header cost {header['cost']}, sum of the columns {total}")
    return found


def _seen(skeleton: Skeleton, index: int) -> Json:
    columns, flags = skeleton.columns, skeleton.columns["flags"][index]
    seen: Json = {name: skeleton.text(name, index) for name in (*WORDS, *IDS, "error_kind", "error_message")}
    for name in (*TOKENS, "cost", "subtree_input", "subtree_output", "subtree_cost", "start", "duration", "ttft"):
        seen[name] = skeleton.number(name, index)
    for name in ("depth", "subtree_spans", "subtree_errors", "input_bytes", "output_bytes", "input_preview_chars",
                 "output_preview_chars", "parent"):
        seen[name] = columns[name][index]
    seen["span_id"] = bytes(columns["span_id"][8 * index:8 * index + 8]).hex()
    seen["end_index"] = columns["end_index"][index]
    seen["category"] = skeleton.header["categories"][columns["category"][index]]
    seen["status"] = STATUS[columns["status"][index]]
    seen["call_hash"], seen["result_hash"] = skeleton.hash("call_hash", index), skeleton.hash("result_hash", index)
    seen["missing parent"] = skeleton.header["orphans"].get(str(index))
    for name, bit in (("open", OPEN), ("orphan", ORPHAN), ("error_derived", ERROR_DERIVED), ("estimated", ESTIMATED),
                      ("cost counted", COST_COUNTED)):
        seen[name] = bool(flags & bit)
    seen["says usage"] = bool(flags & (COUNTED | NOT_COUNTED))
    return seen


def _wanted(span: Json) -> Json:
    error, usage, cost, subtree = span["error"] or {}, span["usage"] or {}, span["cost"], span["subtree"]
    inside = subtree["usage"] or {}
    wanted: Json = {name: _cut(span[name]) for name in WORDS}
    wanted |= {name: span[name] or "" for name in IDS}
    wanted |= {f"error_{name}": _cut(error.get(name)) for name in ("kind", "message")}
    wanted |= {name: usage.get(name) for name in TOKENS}
    wanted |= {name: span[name] for name in ("span_id", "depth", "category", "status", "open", "orphan",
                                             "error_derived", "input_bytes", "output_bytes", "call_hash",
                                             "result_hash")}
    return wanted | {
        "parent": -1 if span["parent_index"] is None else span["parent_index"],
        "end_index": span["index"] + subtree["spans"],
        "start": span["start_offset_nanos"],
        "duration": span["duration_nanos"],
        "ttft": span["ttft_nanos"],
        "cost": _pico(cost and cost["total"]),
        "estimated": bool(cost and cost["estimated"]),
        "cost counted": bool(cost and cost["counted"]),
        "says usage": any(usage.get(name) is not None for name in (*TOKENS, "total")),
        "subtree_spans": subtree["spans"],
        "subtree_errors": subtree["errors"],
        "subtree_input": inside.get("input"),
        "subtree_output": inside.get("output"),
        "subtree_cost": _pico(subtree["cost"]),
        "input_preview_chars": len(span["input_preview"] or ""),
        "output_preview_chars": len(span["output_preview"] or ""),
        "missing parent": span["parent_span_id"] if span["orphan"] else None,
    }


def _cut(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= TEXT_MAX_CHARS else f"{text[:TEXT_MAX_CHARS]}…"


def _pico(usd: str | None) -> int | None:
    return None if usd is None else int(Decimal(usd) * PICO)
