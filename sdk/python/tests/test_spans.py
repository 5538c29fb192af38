"""What a program says of runs and spans, and what is told of it."""

from __future__ import annotations

import unittest
from typing import Any

import clew
from clew import testing
from clew.client import Clew

from .fakes import ScriptedTransport, hand_client


class Told(unittest.TestCase):
    """Bodies of requests, literally."""

    def setUp(self) -> None:
        self.transport = ScriptedTransport()
        self.clock = clew.ManualClock(1_795_000_000_000_000_000)
        self.client = hand_client(self.transport, self.clock)

    def test_the_run_of_the_documents(self) -> None:
        run = self.client.start_run(agent_id="mail", run_id="0198c3c2b5d07f3e8a4f1234567890ab")
        step = run.start_span("classify email", kind="step", id="1111111111111111")
        self.clock.move(0.5)
        llm = step.child("gpt-4.1", kind="llm", id="2222222222222222")
        self.clock.move(1)
        llm.end({"input_tokens": 1240, "output_tokens": 90})
        step.end()
        run.complete()
        self.assertTrue(self.client.flush())
        element = self.transport.bodies[0]["runs"][0]
        self.assertEqual(element["start"].pop("metadata")["sdk"]["name"], "clew-python")
        self.assertEqual(
            self.transport.bodies,
            [{"runs": [{
                "run_id": "0198c3c2b5d07f3e8a4f1234567890ab",
                "start": {"agent_id": "mail", "start_time": 1795000000000000000},
                "complete": {"end_time": 1795000001500000000},
                "spans": [
                    {"id": "1111111111111111", "name": "classify email", "kind": "step",
                     "start_time": 1795000000000000000, "end_time": 1795000001500000000},
                    {"id": "2222222222222222", "name": "gpt-4.1", "kind": "llm", "parent_id": "1111111111111111",
                     "start_time": 1795000000500000000, "end_time": 1795000001500000000,
                     "end_data": {"input_tokens": 1240, "output_tokens": 90}},
                ],
            }]}],
        )  # fmt: skip

    def test_an_open_span_is_told_and_its_end_says_only_what_is_new(self) -> None:
        run = self.client.start_run(run_id="r1", input="hello", session_id="s", user_id="u", tags=["a"])
        llm = run.child("gpt-4.1", "llm", data={"messages": [{"role": "user", "content": "hi"}]}, id="33" * 8)
        self.client.flush()
        self.clock.move(2)
        llm.end({"content": "hello"})
        run.complete(output="done")
        self.client.flush()
        first, second = (body["runs"][0] for body in self.transport.bodies)
        self.assertEqual(first["start"]["input"], "hello")
        self.assertEqual((first["start"]["session_id"], first["start"]["user_id"]), ("s", "u"))
        self.assertEqual(first["spans"][0]["data"], {"messages": [{"role": "user", "content": "hi"}]})
        self.assertNotIn("end_time", first["spans"][0])
        self.assertEqual(
            second["spans"][0],
            {"id": "33" * 8, "name": "gpt-4.1", "kind": "llm", "start_time": 1795000000000000000,
             "end_time": 1795000002000000000, "end_data": {"content": "hello"}},
        )  # fmt: skip
        self.assertNotIn("start", second)
        self.assertEqual(second["complete"], {"end_time": 1795000002000000000, "output": "done"})

    def test_what_is_given_is_recorded_as_it_was(self) -> None:
        messages = [{"role": "user", "content": "hi"}]
        run = self.client.start_run(run_id="r1")
        run.child("m", "llm", data={"messages": messages}).end()
        messages.append({"role": "assistant", "content": "later"})
        self.client.flush()
        told = self.transport.elements()[0]["spans"][0]["data"]["messages"]
        self.assertEqual(told, [{"role": "user", "content": "hi"}])

    def test_what_is_said_of_a_run_that_was_told_repeats_who_it_is(self) -> None:
        run = self.client.start_run("mail", run_id="r1", name="answer")
        self.client.flush()
        run.set_session("late")
        self.client.flush()
        self.assertEqual(
            self.transport.elements()[1]["start"],
            {"name": "answer", "agent_id": "mail", "start_time": 1795000000000000000, "session_id": "late"},
        )

    def test_times_of_ones_own(self) -> None:
        run = self.client.start_run(run_id="r1", start_time=1795154508.7)
        run.child("a", start_time="2026-11-20T06:01:48.607Z").end(end_time=1795154509000)
        run.child("backwards", start_time=1795154508).end(end_time=1795154507)
        self.client.flush()
        element = self.transport.elements()[0]
        self.assertEqual(element["start"]["start_time"], 1795154508700000000)
        self.assertEqual(element["spans"][0]["start_time"], 1795154508607000000)
        self.assertEqual(element["spans"][0]["end_time"], 1795154509000000000)
        self.assertEqual(element["spans"][1]["end_time"], 1795154508000000000)

    def test_a_wall_clock_that_is_set_back_changes_no_duration(self) -> None:
        run = self.client.start_run(run_id="r1")
        self.clock._wall -= 3_600_000_000_000
        self.clock._steady += 5_000_000
        run.complete()
        self.client.flush()
        self.assertEqual(self.transport.elements()[0]["complete"]["end_time"], 1795000000005000000)

    def test_who_runs_comes_from_the_settings(self) -> None:
        client = hand_client(self.transport, agent_id="a", agent_name="A", environment="prod", release="7")
        client.start_run(run_id="r1").complete()
        client.start_run("b", run_id="r2").complete()
        client.flush()
        first, second = (element["start"] for element in self.transport.elements())
        said = ("agent_id", "agent_name", "environment", "release", "name")
        self.assertEqual([first.get(key) for key in said], ["a", "A", "prod", "7", None])
        self.assertEqual([second.get(key) for key in said], ["b", None, "prod", "7", None])


