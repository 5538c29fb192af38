"""What a reader sees of a trace, in the words of fixtures/expected."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import beside
from api import Api

Json = dict[str, Any]
TOKENS = {"input_tokens": "input", "output_tokens": "output", "cache_read_tokens": "cache_read",
          "cache_write_tokens": "cache_write", "reasoning_tokens": "reasoning"}


def trace(api: Api, trace_id: str, sender_ids: bool = False) -> Json:
    """One trace, read through the header, the tree and every span's payload. With `sender_ids` its spans bear the ids
    that their sender gave them, where those are not the ids of Clew."""
    detail = api.get(f"traces/{trace_id}")
    spans = [(skeleton, api.get(f"traces/{trace_id}/spans/{skeleton['span_id']}")) for skeleton in detail["spans"]]
    names = {skeleton["span_id"]: payload["sender_span_id"] if sender_ids and payload["sender_span_id"]
             else skeleton["span_id"] for skeleton, payload in spans}
    seen = summary(detail["trace"])
    seen["tree"] = [_span(skeleton, payload["content"], names) for skeleton, payload in spans]
    return seen | beside.observed(api, detail["trace"], spans, names)


def summary(row: Json) -> Json:
    """The header of a trace."""
    usage = row["usage"] or {}
    cost = row["cost"]
    reported = cost["reported"] if cost else None
    return {
        "trace_id": row["trace_id"],
        "name": row["name"],
        "session_id": row["session_id"],
        "user_id": row["user_id"],
        "status": "error" if row["root_status"] == "error" else "ok",
        "any_error": row["status"] == "error",
        "span_count": row["span_count"],
        "root_count": row["root_count"],
        "orphan_count": row["orphan_count"],
        "error_spans": row["error_count"],
        "llm_calls": row["llm_calls"],
        "llm_calls_failed": row["llm_calls_failed"],
        "tool_calls": row["tool_calls"],
        "agents": row["agents"],
        "models": row["models"],
        "tools": row["tools"],
        "embedding_input_tokens": usage.get("embedding_input"),
        "cost_reported": float(Decimal(reported)) if reported is not None else None,
        "start_ns": int(row["start_nanos"]),
        "end_ns": int(row["end_nanos"]) if row["end_nanos"] is not None else None,
        **{ours: usage.get(theirs) for ours, theirs in TOKENS.items()},
    }


def _span(skeleton: Json, content: Json, names: dict[str, str]) -> Json:
    usage = skeleton["usage"] or {}
    parent = skeleton["parent_span_id"]
    return {
        "span_id": names[skeleton["span_id"]],
        "parent": names.get(parent, parent),
        "name": skeleton["name"],
        "depth": skeleton["depth"],
        "start_offset": skeleton["start_offset_nanos"],
        "orphan": skeleton["orphan"],
        "category": skeleton["category"],
        "status": skeleton["status"],
        "error_derived": skeleton["error_derived"],
        "counted": skeleton["counted"],
        "model": skeleton["model"],
        "request_model": skeleton["request_model"],
        "tool_name": skeleton["tool_name"],
        "agent_name": skeleton["agent_name"],
        "first_input_text": first_input_text(content, skeleton["category"]),
        "first_output_text": first_output_text(content),
        "output_tool_calls": output_tool_calls(content),
        **{ours: usage.get(theirs) for ours, theirs in TOKENS.items()},
    }


def first_input_text(content: Json, category: str) -> str | None:
    """First text of the input messages, else of the texts that were embedded, else the tool's arguments, else the
    input."""
    tool = content["tool"] or {}
    # The documents of an embedding are what went in, those of a search what came out.
    documents = (content["retrieval"] or {}).get("documents", []) if category == "embedding" else []
    embedded = next(iter(documents), {})
    return _first(_texts(content["input_messages"]), embedded.get("content"), tool.get("arguments"), content["input"])


def first_output_text(content: Json) -> str | None:
    """First text of the output messages, else the tool's result, else the output."""
    tool = content["tool"] or {}
    return _first(_texts(content["output_messages"]), tool.get("result"), content["output"])


def output_tool_calls(content: Json) -> list[str]:
    """Names of the tools that the answer asks for, in order."""
    return [part["name"] for message in content["output_messages"] for part in message["parts"]
            if part.get("type") == "tool_call"]


def _texts(messages: list[Json]) -> str | None:
    for message in messages:
        for part in message["parts"]:
            if part.get("type") == "text" and part.get("content"):
                return str(part["content"])
    return None


def _first(*values: Any) -> str | None:
    for value in values:
        if value is not None:
            return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return None
