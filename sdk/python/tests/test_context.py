"""Parents across threads, tasks, processes and requests."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import unittest

import clew
from clew import testing
from clew.propagation import parse_traceparent

TRACE = "0af7651916cd43dd8448eb211c80319c"
HEADER = f"00-{TRACE}-b7ad6b7169203331-01"


class Threads(unittest.TestCase):
    def test_a_thread_has_the_parent_it_was_bound_to(self) -> None:
        def work() -> None:
            with clew.span("work", kind="tool"):
                pass

        with testing.capture() as recorded:
            with clew.start_run("mail"):
                bound, unbound = threading.Thread(target=clew.bind(work)), threading.Thread(target=work)
                for thread in (bound, unbound):
                    thread.start()
                    thread.join()
        self.assertEqual(recorded.tree(), "mail (run) ok\n  work (tool) ok\nwork (run) ok\n  work (tool) ok")

    def test_pools(self) -> None:
        def work(number: int) -> int:
            with clew.span(f"work {number}"):
                return number

        with testing.capture() as recorded:
            with clew.start_run("mail"):
                with clew.ThreadPoolExecutor(2) as pool:
                    self.assertEqual(list(pool.map(work, [1, 2])), [1, 2])
                with clew.wrap_executor(concurrent.futures.ThreadPoolExecutor(2)) as pool:
                    self.assertEqual(pool.submit(work, 3).result(), 3)
        run = recorded.run()
        self.assertEqual(sorted(span.name for span in run.children), ["work 1", "work 2", "work 3"])

    def test_many_threads_lose_nothing(self) -> None:
        def work() -> None:
            for _ in range(100):
                with clew.span("s", kind="tool") as span:
                    span.set_end(result=1)

        with testing.capture() as recorded:
            with clew.start_run("mail"):
                threads = [threading.Thread(target=clew.bind(work)) for _ in range(8)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        self.assertEqual(len(recorded.run().children), 800)
        recorded.assert_no_errors()

    def test_tasks(self) -> None:
        async def work(name: str) -> None:
            async with clew.span(name):
                await asyncio.sleep(0)
                with clew.span(f"in {name}"):
                    await asyncio.sleep(0)

        async def main() -> None:
            with clew.start_run("mail"):
                await asyncio.gather(work("a"), work("b"))
                await asyncio.get_running_loop().run_in_executor(None, clew.bind(lambda: clew.span("c").end()))

        with testing.capture() as recorded:
            asyncio.run(main())
        recorded.assert_span("in a", parent="a")
        recorded.assert_span("in b", parent="b")
        recorded.assert_span("c", parent="mail")


class Remote(unittest.TestCase):
    def test_traceparents_that_are_none(self) -> None:
        for text in (
            "", "00", f"ff-{TRACE}-b7ad6b7169203331-01", f"00-{'0' * 32}-b7ad6b7169203331-01",
            f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE}-b7ad6b7169203331", f"00-{TRACE}-b7ad6b7169203331-01-more",
            f"00-{TRACE}x-b7ad6b7169203331-01", None,
        ):  # fmt: skip
            self.assertIsNone(parse_traceparent(text), text)
        self.assertEqual(parse_traceparent(HEADER.upper()), clew.RemoteParent(TRACE, "b7ad6b7169203331"))
        self.assertEqual(parse_traceparent("01" + HEADER[2:] + "-more"), clew.RemoteParent(TRACE, "b7ad6b7169203331"))

    def test_headers_in_any_form(self) -> None:
        for headers in (
            {"TraceParent": HEADER},
            {b"traceparent": HEADER.encode()},
            {"HTTP": "x", "traceparent": HEADER},
        ):
            self.assertEqual(clew.extract(headers), clew.RemoteParent(TRACE, "b7ad6b7169203331"))  # type: ignore[arg-type]
        self.assertIsNone(clew.extract({}))
        self.assertIsNone(clew.extract(None))

    def test_a_run_below_a_caller_is_a_span_of_its_trace(self) -> None:
        with testing.capture() as recorded:
            with clew.continue_trace({"traceparent": HEADER}):
                with clew.start_run("courier") as run:
                    self.assertEqual((run.trace_id, run.run_id), (TRACE, TRACE))
                    with clew.span("look up", kind="tool"):
                        pass
                with clew.span("direct", kind="tool"):
                    pass
        spans = {span.name: span for span in recorded.run().spans}
        self.assertNotIn("start", recorded._transport.bodies[0]["runs"][0])
        self.assertEqual(spans["courier"].kind, "agent")
        self.assertEqual(spans["courier"].fields["parent_id"], "b7ad6b7169203331")
        self.assertEqual(spans["courier"].fields["agent_id"], "courier")
        self.assertEqual(spans["look up"].fields["parent_id"], spans["courier"].id)
        self.assertEqual(spans["direct"].fields["parent_id"], "b7ad6b7169203331")

    def test_parents_can_be_given(self) -> None:
        with testing.capture() as recorded:
            with clew.start_run("mail") as run:
                clew.start_run("apart", parent=False).complete()
                clew.start_run("of a header", parent=HEADER).complete()
                clew.start_run("of headers", parent={"traceparent": HEADER}).complete()
                clew.start_run("nested").complete()
            clew.start_run("by hand", parent=run.child("step")).complete()
        self.assertEqual(len(recorded.runs), 3)
        self.assertEqual(recorded.run("apart").children, [])
        recorded.assert_span("nested", parent="mail", kind="agent")
        recorded.assert_span("by hand", parent="step", kind="agent")
        self.assertEqual(recorded.span("of a header").fields["parent_id"], "b7ad6b7169203331")

    def test_what_goes_out_names_the_current_span(self) -> None:
        with testing.capture():
            self.assertEqual(clew.inject(), {})
            self.assertEqual(clew.child_environment({"A": "b"}), {"A": "b"})
            run = clew.start_run("mail", run_id="0198c3c2b5d07f3e8a4f1234567890ab")
            with run:
                root = "00-0198c3c2b5d07f3e8a4f1234567890ab-41ac5e8cd3677a59-01"
                self.assertEqual(clew.inject({"A": "b"}), {"A": "b", "traceparent": root})
                with run.child("a", id="00f067aa0ba902b7") as span:
                    inner = "00-0198c3c2b5d07f3e8a4f1234567890ab-00f067aa0ba902b7-01"
                    self.assertEqual(span.traceparent, inner)
                    self.assertEqual(clew.child_environment({}), {"TRACEPARENT": inner})
            self.assertEqual(clew.start_run(run_id="My-Run").trace_id, "fba4f747c7cd2dd8d13c14cf1640b378")

    def test_the_process_may_have_a_parent(self) -> None:
        with testing.capture(variables={"TRACEPARENT": HEADER}) as recorded:
            clew.start_run("a").complete()
            with clew.span("b", kind="tool"):
                pass
            clew.start_run("c", parent=False).complete()
        self.assertEqual([run.run_id == TRACE for run in recorded.runs], [True, False])
        self.assertEqual(recorded.span("b").fields["parent_id"], "b7ad6b7169203331")
        self.assertEqual(clew.current_run(), None)


if __name__ == "__main__":
    unittest.main()
