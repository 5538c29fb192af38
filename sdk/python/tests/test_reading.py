"""The reading side, over answers in the words of the server."""

from __future__ import annotations

import asyncio
import json
import unittest
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler
from typing import Any, Dict, List, Tuple
from urllib.parse import parse_qsl, urlsplit

import clew
import clew.testing
from agentos import AgentOSClient

from .fakes import FakeServer, answer_json

TRACE = "0af7651916cd43dd8448eb211c80319c"
SUMMARY = {
    "trace_id": TRACE, "name": "Weather_Agent.arun", "status": "OK", "duration": "549ms",
    "start_time": "2026-11-20T06:01:48.469724Z", "end_time": "2026-11-20T06:01:49.018724Z", "total_spans": 3,
    "error_count": 0, "created_at": "2026-11-20T06:01:49Z", "session_id": "sess-2", "agent_id": "weather-agent",
}  # fmt: skip
NODE = {"duration": "0ms", "status": "OK", "start_time": "2026-11-20T06:01:48Z", "end_time": "2026-11-20T06:01:48.250Z"}
TREE = [{
    **NODE, "id": "b3f57fd57389f63e", "name": "Weather_Agent.arun", "type": "AGENT",
    "metadata": {"total_input_tokens": 32, "total_output_tokens": 14},
    "spans": [
        {**NODE, "id": "bc7a5ce59e1affd6", "name": "OpenAIChat.ainvoke", "type": "LLM",
         "metadata": {"model": "fake-gpt", "input_tokens": 13, "output_tokens": 7},
         "spans": [{**NODE, "id": "0000000000000001", "name": "inner", "type": "TOOL", "end_time": None}]},
        {**NODE, "id": "e7ca03783d8e5f1f", "name": "get_weather", "type": "TOOL", "status": "ERROR", "error": "no"},
    ],
}]  # fmt: skip


