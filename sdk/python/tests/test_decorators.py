"""Functions that are spans."""

from __future__ import annotations

import asyncio
import gc
import unittest
import weakref
from typing import Any, AsyncIterator, Generator, Iterator

import clew
from clew import testing

from .fakes import ScriptedTransport, hand_client

class Decorators(unittest.TestCase):
    def setUp(self) -> None:
        capture = testing.capture()
        self.recorded = capture.__enter__()
        self.addCleanup(capture.__exit__, None, None, None)

    def test_plain_functions_nest_and_the_outermost_is_a_run(self) -> None:
        @clew.tool
        def look_up(parcel: str, *, days: int = 3) -> str:
            """Where it is."""
            return f"{parcel} in Lyon"

        @clew.trace("plan", kind="chain", metadata={"v": 1})
        def plan(mail: str) -> str:
            return look_up("P-7", days=5)

        @clew.agent
        def answer(mail: str) -> str:
            return plan(mail).upper()

        self.assertEqual(answer("where?"), "P-7 IN LYON")
        self.assertEqual((look_up.__name__, look_up.__doc__), ("look_up", "Where it is."))
        self.assertEqual(self.recorded.tree(), "answer (run) ok\n  plan (chain) ok\n    look_up (tool) ok")
        run = self.recorded.run("answer")
        self.assertEqual((run.input, run.output), ({"mail": "where?"}, "P-7 IN LYON"))
        self.recorded.assert_span("look_up", data={"name": "look_up", "arguments": {"parcel": "P-7", "days": 5}},
                                  end_data={"result": "P-7 in Lyon"})  # fmt: skip
        self.recorded.assert_span("plan", input={"mail": "where?"}, output="P-7 in Lyon")

    def test_a_tool_alone_is_a_run_with_a_tool(self) -> None:
        @clew.tool(name="add")
        def add(a: int, b: int) -> int:
            return a + b

        self.assertEqual(add(2, 3), 5)
        self.assertEqual(self.recorded.tree(), "add (run) ok\n  add (tool) ok")

    def test_a_nested_agent_is_a_span_of_the_run(self) -> None:
        @clew.agent
        def courier() -> None:
            clew.event("asked")

        @clew.agent
        def support() -> None:
            courier()

        support()
        self.assertEqual(self.recorded.tree(), "support (run) ok\n  courier (agent) ok")
        self.assertEqual([event["name"] for event in self.recorded.span("courier").events], ["asked"])

    def test_methods_are_told_without_their_object(self) -> None:
        class Desk:
            @clew.trace
            def answer(self, mail: str) -> str:
                return mail

            @classmethod
            @clew.trace
            def make(cls, name: str) -> str:
                return name

        Desk().answer("m")
        Desk.make("n")
        self.assertEqual([run.input for run in self.recorded.runs], [{"mail": "m"}, {"name": "n"}])

    def test_what_is_captured_can_be_chosen(self) -> None:
        @clew.trace(capture_input=False, capture_output=False)
        def quiet(secret: str) -> str:
            return secret

        quiet("s3cret")
        self.assertNotIn("s3cret", str(self.recorded._transport.bodies))

    def test_a_failure_goes_on_to_the_caller(self) -> None:
        @clew.trace
        def broken() -> None:
            raise ValueError("no")

        with self.assertRaisesRegex(ValueError, "no"):
            broken()
        self.assertEqual((self.recorded.run().error or {})["message"], "no")

    def test_coroutines(self) -> None:
        @clew.tool
        async def look_up(parcel: str) -> str:
            await asyncio.sleep(0)
            return parcel.lower()

        @clew.agent
        async def answer() -> Any:
            return await asyncio.gather(look_up("A"), look_up("B"))

        self.assertEqual(asyncio.run(answer()), ["a", "b"])
        self.assertEqual(self.recorded.tree(), "answer (run) ok\n  look_up (tool) ok\n  look_up (tool) ok")

    def test_a_cancelled_coroutine_has_failed(self) -> None:
        @clew.agent
        async def answer() -> None:
            await asyncio.Event().wait()

        async def main() -> None:
            task = asyncio.ensure_future(answer())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])

        asyncio.run(main())
        self.assertEqual((self.recorded.run().error or {})["type"], "asyncio.exceptions.CancelledError")

    def test_generators(self) -> None:
        seen = []

        @clew.trace
        def words() -> Generator[str, Any, str]:
            seen.append(clew.current_span())
            got = yield "a"
            seen.append(got)
            with clew.span("inner"):
                yield "b"
            return "end"

        with clew.start_run("mail") as run:
            generator = words()
            self.assertEqual(next(generator), "a")
            self.assertIs(clew.current_span(), run)  # the body's span is not the caller's
            self.assertEqual(generator.send("sent"), "b")
            self.assertIs(clew.current_span(), run)
            with self.assertRaises(StopIteration) as end:
                next(generator)
        self.assertEqual(end.exception.value, "end")
        self.assertEqual(seen[1], "sent")
        self.assertEqual(self.recorded.assert_span("words", status="ok").output, "ab")
        self.recorded.assert_span("inner", parent="words", status="ok")

    def test_a_generator_that_is_left_has_ended(self) -> None:
        @clew.trace
        def numbers() -> Iterator[int]:
            yield 1
            yield 2

        generator = numbers()
        next(generator)
        generator.close()  # type: ignore[attr-defined]
        self.assertEqual((self.recorded.run().status, self.recorded.run().output), ("ok", [1]))

    def test_a_generator_that_raises_has_failed(self) -> None:
        @clew.trace
        def numbers() -> Generator[int, None, None]:
            try:
                yield 1
            except KeyError:
                yield 2
            raise ValueError("no")

        generator = numbers()
        next(generator)
        self.assertEqual(generator.throw(KeyError("x")), 2)
        with self.assertRaises(ValueError):
            next(generator)
        self.assertEqual((self.recorded.run().error or {})["message"], "no")

    def test_many_items_are_counted(self) -> None:
        @clew.trace
        def numbers() -> Iterator[int]:
            yield from range(1_003)

        self.assertEqual(len(list(numbers())), 1_003)
        self.assertEqual(self.recorded.run().output[-2:], [999, "… (3 more)"])

    def test_items_that_are_not_recorded_are_not_kept(self) -> None:
        class Piece:
            pass

        def alive(takes_output: bool = True, **settings: Any) -> int:
            client = hand_client(ScriptedTransport(), **settings)
            pieces: "weakref.WeakSet[Piece]" = weakref.WeakSet()

            @clew.trace(client=client, capture_output=takes_output)
            def many() -> Iterator[Piece]:
                for _ in range(5):
                    piece = Piece()
                    pieces.add(piece)
                    yield piece

            running = many()
            for _ in range(5):
                next(running)
            gc.collect()
            kept = len(pieces)
            running.close()
            return kept

        self.assertEqual(alive(), 5)
        # The one that the generator itself has in its hands.
        self.assertEqual(alive(takes_output=False), 1)
        self.assertEqual(alive(capture=False), 1)
        self.assertEqual(alive(disabled=True), 1)

    def test_asynchronous_generators(self) -> None:
        @clew.trace
        async def words(fails: bool) -> AsyncIterator[str]:
            yield "a"
            with clew.span("inner"):
                await asyncio.sleep(0)
            yield "b"
            if fails:
                raise ValueError("no")

        async def main() -> None:
            with clew.start_run("mail") as run:
                seen = []
                async for word in words(False):
                    self.assertIs(clew.current_span(), run)
                    seen.append(word)
                self.assertEqual(seen, ["a", "b"])
                with self.assertRaises(ValueError):
                    async for _ in words(True):
                        pass
                left = words(False)
                await left.__anext__()
                await left.aclose()  # type: ignore[attr-defined]

        asyncio.run(main())
        spans = [span for span in self.recorded.spans if span.name == "words"]
        self.assertEqual([(span.status, span.output) for span in spans], [("ok", "ab"), ("error", None), ("ok", "a")])
        self.recorded.assert_span("inner", parent="words")


if __name__ == "__main__":
    unittest.main()
