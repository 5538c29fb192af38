"""What becomes of records: batches, retries, bounds. Time and answers are the test's."""

from __future__ import annotations

import logging
import unittest
from typing import Any
from unittest import mock

import clew
from clew.transport import Answer, Unreachable

from .fakes import TAKEN, HandClient, ScriptedTransport, hand_client

BUSY = Answer(503, b'{"error": {"code": "unavailable", "message": "stopping"}}')


def pump(client: HandClient) -> None:
    """What the thread does when it wakes."""
    client._sender.pump()


class Sending(unittest.TestCase):
    def setUp(self) -> None:
        self.transport = ScriptedTransport()
        self.clock = clew.ManualClock()
        self.client = hand_client(self.transport, self.clock)

    def test_a_batch_has_512_records_at_most(self) -> None:
        run = self.client.start_run(run_id="r")
        for _ in range(1_100):
            run.child("s").end()
        self.client.flush()
        sizes = [len(body["runs"][0]["spans"]) + ("start" in body["runs"][0]) for body in self.transport.bodies]
        self.assertEqual(sizes, [512, 512, 77])
        self.assertEqual(self.client.stats().sent, 1_101)

    def test_a_batch_has_a_mebibyte_at_most_and_a_larger_record_goes_alone(self) -> None:
        run = self.client.start_run(run_id="r")
        for size in (600_000, 600_000, 2_000_000, 10):
            run.child("s", data={"text": "x" * size}).end()
        self.client.flush()
        self.assertEqual([len(body["runs"][0]["spans"]) for body in self.transport.bodies], [1, 1, 1, 1])

    def test_retry_after_is_waited_for(self) -> None:
        self.transport.answers = [Answer(429, b"", {"Retry-After": "7"})]
        self.client.start_run(run_id="r")
        with self.assertLogs("clew", "WARNING"):
            pump(self.client)
        self.clock.move(6.9)
        pump(self.client)
        self.assertEqual(len(self.transport.bodies), 1)
        self.clock.move(0.2)
        pump(self.client)
        self.assertEqual(len(self.transport.bodies), 2)
        self.assertEqual(self.transport.bodies[0], self.transport.bodies[1])
        self.assertEqual((self.client.stats().sent, self.client.stats().waiting), (1, 0))

    def test_retry_after_may_be_a_date_and_is_a_minute_at_most(self) -> None:
        now = 1_795_000_000_000_000_000  # Wed, 18 Nov 2026 11:06:40 GMT
        for said, wanted in (
            ("Wed, 18 Nov 2026 11:06:50 GMT", 10.0), ("Wed, 18 Nov 2026 11:00:00 GMT", 0.0), ("3600", 60.0),
            ("soon", None), ("-3", 0.0), ("nan", None),
        ):  # fmt: skip
            self.assertEqual(Answer(503, b"", {"retry-after": said}).retry_after(now), wanted, said)
        self.assertIsNone(Answer(503).retry_after(now))

    def test_without_it_pauses_grow_with_jitter_to_half_a_minute(self) -> None:
        self.transport.always = BUSY
        self.client.start_run(run_id="r")
        pauses = []
        with self.assertLogs("clew", "WARNING"):
            for _ in range(12):
                pump(self.client)
                pauses.append(self.client._sender._seconds_to_try())
                self.clock.move(pauses[-1])
        for place, pause in enumerate(pauses):
            most = min(30.0, 0.25 * 2**place)
            self.assertTrue(0.09 * most < pause <= most, (place, pause))
        self.assertEqual(len(self.transport.bodies), 12)

    def test_every_passing_trouble_is_tried_again(self) -> None:
        for status in (407, 408, 425, 429, 500, 502, 503, 504, 507, 520, 522, 530):
            transport = ScriptedTransport(Answer(status), Unreachable("refused"))
            client = hand_client(transport, self.clock)
            client.start_run(run_id="r")
            with self.assertLogs("clew", "WARNING"):
                self.assertTrue(client.flush(100), status)
            self.assertEqual((len(transport.bodies), client.stats().sent), (3, 1), status)

    def test_what_is_refused_for_good_is_counted_and_told(self) -> None:
        for status, words in (
            (400, "wrong"), (401, "CLEW_API_KEY"), (403, "CLEW_API_KEY"), (404, "is no Clew"), (415, "wrong"),
            (501, "wrong"), (505, "wrong"), (302, "set CLEW_URL"),
        ):  # fmt: skip
            answer = Answer(status, b'{"error": {"message": "wrong"}}', {"Location": "http://elsewhere"})
            client = hand_client(ScriptedTransport(answer), self.clock)
            client.start_run(run_id="r").complete()
            with self.assertLogs("clew", "ERROR") as logged:
                client.flush()
            self.assertIn(words, logged.output[0])
            stats = client.stats()
            self.assertEqual((stats.refused, stats.sent, stats.waiting), (2, 0, 0), status)
            self.assertIn(words, stats.last_error or "")

    def test_a_record_that_the_server_refuses_is_counted_and_told(self) -> None:
        body = (
            b'{"accepted": 1, "rejected_count": 1, "rejected": [{"what": "runs[0].spans[0]", "reason": "name: is 7"}]}'
        )
        self.transport.answers = [Answer(200, body)]
        self.client.start_run(run_id="r").child("x")
        with self.assertLogs("clew", "ERROR") as logged:
            self.client.flush()
        self.assertIn("runs[0].spans[0]: name: is 7", logged.output[0])
        self.assertEqual((self.client.stats().sent, self.client.stats().refused), (1, 1))

    def test_a_batch_that_is_too_large_is_halved(self) -> None:
        self.transport.answers = [Answer(413), Answer(413), TAKEN, TAKEN, TAKEN]
        run = self.client.start_run(run_id="r")
        for number in range(3):
            run.child(f"s{number}").end()
        self.client.flush()
        told = [[span["name"] for span in run.get("spans", [])] for run in self.transport.elements()]
        self.assertEqual(told, [["s0", "s1", "s2"], ["s0"], [], ["s0"], ["s1", "s2"]])
        self.assertEqual(self.client.stats().sent, 4)

    def test_one_record_that_is_too_large_is_given_up(self) -> None:
        self.transport.always = Answer(413)
        self.client.start_run(run_id="r")
        with self.assertLogs("clew", "ERROR") as logged:
            self.client.flush()
        self.assertIn("larger than the server takes", logged.output[0])
        self.assertEqual((self.client.stats().refused, self.client.stats().waiting), (1, 0))

    def test_memory_is_bounded_and_what_is_dropped_is_counted_and_told(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=100_000)
        run = client.start_run(run_id="r")
        with self.assertLogs("clew", "ERROR") as logged:
            for _ in range(300):
                run.child("s", data={"text": "x" * 1_000}).end()
        self.assertLess(client._queued_bytes, 110_000)
        self.assertEqual(len(logged.records), 1)
        dropped = client.stats().dropped
        client.flush()
        told = [span for element in self.transport.elements() for span in element.get("spans", ())]
        self.assertEqual(len(told) + dropped, 300)
        self.assertTrue(all("end_time" in span and "data" in span for span in told))
        self.assertGreater(dropped, 200)

    def test_what_is_counted_is_given_back(self) -> None:
        run = self.client.start_run(run_id="r", input="x" * 100)
        span = run.child("s", data={"text": "x" * 1_000})
        span.set(more="y" * 1_000)
        span.set_end(late="z" * 1_000)
        span.event("e", {"text": "x" * 100})
        span.end({"text": "x" * 1_000})
        self.assertGreater(self.client._queued_bytes, 4_200)
        self.client.flush()
        self.assertEqual(self.client._queued_bytes, 0)
        run.set_metadata(a=1)
        run.complete("x" * 1_000)
        self.client.flush()
        self.assertEqual(self.client._queued_bytes, 0)

    def test_an_end_for_which_there_is_no_room_is_told_without_what_it_said(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=5_000)
        run = client.start_run(run_id="r")
        spans = [run.child(f"s{number}") for number in range(6)]
        with self.assertLogs("clew", "ERROR"):
            for span in spans[:-1]:
                span.end({"text": "x" * 4_000}, output="y" * 4_000)
            spans[-1].fail("x" * 4_000)
        self.assertLess(client._queued_bytes, 14_000)
        client.flush()
        told = self.transport.elements()[0]["spans"]
        self.assertTrue(all("end_time" in span for span in told))
        self.assertEqual([("end_data" in span, "output" in span) for span in told[1:]], [(False, False)] * 5)
        self.assertEqual(told[-1]["status"], "error")
        self.assertEqual((client._queued_bytes, client.stats().dropped), (0, 5))

    def test_a_log_handler_may_record(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=0)
        run = client.start_run(run_id="r")

        class Recording(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                run.event(record.getMessage())

        handler = Recording()
        logging.getLogger("clew").addHandler(handler)
        self.addCleanup(logging.getLogger("clew").removeHandler, handler)
        with self.assertLogs("clew"):
            run.child("a").end()
        logging.getLogger("clew").removeHandler(handler)

    def test_an_answer_of_somebody_else_is_none(self) -> None:
        self.transport.answers = [Answer(200, b"<html>Please sign in</html>"), Answer(200, b"[]"), Answer(204)]
        self.client.start_run(run_id="r")
        with self.assertLogs("clew", "WARNING") as logged:
            self.assertTrue(self.client.flush(100))
        self.assertIn("no Clew", logged.output[0])
        self.assertEqual((self.client.stats().sent, len(self.transport.bodies)), (1, 4))

    def test_a_password_of_the_address_is_not_told(self) -> None:
        self.transport.always = Unreachable("refused")
        client = hand_client(self.transport, self.clock, base_url="https://me:aos_secret@clew.example/x")
        client.start_run(run_id="r")
        with self.assertLogs("clew", "WARNING") as logged:
            client.flush(1)
        self.assertIn("https://clew.example/x cannot be reached", logged.output[0])
        self.assertNotIn("secret", str(logged.output))

    def test_what_waits_for_a_server_without_a_spool_is_bounded_too(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=3_000)
        self.transport.always = Unreachable("refused")
        with self.assertLogs("clew", "WARNING"):
            for number in range(40):
                client.start_run(run_id=f"r{number}", input="x" * 300).complete()
                pump(client)
        waiting, dropped = client.stats().waiting, client.stats().dropped
        self.assertLessEqual(client._sender.waiting_bytes, 3_000)
        self.assertEqual(waiting + dropped, 80)
        self.transport.always = None
        client.flush()
        self.assertEqual((client.stats().sent, client.stats().waiting), (waiting, 0))

    def test_what_waits_for_a_server_leaves_the_queue_no_room_of_its_own(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=6_000)
        self.transport.always = Unreachable("refused")
        with self.assertLogs("clew", "WARNING"):
            for number in range(400):
                client.start_run(run_id=f"r{number}").complete()
                if number < 20:
                    pump(client)
        waiting = client._sender.waiting_bytes
        self.assertGreater(waiting, 1_000)
        self.assertLessEqual(waiting + client._queued_bytes, 6_000 + 1_000)  # one record may pass over it

    def test_a_transport_that_breaks_loses_nothing(self) -> None:
        class Broken(ScriptedTransport):
            is_whole = False

            def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
                if not self.is_whole:
                    raise ValueError("Invalid header value b'Bearer aos_secret'")
                return super().send(body, is_packed, timeout)

        transport = Broken()
        client = hand_client(transport, self.clock)
        run = client.start_run(run_id="r")
        for number in range(1_000):
            run.child(f"s{number}").end()
        with self.assertLogs("clew", "WARNING") as logged:
            pump(client)
        self.assertNotIn("secret", str(logged.output))
        self.assertGreater(client._sender._seconds_to_try(), 0)
        self.assertEqual(client.stats().waiting, 1_001)
        transport.is_whole = True
        self.assertTrue(client.flush())
        self.assertEqual(client.stats().sent, 1_001)

    def test_an_answer_of_odd_form_is_taken_once(self) -> None:
        for said in (b'"rejected_count": "x"', b'"rejected_count": 1, "rejected": [7]'):
            body = b'{"accepted": 1, ' + said + b"}"
            transport = ScriptedTransport(Answer(200, body))
            client = hand_client(transport, self.clock)
            client.start_run(run_id="r")
            with mock.patch.object(client.notices, "say"):
                client.flush()
            stats = client.stats()
            self.assertEqual((len(transport.bodies), stats.sent + stats.refused, stats.waiting), (1, 1, 0), body)

    def test_a_record_that_cannot_be_written_harms_no_other(self) -> None:
        class Odd(str):
            def __str__(self) -> str:
                raise RuntimeError("no words")

        run = self.client.start_run(run_id="r")
        run.child(Odd("odd")).end()
        run.child("even", data={"n": 2**20_000}).end()
        with self.assertLogs("clew", "ERROR"):
            self.client.flush()
        self.assertEqual([span["name"] for span in self.transport.elements()[0]["spans"]], ["even"])
        self.assertEqual((self.client.stats().dropped, self.client.stats().sent), (1, 2))

    def test_flush_says_whether_all_arrived(self) -> None:
        self.assertTrue(self.client.flush())
        self.transport.always = Unreachable("refused")
        self.client.start_run(run_id="r")
        with self.assertLogs("clew", "WARNING"):
            self.assertFalse(self.client.flush(3))
        self.transport.always = None
        self.assertTrue(self.client.flush())

    def test_an_end_is_kept_for_a_span_whose_opening_had_no_room(self) -> None:
        client = hand_client(self.transport, self.clock, memory_max_bytes=2_000)
        run = client.start_run(run_id="r")
        filler = run.child("filler", data={"text": "x" * 3_000})
        late = run.child("late", "tool", data={"a": 1})
        client.flush()
        late.end({"result": 2})
        filler.end()
        client.flush()
        told = self.transport.elements()[-1]["spans"][0]
        self.assertEqual((told["name"], told["data"], told["end_data"]), ("late", {"a": 1}, {"result": 2}))
        self.assertEqual(client.stats().dropped, 0)

    def test_a_thread_sends_by_itself(self) -> None:
        arrived: Any = __import__("threading").Event()

        class Telling(ScriptedTransport):
            def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
                answer = super().send(body, is_packed, timeout)
                arrived.set()
                return answer

        client = clew.Clew(transport=Telling(), spool=False, variables={}, flush_interval=0.01)
        client.start_run(run_id="r").complete()
        self.assertTrue(arrived.wait(10))
        client.shutdown()


class Redaction(unittest.TestCase):
    def test_a_hook_sees_and_changes_everything_but_ids(self) -> None:
        seen = []

        def redact(record: Any) -> Any:
            seen.append(record["type"])
            record["id"] = "forged"
            return {key: "***" if key == "input" else value for key, value in record.items()}

        transport = ScriptedTransport()
        client = hand_client(transport, redact=redact)
        run = client.start_run("mail", run_id="r", input="secret")
        run.child("s", id="22" * 8, input="secret").end()
        run.event("e")
        run.complete()
        client.flush()
        element = transport.bodies[0]["runs"][0]
        self.assertEqual(seen, ["start", "complete", "span", "event"])
        self.assertEqual((element["start"]["input"], element["spans"][0]["input"]), ("***", "***"))
        self.assertEqual(element["spans"][0]["id"], "22" * 8)

    def test_a_hook_drops_what_it_answers_none_for(self) -> None:
        transport = ScriptedTransport()
        client = hand_client(transport, redact=lambda record: None if record["type"] == "span" else record)
        run = client.start_run("mail", run_id="r")
        run.child("s").end()
        run.complete()
        client.flush()
        self.assertNotIn("spans", transport.bodies[0]["runs"][0])
        self.assertEqual(client.stats().dropped, 1)

    def test_a_hook_that_raises_lets_no_payload_through(self) -> None:
        def redact(record: Any) -> Any:
            raise RuntimeError("broken")

        transport = ScriptedTransport()
        client = hand_client(transport, redact=redact)
        run = client.start_run("mail", run_id="r", name="secret", input="secret", metadata={"a": "secret"})
        run.child("secret", data={"q": "secret"}).fail("secret", {"r": "secret"})
        run.event("secret", {"q": "secret"})
        run.complete(output="secret")
        with self.assertLogs("clew", "ERROR"):
            client.flush()
        self.assertNotIn("secret", str(transport.bodies))
        self.assertEqual(transport.bodies[0]["runs"][0]["spans"][0]["status"], "error")


if __name__ == "__main__":
    unittest.main()
