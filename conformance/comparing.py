"""Compares what a reader sees with what a recording must give: the rules of fixtures/expected/compare.py, strict,
and what they leave to the reader."""

from __future__ import annotations

import importlib.util
import json
from types import ModuleType
from typing import Any

import beside
from recordings import FIXTURES

Json = dict[str, Any]
# Fields of a trace that must be equal and that compare.py does not look at.
ALSO_EQUAL = ("trace_id", "name", "any_error", "llm_calls_failed", "start_ns", "end_ns")


def _rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare", FIXTURES / "expected" / "compare.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMPARE = _rules()


def differences(expected: Json, seen: Json) -> list[str]:
    """One line for each difference; none means equal."""
    problems = []
    for name in ALSO_EQUAL:
        if expected.get(name) is not None and seen[name] != expected[name]:
            problems.append(f"{name}: expected {expected[name]!r}, got {seen[name]!r}")
    # Where the oracle leaves open whether a call is an embedding, so are the tokens of embeddings.
    open_calls = any("embedding" in span.get("category_accept", ()) for span in expected["tree"])
    if not open_calls and (expected["embedding_input_tokens"] or 0) != (seen["embedding_input_tokens"] or 0):
        problems.append(f"embedding_input_tokens: expected {expected['embedding_input_tokens']}, "
                        f"got {seen['embedding_input_tokens']}")
    problems += COMPARE.diff(expected, _with_equal_texts(expected, seen), strict=True)
    return problems + _span_differences(expected, seen) + beside.differences(expected, seen)


def _with_equal_texts(expected: Json, seen: Json) -> Json:
    """compare.py compares payload texts by their first characters; JSON whose keys come in another order is the
    same payload, so such a text is replaced by the expected one first."""
    wanted = {span["span_id"]: span for span in expected["tree"]}
    tree = []
    for span in seen["tree"]:
        span = dict(span)
        for field in ("first_input_text", "first_output_text"):
            text = wanted.get(span["span_id"], {}).get(field)
            if text is not None and _same_json(text, span[field]):
                span[field] = text
        tree.append(span)
    return {**seen, "tree": tree}


def _same_json(left: str, right: str | None) -> bool:
    try:
        return right is not None and json.loads(left) == json.loads(right)
    except ValueError:
        return False


def is_derived(want: Json) -> bool:
    """Whether another span made this one an error; a level in an attribute of its own is the span's own word."""
    return bool(want.get("error_derived") == "child tool.execution failed")


def _span_differences(expected: Json, seen: Json) -> list[str]:
    problems = []
    order = [span["span_id"] for span in seen["tree"]]
    wanted_order = [span["span_id"] for span in expected["tree"]]
    if order != wanted_order and sorted(order) == sorted(wanted_order):
        problems.append(f"tree order: expected {wanted_order}, got {order}")
    by_id = {span["span_id"]: span for span in seen["tree"]}
    for want in expected["tree"]:
        got = by_id.get(want["span_id"])
        if got is None:
            continue  # compare.py has said so
        where = f"{want['name']} {want['span_id'][:8]}"
        if want.get("parent") != got["parent"]:
            problems.append(f"{where}: parent {got['parent']}, expected {want.get('parent')}")
        for field in ("output_tool_calls", "request_model", "agent_name"):
            if want.get(field) is not None and got[field] != want[field]:
                problems.append(f"{where}: {field} {got[field]!r}, expected {want[field]!r}")
        for flag, expected_flag in (("orphan", bool(want.get("orphan"))), ("error_derived", is_derived(want))):
            if bool(got[flag]) != expected_flag:
                problems.append(f"{where}: {flag} {got[flag]!r}, expected {expected_flag!r}")
    return problems
