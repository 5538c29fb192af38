"""OpenAI's client, and those that are made like it: chat completions, responses, embeddings."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from ..client import Clew
from .calls import Fields, Gatherer, Skip, said, told_arguments, without_none, wrap

Client = TypeVar("Client")
_OWN_HOSTS = (".openai.com", ".openai.azure.com")


def wrap_openai(
    client: Client, *, provider: Optional[str] = None, stream_usage: Optional[bool] = None, clew: Optional[Clew] = None
) -> Client:
    """Makes an `OpenAI`, `AsyncOpenAI` or Azure client record its calls as `llm` spans; answers the same client.

    A streamed chat completion says its tokens only if it is asked to. With `stream_usage` it is, and the piece that
    says them is kept from the program; unless set, that is done for OpenAI's own addresses.
    """
    if provider is None:
        provider = "azure" if "Azure" in type(client).__name__ else "openai"
    if stream_usage is None:
        host = urlsplit(str(getattr(client, "base_url", ""))).hostname or ""
        stream_usage = f".{host}".endswith(_OWN_HOSTS)
    for base in (client, getattr(client, "beta", None)):
        completions = said(base, "chat", "completions")
        for method in ("create", "parse", "stream"):
            wrap(completions, method, ChatAdapter(provider, stream_usage, is_helper=method == "stream"), clew)
    for method in ("create", "parse", "stream"):
        wrap(said(client, "responses"), method, ResponsesAdapter(provider), clew)
    wrap(said(client, "embeddings"), "create", EmbeddingsAdapter(provider), clew)
    _keep_wrapped(client, provider, stream_usage, clew)
    return client


def _keep_wrapped(client: Any, provider: str, stream_usage: bool, clew: Optional[Clew]) -> None:
    """Copies with other options record too."""
    for name in ("with_options", "copy"):
        original = getattr(client, name, None)
        if original is None:
            continue

        def copying(*arguments: Any, _original: Any = original, **named: Any) -> Any:
            copy = _original(*arguments, **named)
            return wrap_openai(copy, provider=provider, stream_usage=stream_usage, clew=clew)

        setattr(client, name, copying)


class ChatAdapter:
    """Chat completions."""

    kind = "llm"

    def __init__(self, provider: str, stream_usage: bool = False, is_helper: bool = False) -> None:
        self.provider = provider
        self.stream_usage = stream_usage
        self.is_helper = is_helper  # OpenAI's own `stream`, which deals with that piece by itself

    def prepared(self, arguments: Mapping[str, Any]) -> Tuple[Fields, Skip]:
        """Asks for the tokens of a stream, unless the program does."""
        named = dict(arguments)
        options = named.get("stream_options")
        asks = isinstance(options, Mapping) and options.get("include_usage")
        if not self.stream_usage or not (self.is_helper or named.get("stream") is True) or asks:
            return named, Skip()
        named["stream_options"] = {**(options if isinstance(options, Mapping) else {}), "include_usage": True}
        return named, Skip() if self.is_helper else _SkipUsage()

    def request(self, arguments: Mapping[str, Any]) -> Tuple[str, Fields]:
        """The model, and what to tell of the request."""
        told = told_arguments(arguments)
        return str(told.get("model", "chat completion")), {"provider": self.provider, **told}

    def answer(self, response: Any) -> Fields:
        """Text, tool calls, tokens of an answer."""
        choices = said(response, "choices") or []
        message = said(choices[0], "message") if choices else None
        fields: Fields = {
            "content": said(message, "content") or said(message, "refusal"),
            "reasoning": said(message, "reasoning_content"),
            "tool_calls": [_call(call) for call in said(message, "tool_calls") or []] or None,
            "finish_reason": said(choices[0], "finish_reason") if choices else None,
            "choices": [said(one, "message") for one in choices] if len(choices) > 1 else None,
            "model": said(response, "model"),
            "response_id": said(response, "id"),
            "service_tier": said(response, "service_tier"),
            **usage_of(said(response, "usage")),
        }
        return without_none(fields)

    def gatherer(self) -> Gatherer:
        """For a streamed answer."""
        return ChatGatherer()


class _SkipUsage(Skip):
    def hides(self, event: Any) -> bool:
        """The last piece, which has tokens and no choice."""
        return not said(event, "choices") and said(event, "usage") is not None


class ChatGatherer:
    """Pieces of a chat completion."""

    def __init__(self) -> None:
        self.texts: List[str] = []
        self.reasoning: List[str] = []
        self.calls: Dict[int, Fields] = {}
        self.fields: Fields = {}

    def add(self, event: Any) -> bool:
        """Takes a chunk, or an event of the helper `stream` that has one."""
        chunk = said(event, "chunk") or event
        if said(chunk, "choices") is None:
            return False
        for name, key in (("model", "model"), ("id", "response_id"), ("service_tier", "service_tier")):
            value = said(chunk, name)
            if value:
                self.fields[key] = value
        self.fields.update(usage_of(said(chunk, "usage")))
        choices = [one for one in said(chunk, "choices") if not said(one, "index")]
        if not choices:
            return False
        reason = said(choices[0], "finish_reason")
        if reason:
            self.fields["finish_reason"] = reason
        return self._add_delta(said(choices[0], "delta"))

    def _add_delta(self, delta: Any) -> bool:
        text, reasoning = said(delta, "content"), said(delta, "reasoning_content")
        if text:
            self.texts.append(text)
        if reasoning:
            self.reasoning.append(reasoning)
        calls = said(delta, "tool_calls") or []
        for call in calls:
            known = self.calls.setdefault(said(call, "index") or 0, {"id": None, "name": "", "arguments": ""})
            known["id"] = said(call, "id") or known["id"]
            known["name"] += said(call, "function", "name") or ""
            known["arguments"] += said(call, "function", "arguments") or ""
        return bool(text or reasoning or calls)

    def end_data(self) -> Fields:
        """What the pieces say together."""
        calls = [_function(call["id"], call["name"], call["arguments"]) for _, call in sorted(self.calls.items())]
        return without_none({
            "content": "".join(self.texts) or None,
            "reasoning": "".join(self.reasoning) or None,
            "tool_calls": calls or None,
            **self.fields,
        })  # fmt: skip


class ResponsesAdapter:
    """The Responses API."""

    kind = "llm"

    def __init__(self, provider: str) -> None:
        self.provider = provider

    def request(self, arguments: Mapping[str, Any]) -> Tuple[str, Fields]:
        """The model, and what to tell of the request."""
        told = told_arguments(arguments)
        asked = told.pop("input", None)
        data: Fields = {"provider": self.provider}
        if "instructions" in told:
            data["system"] = told.pop("instructions")
        if asked is not None:
            data["messages"] = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
        return str(told.get("model", "response")), {**data, **told}

    def answer(self, response: Any) -> Fields:
        """Text, tool calls, tokens of an answer."""
        texts: List[str] = []
        thoughts: List[str] = []
        calls: List[Fields] = []
        for item in said(response, "output") or []:
            kind = said(item, "type")
            if kind == "message":
                texts += [said(part, "text") or said(part, "refusal") or "" for part in said(item, "content") or []]
            elif kind == "reasoning":
                thoughts += [said(part, "text") or "" for part in said(item, "summary") or []]
            elif kind in ("function_call", "custom_tool_call"):
                arguments = said(item, "arguments") or said(item, "input")
                calls.append(_function(said(item, "call_id"), said(item, "name"), arguments))
        error = said(response, "error", "message")
        return without_none({
            "content": "".join(texts) or None,
            "reasoning": "\n".join(thoughts) or None,
            "tool_calls": calls or None,
            "finish_reason": said(response, "incomplete_details", "reason") or said(response, "status"),
            "model": said(response, "model"),
            "response_id": said(response, "id"),
            "service_tier": said(response, "service_tier"),
            "provider_error": error,
            **usage_of(said(response, "usage")),
        })  # fmt: skip

    def gatherer(self) -> Gatherer:
        """For a streamed answer."""
        return ResponsesGatherer(self)


class ResponsesGatherer:
    """Events of a response; the last one has all of it."""

    def __init__(self, adapter: ResponsesAdapter) -> None:
        self.adapter = adapter
        self.response: Any = None
        self.texts: List[str] = []

    def add(self, event: Any) -> bool:
        """Takes an event."""
        kind = said(event, "type") or ""
        if said(event, "response") is not None:
            self.response = said(event, "response")
        is_delta = kind.endswith(".delta")
        if kind == "response.output_text.delta":
            self.texts.append(said(event, "delta") or "")
        return is_delta

    def end_data(self) -> Fields:
        """What the events say together."""
        fields = self.adapter.answer(self.response)
        if "content" not in fields and self.texts:
            fields["content"] = "".join(self.texts)
        return fields


class EmbeddingsAdapter:
    """Embeddings; the vectors are not kept."""

    kind = "embedding"

    def __init__(self, provider: str) -> None:
        self.provider = provider

    def request(self, arguments: Mapping[str, Any]) -> Tuple[str, Fields]:
        """The model, and what to tell of the request."""
        told = told_arguments(arguments)
        return str(told.get("model", "embedding")), {"provider": self.provider, **told}

    def answer(self, response: Any) -> Fields:
        """Tokens and number of vectors."""
        vectors = said(response, "data")
        fields = {"model": said(response, "model"), **usage_of(said(response, "usage"))}
        return without_none({**fields, "vectors": len(vectors) if vectors is not None else None})

    def gatherer(self) -> Gatherer:
        """Embeddings do not stream."""
        return ChatGatherer()


def usage_of(usage: Any) -> Fields:
    """Tokens in the words of the run calls; cached ones and reasoning are included, as OpenAI counts."""
    if usage is None:
        return {}
    inside = said(usage, "prompt_tokens_details") or said(usage, "input_tokens_details")
    outside = said(usage, "completion_tokens_details") or said(usage, "output_tokens_details")
    given, made = said(usage, "prompt_tokens"), said(usage, "completion_tokens")
    return without_none({
        "input_tokens": given if given is not None else said(usage, "input_tokens"),
        "output_tokens": made if made is not None else said(usage, "output_tokens"),
        "total_tokens": said(usage, "total_tokens"),
        "cached_tokens": said(inside, "cached_tokens"),
        "reasoning_tokens": said(outside, "reasoning_tokens"),
    })  # fmt: skip


def _call(call: Any) -> Fields:
    if said(call, "function") is not None:
        return _function(said(call, "id"), said(call, "function", "name"), said(call, "function", "arguments"))
    return _function(said(call, "id"), said(call, "custom", "name"), said(call, "custom", "input"))


def _function(call_id: Any, name: Any, arguments: Any) -> Fields:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
