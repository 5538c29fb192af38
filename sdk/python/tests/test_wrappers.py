"""The wrappers, over clients shaped like the providers' own; the real ones are in conformance/sdk_python.py."""

from __future__ import annotations

import asyncio
import unittest
from types import SimpleNamespace as Thing
from typing import Any, AsyncIterator, Dict, Iterator, List

import clew
from clew import testing

USAGE = Thing(
    prompt_tokens=120, completion_tokens=17, total_tokens=137,
    prompt_tokens_details=Thing(cached_tokens=64), completion_tokens_details=Thing(reasoning_tokens=5),
)  # fmt: skip
ANSWER = Thing(
    id="chatcmpl-1", model="gpt-4.1-2025", usage=USAGE,
    choices=[Thing(index=0, finish_reason="tool_calls", message=Thing(
        content="Let me look.", refusal=None,
        tool_calls=[Thing(id="call_1", function=Thing(name="look_up", arguments='{"parcel":"P-7"}'))],
    ))],
)  # fmt: skip
CHUNKS = [
    Thing(id="chatcmpl-1", model="gpt-4.1-2025", usage=None, choices=[Thing(index=0, finish_reason=None, delta=delta)])
    for delta in (
        Thing(content="Let me "), Thing(content="look."),
        Thing(content=None, tool_calls=[Thing(index=0, id="call_1", function=Thing(name="look_up", arguments='{"par'))]),
        Thing(content=None, tool_calls=[Thing(index=0, id=None, function=Thing(name=None, arguments='cel":"P-7"}'))]),
    )
] + [
    Thing(id="chatcmpl-1", model="gpt-4.1-2025", usage=None, choices=[Thing(index=0, finish_reason="tool_calls", delta=Thing())]),
    Thing(id="chatcmpl-1", model="gpt-4.1-2025", usage=USAGE, choices=[]),
]  # fmt: skip
CALLS = [{"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": '{"parcel":"P-7"}'}}]
TOLD = {
    "content": "Let me look.", "tool_calls": CALLS, "finish_reason": "tool_calls", "model": "gpt-4.1-2025",
    "response_id": "chatcmpl-1", "input_tokens": 120, "output_tokens": 17, "total_tokens": 137, "cached_tokens": 64,
    "reasoning_tokens": 5,
}  # fmt: skip


class Stream:
    """As OpenAI's and Anthropic's."""

    def __init__(self, events: List[Any]) -> None:
        self._iterator = iter(events)
        self.is_closed = False

    def __iter__(self) -> Iterator[Any]:
        yield from self._iterator

    def __next__(self) -> Any:
        return next(self._iterator)

    def close(self) -> None:
        self.is_closed = True

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class AsyncStream:
    def __init__(self, events: List[Any]) -> None:
        self._iterator = self._all(events)

    async def _all(self, events: List[Any]) -> AsyncIterator[Any]:
        for event in events:
            yield event

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._iterator

    async def __anext__(self) -> Any:
        return await self._iterator.__anext__()


class Completions:
    def __init__(self) -> None:
        self.seen: Dict[str, Any] = {}

    def create(self, **named: Any) -> Any:
        self.seen = named
        if named.get("model") == "broken":
            raise ConnectionError("the model is down")
        asks = (named.get("stream_options") or {}).get("include_usage")
        return Stream(CHUNKS if asks else CHUNKS[:-1]) if named.get("stream") else ANSWER


class AsyncCompletions:
    async def create(self, **named: Any) -> Any:
        if named.get("model") == "broken":
            raise ConnectionError("the model is down")
        return AsyncStream(CHUNKS) if named.get("stream") else ANSWER


def openai_like(completions: Any, base_url: str = "http://127.0.0.1/v1") -> Any:
    return Thing(chat=Thing(completions=completions), base_url=base_url)