class Meaning(unittest.TestCase):
    """What the test kit makes of it."""

    def test_with_ends_and_fails(self) -> None:
        with testing.capture() as recorded:
            with self.assertRaises(KeyError):
                with clew.start_run("mail") as run:
                    with clew.span("fine", kind="tool"):
                        pass
                    with run.child("open by hand"):
                        raise KeyError("gone")
        recorded.assert_span("fine", kind="tool", parent="mail", status="ok")
        failed = recorded.assert_span("open by hand", status="error", parent="mail")
        assert failed.error is not None
        self.assertEqual((failed.error["type"], failed.error["message"]), ("KeyError", "'gone'"))
        self.assertIn("test_with_ends_and_fails", failed.error["stack"])
        self.assertEqual(recorded.run().status, "error")

    def test_fail_takes_texts_exceptions_and_objects(self) -> None:
        with testing.capture() as recorded:
            run = clew.start_run("mail")
            run.child("text").fail("no")
            run.child("object").fail({"message": "no", "type": "Closed", "code": 7})
            run.child("data").fail(ValueError("no"), {"result": 1})
            run.fail(OSError("down"))
        self.assertEqual(recorded.span("text").error, {"message": "no"})
        self.assertEqual(recorded.span("object").error, {"message": "no", "type": "Closed", "code": "7"})
        self.assertEqual(recorded.span("data").end_data, {"result": 1})
        self.assertEqual((recorded.run().error or {})["type"], "OSError")

    def test_what_comes_after_the_end_is_passed_over(self) -> None:
        with testing.capture() as recorded, self.assertLogs("clew", "WARNING") as logged:
            run = clew.start_run("mail")
            span = run.child("a")
            span.end({"result": 1})
            span.end({"result": 2})
            span.fail("late")
            span.set(more=True)
            run.complete()
        self.assertEqual(recorded.span("a").end_data, {"result": 1})
        self.assertEqual(recorded.span("a").status, "ok")
        self.assertEqual(len(logged.records), 1)  # what is like it is counted

    def test_strict_says_so_instead(self) -> None:
        with testing.capture(strict=True):
            run = clew.start_run("mail")
            run.complete()
            with self.assertRaises(clew.MisuseError):
                run.complete()

    def test_everything_that_can_be_said(self) -> None:
        with testing.capture() as recorded:
            run = clew.start_run("mail", name="answer", metadata={"a": 1}, data={"k": 2})
            run.set_metadata(b=2)
            run.set_tags("x", "y")
            run.set_user("ada")
            span = run.child("m", "llm", input="q", metadata={"p": 1})
            span.set({"model": "m"}, temperature=0)
            span.set_usage(input_tokens=3)
            span.set_end(finish_reason="stop")
            span.event("first token", {"at": 3})
            span.end({"output_tokens": 4}, output="a")
            run.event("typing")
            run.complete("done", {"z": 1})
        run_seen = recorded.run()
        self.assertEqual({k: v for k, v in run_seen.fields["metadata"].items() if k != "sdk"}, {"a": 1, "b": 2})
        self.assertEqual((run_seen.fields["tags"], run_seen.fields["user_id"]), (["x", "y"], "ada"))
        self.assertEqual((run_seen.data, run_seen.end_data, run_seen.output), ({"k": 2}, {"z": 1}, "done"))
        span_seen = recorded.assert_span("m", kind="llm", input="q", output="a")
        self.assertEqual(span_seen.data, {"model": "m", "temperature": 0})
        self.assertEqual(span_seen.end_data, {"input_tokens": 3, "finish_reason": "stop", "output_tokens": 4})
        self.assertEqual([event["name"] for event in span_seen.events], ["first token"])
        self.assertEqual([event["name"] for event in run_seen.events], ["first token", "typing"])

    def test_arguments_of_a_wrong_kind_do_not_raise(self) -> None:
        class Odd:
            def __str__(self) -> str:
                raise RuntimeError("no words")

        anything: Any = Odd()
        with testing.capture() as recorded:
            run = clew.start_run("mail", tags=7, metadata=[1], data=3)  # type: ignore[arg-type]
            span = run.child("a", data="text", tags="one", metadata=anything)  # type: ignore[arg-type]
            span.set([1])  # type: ignore[arg-type]
            span.event("e", 5)  # type: ignore[arg-type]
            span.end("text", output=anything)  # type: ignore[arg-type]
            run.child(7, kind=None).fail(anything)  # type: ignore[arg-type]
            run.complete(output=anything)
        self.assertEqual(recorded.span("a").end_data, {"value": "text"})
        self.assertEqual(recorded.span("a").status, "ok")
        self.assertEqual(recorded.span("7").status, "error")
        self.assertEqual(recorded.run().status, "ok")

    def test_nor_do_objects_that_break_when_they_are_looked_at(self) -> None:
        class Broken:
            def items(self) -> Any:
                raise RuntimeError("no items")

            def __bool__(self) -> bool:
                raise RuntimeError("neither")

        class Numbered:
            def __iter__(self) -> Any:
                raise RuntimeError("no members")

        broken: Any = Broken()
        with testing.capture() as recorded, self.assertLogs("clew", "WARNING"):
            tags: Any = Numbered()
            said = {"data": broken, "metadata": broken, "tags": tags, "start_time": broken, "parent": broken}
            with clew.start_run("mail", **said) as run:
                run.start_span("a", data=broken, metadata=broken, start_time=broken).end(broken, end_time=broken)
                with clew.span("b", "tool", data=broken, start_time=broken, tags=tags) as span:
                    span.set(broken)
                    span.set_end(broken)
                    span.set_metadata(broken)
                    span.event("e", broken, time=broken)
        self.assertEqual([recorded.span(name).status for name in ("a", "b")], ["ok", "ok"])
        self.assertEqual((recorded.run().name, recorded.run().status), ("mail", "ok"))

    def test_an_id_that_no_clew_takes_is_replaced(self) -> None:
        with testing.capture() as recorded, self.assertLogs("clew", "WARNING"):
            clew.start_run(run_id="0" * 32).complete()
            clew.start_run(run_id="x" * 513).complete()
        self.assertTrue(all(len(run.run_id) == 32 and run.run_id.strip("0") for run in recorded.runs))

    def test_a_disabled_client_keeps_nothing(self) -> None:
        transport = ScriptedTransport()
        client = hand_client(transport, disabled=True)
        with client.start_run("mail") as run:
            run.child("a").end()
            run.event("e")
        self.assertTrue(client.flush())
        self.assertEqual((transport.bodies, client.stats().waiting), ([], 0))

    def test_without_capture_no_payload_is_kept(self) -> None:
        with testing.capture(capture=False) as recorded:
            run = clew.start_run("mail", input="secret")
            llm = run.child("m", "llm", data={"model": "m", "messages": ["secret"]}, input="secret")
            llm.set(choices=["secret"], prediction={"content": "secret"})
            run.child("n", data="secret").end("secret")  # type: ignore[arg-type]
            llm.set_output("secret")
            llm.event("e", {"text": "secret"})
            llm.end({"content": "secret", "input_tokens": 3}, output="secret")
            run.complete(output="secret")
        self.assertNotIn("secret", str(recorded._transport.bodies))
        self.assertEqual((recorded.span("m").data, recorded.span("m").end_data), ({"model": "m"}, {"input_tokens": 3}))

    def test_the_current_span_is_left_as_it_was(self) -> None:
        with testing.capture():
            run = clew.start_run("mail")
            self.assertIsNone(clew.current_span())
            with run.activate():
                self.assertIs(clew.current_span(), run)
                with run.child("a") as span:
                    self.assertIs(clew.current_span(), span)
                self.assertIs(clew.current_span(), run)
            self.assertIsNone(clew.current_span())
            self.assertFalse(run.ended)

    def test_an_agentos_is_a_clew(self) -> None:
        import agentos

        self.assertIs(agentos.AgentOS, Clew)


if __name__ == "__main__":
    unittest.main()
