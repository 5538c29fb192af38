"""Anthropic's client: messages."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Tuple, TypeVar

from ..client import Clew
from .calls import Fields, Gatherer, said, told_arguments, without_none, wrap

Client = TypeVar("Client")


def wrap_anthropic(client: Client, *, provider: str = "anthropic", clew: Optional[Clew] = None) -> Client:
    """Makes an `Anthropic`, `AsyncAnthropic`, Bedrock or Vertex client record its calls as `llm` spans; answers the
    same client."""
    for messages in (said(client, "messages"), said(client, "beta", "messages")):
        for method in ("create", "parse", "stream"):
            wrap(messages, method, MessagesAdapter(provider), clew)
    for name in ("with_options", "copy"):
        original = getattr(client, name, None)
        if original is None:
            continue

        def copying(*arguments: Any, _original: Any = original, **named: Any) -> Any:
            return wrap_anthropic(_original(*arguments, **named), provider=provider, clew=clew)

        setattr(client, name, copying)
    return client


class MessagesAdapter:
    """Messages."""

    kind = "llm"

    def __init__(self, provider: str) -> None:
        self.provider = provider

    def request(self, arguments: Mapping[str, Any]) -> Tuple[str, Fields]:
        """The model, and what to tell of the request."""
        told = told_arguments(arguments)
        return str(told.get("model", "message")), {"provider": self.provider, **told}

    def answer(self, response: Any) -> Fields:
        """Text, tool calls, tokens of an answer."""
        blocks = said(response, "content") or []
        return _told(
            [(said(block, "type"), block) for block in blocks],
            {
                "finish_reason": said(response, "stop_reason"),
                "model": said(response, "model"),
                "response_id": said(response, "id"),
                **usage_of(_usage_fields(said(response, "usage"))),
            },
        )

    def gatherer(self) -> Gatherer:
        """For a streamed answer."""
        return MessagesGatherer()


class MessagesGatherer:
    """Events of a message."""

    def __init__(self) -> None:
        self.blocks: Dict[int, Fields] = {}
        self.fields: Fields = {}
        self.usage: Fields = {}

    def add(self, event: Any) -> bool:
        """Takes an event; those that the helper `stream` adds say nothing new."""
        kind = said(event, "type")
        if kind == "message_start":
            message = said(event, "message")
            self.fields.update(model=said(message, "model"), response_id=said(message, "id"))
            self.usage.update(_usage_fields(said(message, "usage")))
        elif kind == "content_block_start":
            block = said(event, "content_block")
            self.blocks[said(event, "index")] = {
                "type": said(block, "type"), "id": said(block, "id"), "name": said(block, "name"),
                "text": said(block, "text") or "", "thinking": said(block, "thinking") or "", "json": "",
            }  # fmt: skip
        elif kind == "content_block_delta":
            self._add_delta(self.blocks.setdefault(said(event, "index"), _empty_block()), said(event, "delta"))
            return True
        elif kind == "message_delta":
            self.fields["finish_reason"] = said(event, "delta", "stop_reason")
            self.usage.update(_usage_fields(said(event, "usage")))
        return False

    def _add_delta(self, block: Fields, delta: Any) -> None:
        block["text"] += said(delta, "text") or ""
        block["thinking"] += said(delta, "thinking") or ""
        block["json"] += said(delta, "partial_json") or ""

    def end_data(self) -> Fields:
        """What the events say together."""
        blocks = [(block["type"], block) for _, block in sorted(self.blocks.items())]
        for _, block in blocks:
            block["input"] = _read(block["json"])
        return _told(blocks, {**self.fields, **usage_of(self.usage)})


def usage_of(usage: Mapping[str, Any]) -> Fields:
    """Tokens in the words of the run calls. Anthropic counts what was read from and written to its cache apart; here
    the input includes both."""
    given = usage.get("input_tokens")
    read, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    return without_none({
        "input_tokens": None if given is None else given + (read or 0) + (written or 0),
        "output_tokens": usage.get("output_tokens"),
        "cached_tokens": read,
        "cache_write_tokens": written,
    })  # fmt: skip


def _usage_fields(usage: Any) -> Fields:
    names = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return without_none({name: said(usage, name) for name in names})


def _told(blocks: List[Tuple[Any, Any]], fields: Fields) -> Fields:
    """The blocks of an answer as text, reasoning and tool calls."""
    texts = [said(block, "text") or "" for kind, block in blocks if kind == "text"]
    thoughts = [said(block, "thinking") or "" for kind, block in blocks if kind == "thinking"]
    calls = [
        {"id": said(block, "id"), "type": "function",
         "function": {"name": said(block, "name"), "arguments": said(block, "input")}}
        for kind, block in blocks if kind in ("tool_use", "server_tool_use", "mcp_tool_use")
    ]  # fmt: skip
    said_here = {
        "content": "".join(texts) or None,
        "reasoning": "\n".join(thoughts) or None,
        "tool_calls": calls or None,
    }
    return without_none({**said_here, **fields})


def _empty_block() -> Fields:
    return {"type": "text", "id": None, "name": None, "text": "", "thinking": "", "json": ""}


def _read(text: str) -> Any:
    if not text:
        return {}
    try:
        return json.loads(text)
    except ValueError:
        return text