class OpenAI(unittest.TestCase):
    def setUp(self) -> None:
        capture = testing.capture()
        self.recorded = capture.__enter__()
        self.addCleanup(capture.__exit__, None, None, None)
        self.client = clew.wrap_openai(openai_like(Completions()))

    def test_a_call_alone_is_a_run_with_a_model_call(self) -> None:
        answer = self.client.chat.completions.create(
            model="gpt-4.1", messages=[{"role": "user", "content": "hi"}], temperature=0.2, timeout=3
        )
        self.assertIs(answer, ANSWER)
        self.assertEqual(self.recorded.tree(), "gpt-4.1 (run) ok\n  gpt-4.1 (llm) ok")
        span = self.recorded.run().span("gpt-4.1")
        self.assertEqual(span.data, {"provider": "openai", "model": "gpt-4.1", "temperature": 0.2,
                                     "messages": [{"role": "user", "content": "hi"}]})  # fmt: skip
        self.assertEqual(span.end_data, TOLD)

    def test_it_stands_below_what_is_current(self) -> None:
        with clew.start_run("mail"), clew.span("classify"):
            self.client.chat.completions.create(model="gpt-4.1", messages=[])
        self.recorded.assert_span("gpt-4.1", kind="llm", parent="classify")

    def test_a_failure_goes_on(self) -> None:
        with clew.start_run("mail"), self.assertRaises(ConnectionError):
            self.client.chat.completions.create(model="broken")
        self.assertEqual((self.recorded.span("broken").error or {})["message"], "the model is down")

    def test_a_stream(self) -> None:
        with clew.start_run("mail"):
            stream = self.client.chat.completions.create(
                model="gpt-4.1", stream=True, stream_options={"include_usage": True}
            )
            self.assertIsInstance(stream, Stream)
            self.assertEqual(list(stream), CHUNKS)
        told = dict(self.recorded.span("gpt-4.1").end_data)
        self.assertGreaterEqual(told.pop("ttft_ms"), 0)
        self.assertEqual(told, TOLD)

    def test_tokens_of_a_stream_are_asked_for_where_that_is_known_to_work(self) -> None:
        completions = Completions()
        client = clew.wrap_openai(openai_like(completions, "https://api.openai.com/v1/"))
        with clew.start_run("mail"):
            self.assertEqual(list(client.chat.completions.create(model="gpt-4.1", stream=True)), CHUNKS[:-1])
        self.assertEqual(completions.seen["stream_options"], {"include_usage": True})
        self.assertEqual(self.recorded.span("gpt-4.1").end_data["input_tokens"], 120)

    def test_elsewhere_the_request_is_left_as_it_is(self) -> None:
        completions = Completions()
        client = clew.wrap_openai(openai_like(completions))
        list(client.chat.completions.create(model="gpt-4.1", stream=True))
        self.assertNotIn("stream_options", completions.seen)

    def test_a_stream_that_is_left(self) -> None:
        with clew.start_run("mail"):
            stream = self.client.chat.completions.create(model="gpt-4.1", stream=True)
            next(stream)
            stream.close()
            self.assertTrue(stream.is_closed)
        span = self.recorded.assert_span("gpt-4.1", status="ok")
        self.assertEqual(span.end_data["content"], "Let me ")

    def test_asynchronous(self) -> None:
        client = clew.wrap_openai(openai_like(AsyncCompletions()))

        async def main() -> None:
            with clew.start_run("mail"):
                self.assertIs(await client.chat.completions.create(model="one"), ANSWER)
                chunks = [chunk async for chunk in await client.chat.completions.create(model="two", stream=True)]
                self.assertEqual(chunks, CHUNKS)
                with self.assertRaises(ConnectionError):
                    await client.chat.completions.create(model="broken")

        asyncio.run(main())
        self.assertEqual(self.recorded.span("one").end_data, TOLD)
        self.assertEqual(self.recorded.span("two").end_data["tool_calls"], CALLS)
        self.recorded.assert_span("broken", status="error", parent="mail")

    def test_wrapped_twice_is_wrapped_once(self) -> None:
        clew.wrap_openai(self.client)
        self.client.chat.completions.create(model="gpt-4.1")
        self.assertEqual(len(self.recorded.spans), 1)

    def test_an_answer_of_an_unknown_shape_comes_through(self) -> None:
        class Odd:
            def create(self, **named: Any) -> Any:
                return Thing(choices=7)

        client = clew.wrap_openai(openai_like(Odd()))
        with self.assertLogs("clew", "ERROR"):
            self.assertEqual(client.chat.completions.create(model="m").choices, 7)
        self.recorded.assert_no_errors()

    def test_responses(self) -> None:
        response = Thing(
            id="resp_1", model="gpt-5-mini", status="completed", incomplete_details=None, error=None,
            output=[
                Thing(type="reasoning", summary=[Thing(text="think")]),
                Thing(type="message", content=[Thing(type="output_text", text="Let me look.")]),
                Thing(type="function_call", call_id="call_1", name="look_up", arguments='{"parcel":"P-7"}'),
            ],
            usage=Thing(input_tokens=120, output_tokens=17, total_tokens=137,
                        input_tokens_details=Thing(cached_tokens=64), output_tokens_details=Thing(reasoning_tokens=5)),
        )  # fmt: skip
        events = [Thing(type="response.created", response=Thing()),
                  Thing(type="response.output_text.delta", delta="Let"), Thing(type="response.completed", response=response)]  # fmt: skip

        class Responses:
            def create(self, **named: Any) -> Any:
                return Stream(events) if named.get("stream") else response

        client = clew.wrap_openai(Thing(responses=Responses(), base_url="x"))
        with clew.start_run("mail"):
            client.responses.create(model="one", input="hi", instructions="be brief")
            list(client.responses.create(model="two", input=[{"role": "user", "content": "hi"}], stream=True))
        told = {
            "content": "Let me look.", "reasoning": "think", "tool_calls": CALLS, "finish_reason": "completed",
            "model": "gpt-5-mini", "response_id": "resp_1", "input_tokens": 120, "output_tokens": 17,
            "total_tokens": 137, "cached_tokens": 64, "reasoning_tokens": 5,
        }  # fmt: skip
        one, two = self.recorded.span("one"), self.recorded.span("two")
        self.assertEqual(one.data, {"provider": "openai", "model": "one", "system": "be brief",
                                    "messages": [{"role": "user", "content": "hi"}]})  # fmt: skip
        self.assertEqual(one.end_data, told)
        self.assertEqual({key: value for key, value in two.end_data.items() if key != "ttft_ms"}, told)

    def test_embeddings(self) -> None:
        answer = Thing(model="text-embedding-3-small", usage=Thing(prompt_tokens=8, total_tokens=8), data=[1, 2])
        client = clew.wrap_openai(Thing(embeddings=Thing(create=lambda **_: answer), base_url="x"))
        client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
        span = self.recorded.run().span("text-embedding-3-small")
        self.assertEqual((span.kind, span.end_data), ("embedding", {"model": "text-embedding-3-small", "input_tokens": 8,
                                                                    "total_tokens": 8, "vectors": 2}))  # fmt: skip