class Reading(unittest.TestCase):
    def serve(self, answers: Dict[str, Any]) -> "Tuple[FakeServer, List[Tuple[str, Dict[str, str]]]]":
        asked: List[Tuple[str, Dict[str, str]]] = []

        def answer(server: FakeServer, handler: BaseHTTPRequestHandler) -> None:
            target = urlsplit(handler.path)
            line = f"{handler.command} {target.path}"
            asked.append((line, dict(parse_qsl(target.query))))
            found = answers.get(line, (404, {"error": {"code": "not_found", "message": "no such thing"}}))
            found = found.pop(0) if isinstance(found, list) else found
            answer_json(handler, *found)

        server = FakeServer(answer).__enter__()
        self.addCleanup(server.__exit__)
        return server, asked

    def reader(self, server: FakeServer) -> clew.Reader:
        reader = clew.Reader("aos_ws_1", server.url)
        self.addCleanup(reader.close)
        return reader

    def test_pages_go_on_to_their_end(self) -> None:
        server, asked = self.serve({"GET /api/v1/traces": [
            (200, {"traces": [{"trace_id": "a", "usage": {"input": 3}}], "next_cursor": "c1", "total": 2, "total_is": "exact"}),
            (200, {"traces": [], "next_cursor": "c2"}),
            (200, {"traces": [{"trace_id": "b", "usage": None}], "next_cursor": None}),
        ]})  # fmt: skip
        rows = list(self.reader(server).iterate("agent:mail", sort="-start", limit=1))
        self.assertEqual([row.trace_id for row in rows], ["a", "b"])
        self.assertEqual((rows[0].usage.input, rows[1].usage, rows[0]["trace_id"]), (3, None, "a"))
        self.assertEqual(asked[0][1], {"filter": "agent:mail", "sort": "-start", "limit": "1"})
        self.assertEqual([said.get("cursor") for _, said in asked], [None, "c1", "c2"])
        self.assertEqual(server.requests[0][1]["authorization"], "Bearer aos_ws_1")

    def test_a_member_that_is_not_there_is_named(self) -> None:
        server, _ = self.serve({"GET /api/v1/traces": (200, {"traces": [{"trace_id": "a"}]})})
        row = self.reader(server).list().items[0]
        with self.assertRaisesRegex(AttributeError, "has no 'trace'; it has \\['trace_id'\\]"):
            row.trace
        self.assertEqual((row.get("cost"), "trace_id" in row), (None, True))

    def test_a_run_of_several_pages_is_whole(self) -> None:
        path = "GET /api/v1/traces/my%20run"
        server, asked = self.serve({path: [
            (200, {"trace": {"name": "mail"}, "spans": [{"name": "a"}], "next_cursor": "c"}),
            (200, {"trace": {"name": "mail"}, "spans": [{"name": "b"}], "next_cursor": None}),
        ]})  # fmt: skip
        run = self.reader(server).open("my run")
        self.assertEqual((run.name, run.trace.name, [span.name for span in run.spans]), ("mail", "mail", ["a", "b"]))

    def test_labels(self) -> None:
        server, asked = self.serve({
            "POST /api/v1/labels": (200, {"done": True}),
            "GET /api/v1/labels": (200, {"labels": [{"id": 7, "value": "good"}], "next_cursor": None}),
            "DELETE /api/v1/labels/7": (200, {"done": True}),
        })  # fmt: skip
        reader = self.reader(server)
        reader.put_label("outcome", "good", score=1.0, trace_id=TRACE)
        self.assertEqual([label.id for label in reader.labels("outcome")], [7])
        reader.delete_label(7)
        wanted = {"name": "outcome", "value": "good", "score": 1.0, "trace_id": TRACE, "source": "sdk"}
        self.assertEqual(json.loads(server.requests[0][2]), wanted)
        self.assertEqual(asked[1][1], {"name": "outcome", "limit": "50"})

    def test_what_is_not_answered_raises(self) -> None:
        server, _ = self.serve(
            {"GET /api/v1/stats": (400, {"error": {"code": "bad_filter", "message": "unknown field"}})}
        )
        reader = self.reader(server)
        with self.assertRaisesRegex(clew.ReadError, "400 unknown field") as refused:
            reader.stats("agent", filter="modle:x")
        self.assertEqual((refused.exception.status, refused.exception.code), (400, "bad_filter"))
        with self.assertRaises(clew.ReadError) as missing:
            reader.span(TRACE, "a")
        self.assertEqual(missing.exception.status, 404)
        with self.assertRaises(clew.ReadError) as nobody:
            clew.Reader(base_url="http://127.0.0.1:9").list()
        self.assertEqual((nobody.exception.status, nobody.exception.code), (0, "unreachable"))

    def test_the_client_of_the_documents(self) -> None:
        meta = {"page": 1, "limit": 1, "total_pages": 2, "total_count": 2, "search_time_ms": 0.9}
        server, asked = self.serve({
            "GET /traces": [(200, {"data": [SUMMARY], "meta": meta}), (200, {"data": [SUMMARY], "meta": {**meta, "page": 2}})],
            f"GET /traces/{TRACE}": (200, {**SUMMARY, "output": "sunny", "tree": TREE}),
            "GET /traces/stats/sessions": (200, {"data": [{
                "session_id": "sess-2", "total_traces": 2, "first_trace_at": "2026-11-20T06:01:48.469724Z",
                "last_trace_at": "2026-11-20T06:01:49Z"}], "meta": {**meta, "total_pages": 1}}),
            "POST /traces/search": (200, {"data": [{**SUMMARY, "tree": TREE}], "meta": meta}),
        })  # fmt: skip

        async def main() -> None:
            async with AgentOSClient(server.url, "aos_ws_1") as client:
                pages = [trace async for trace in client.iterate_traces(limit=1, session_id="sess-2")]
                self.assertEqual([trace.trace_id for trace in pages], [TRACE, TRACE])
                self.assertEqual(
                    (pages[0].duration_ms, pages[0].agent_id, pages[0].user_id), (549.0, "weather-agent", None)
                )
                self.assertEqual(pages[0].created_at, datetime(2026, 11, 20, 6, 1, 49, tzinfo=timezone.utc))
                detail = await client.get_trace(TRACE)
                self.assertEqual((detail.total_tokens, detail.output), (46, "sunny"))
                self.assertEqual(
                    [(span.depth, span.name, span.duration_ms, span.total_tokens) for span in detail.spans],
                    [(0, "Weather_Agent.arun", 250.0, 46), (1, "OpenAIChat.ainvoke", 250.0, 20), (2, "inner", None, None),
                     (1, "get_weather", 250.0, None)],
                )  # fmt: skip
                self.assertEqual((detail.spans[3].error, detail.spans[1].model), ("no", "fake-gpt"))
                stats = await client.get_trace_stats_by_session(user_id="ada", sort_by="total_traces")
                self.assertEqual((stats.data[0].total_traces, len(stats), stats.has_more), (2, 1, False))
                found = await client.search_traces({"op": "EQ", "key": "status", "value": "OK"})
                self.assertEqual((found.total_count, found.data[0].total_tokens), (2, 46))
                with self.assertRaises(clew.ReadError):
                    await client.get_trace("unknown")

        asyncio.run(main())
        self.assertEqual(asked[1][1], {"session_id": "sess-2", "page": "2", "limit": "1"})
        self.assertEqual(
            asked[3],
            ("GET /traces/stats/sessions", {"user_id": "ada", "sort_by": "total_traces", "page": "1", "limit": "20"}),
        )
        self.assertEqual(json.loads(server.requests[4][2]), {
            "filter": {"op": "EQ", "key": "status", "value": "OK"}, "group_by": "run", "page": 1, "limit": 20})  # fmt: skip


class Kit(unittest.TestCase):
    def test_an_assertion_that_does_not_hold_shows_the_tree(self) -> None:
        with clew.testing.capture() as recorded:
            with clew.start_run("mail"), clew.span("look up", kind="tool") as span:
                span.set_end(result=1)
        for assertion, words in (
            (lambda: recorded.assert_span("look"), "no span 'look'; there are:\nmail (run) ok\n  look up (tool) ok"),
            (
                lambda: recorded.assert_span("look up", kind="llm", status="error"),
                "kind is 'tool', not 'llm'; status is 'ok'",
            ),
            (lambda: recorded.assert_span("look up", end_data={"result": 2}), "end_data['result'] is 1, not 2"),
            (lambda: recorded.run("other"), "0 runs 'other'"),
        ):
            with self.assertRaises(AssertionError) as failed:
                assertion()
            self.assertIn(words, str(failed.exception))

    def test_what_is_open_or_failed_is_named(self) -> None:
        with clew.testing.capture() as recorded:
            clew.start_run("mail").child("left").fail("no")
        with self.assertRaisesRegex(AssertionError, "'mail' is open"):
            recorded.assert_no_errors()

    def test_the_client_of_before_is_put_back(self) -> None:
        before = clew.configure(disabled=True, spool=False)
        with clew.testing.capture():
            self.assertIsNot(clew.default(), before)
        self.assertIs(clew.default(), before)


if __name__ == "__main__":
    unittest.main()