class Anthropic(unittest.TestCase):
    MESSAGE = Thing(
        id="msg_1", model="claude-sonnet-4-5", stop_reason="tool_use",
        content=[Thing(type="thinking", thinking="think"), Thing(type="text", text="Let me look."),
                 Thing(type="tool_use", id="toolu_1", name="look_up", input={"parcel": "P-7"})],
        usage=Thing(input_tokens=40, output_tokens=17, cache_read_input_tokens=64, cache_creation_input_tokens=16),
    )  # fmt: skip
    EVENTS = [
        Thing(type="message_start", message=Thing(id="msg_1", model="claude-sonnet-4-5", usage=Thing(
            input_tokens=40, output_tokens=1, cache_read_input_tokens=64, cache_creation_input_tokens=16))),
        Thing(type="content_block_start", index=0, content_block=Thing(type="thinking", thinking="")),
        Thing(type="content_block_delta", index=0, delta=Thing(type="thinking_delta", thinking="think")),
        Thing(type="content_block_start", index=1, content_block=Thing(type="text", text="")),
        Thing(type="content_block_delta", index=1, delta=Thing(type="text_delta", text="Let me ")),
        Thing(type="content_block_delta", index=1, delta=Thing(type="text_delta", text="look.")),
        Thing(type="content_block_start", index=2, content_block=Thing(type="tool_use", id="toolu_1", name="look_up")),
        Thing(type="content_block_delta", index=2, delta=Thing(type="input_json_delta", partial_json='{"parcel":')),
        Thing(type="content_block_delta", index=2, delta=Thing(type="input_json_delta", partial_json='"P-7"}')),
        Thing(type="message_delta", delta=Thing(stop_reason="tool_use"), usage=Thing(output_tokens=17)),
        Thing(type="message_stop"),
    ]  # fmt: skip
    TOLD = {
        "content": "Let me look.", "reasoning": "think", "finish_reason": "tool_use", "model": "claude-sonnet-4-5",
        "tool_calls": [{"id": "toolu_1", "type": "function",
                        "function": {"name": "look_up", "arguments": {"parcel": "P-7"}}}],
        "response_id": "msg_1", "input_tokens": 120, "output_tokens": 17, "cached_tokens": 64, "cache_write_tokens": 16,
    }  # fmt: skip

    def setUp(self) -> None:
        capture = testing.capture()
        self.recorded = capture.__enter__()
        self.addCleanup(capture.__exit__, None, None, None)
        case = self

        class Manager:
            def __enter__(self) -> Stream:
                return Stream(case.EVENTS)

            def __exit__(self, *_: Any) -> None:
                pass

        class Messages:
            def create(self, **named: Any) -> Any:
                return Stream(case.EVENTS) if named.get("stream") else case.MESSAGE

            def stream(self, **named: Any) -> Any:
                return Manager()

        self.client = clew.wrap_anthropic(Thing(messages=Messages()))

    def told(self, name: str) -> Dict[str, Any]:
        return {key: value for key, value in self.recorded.span(name).end_data.items() if key != "ttft_ms"}

    def test_a_message(self) -> None:
        with clew.start_run("mail"):
            self.client.messages.create(model="claude", system="be brief", messages=[], max_tokens=100)
        self.assertEqual(self.told("claude"), self.TOLD)
        self.assertEqual(self.recorded.span("claude").data["system"], "be brief")

    def test_a_stream(self) -> None:
        with clew.start_run("mail"):
            list(self.client.messages.create(model="claude", stream=True))
        self.assertEqual(self.told("claude"), self.TOLD)

    def test_the_helper(self) -> None:
        with clew.start_run("mail"):
            with self.client.messages.stream(model="claude") as stream:
                self.assertEqual(len(list(stream)), 11)
            with self.assertRaises(KeyError):
                with self.client.messages.stream(model="left") as stream:
                    next(stream)
                    raise KeyError("x")
        self.assertEqual(self.told("claude"), self.TOLD)
        self.recorded.assert_span("left", status="error")


if __name__ == "__main__":
    unittest.main()
