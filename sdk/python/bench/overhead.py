"""What a span costs the program that records it, beside OpenTelemetry's SDK in the same run.

    python sdk/python/bench/overhead.py [--spans 20000] [--rounds 7]

Start and end of a span with a parent and five attributes, four of them known at its start. Medians of the rounds: of
the calling thread by the clock (on a busy machine that counts other programs too) and in CPU, and CPU of the whole
process, which has the thread that packs and sends too. Both send to a server of
this process that reads and forgets; OpenTelemetry is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

Round = Callable[[int], None]
Result = Tuple[float, float, float]


class _Sink(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Reads and forgets."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"accepted": 1}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _serve(told: "Queue[int]") -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sink)
    told.put(server.server_port)
    server.serve_forever()


def clew_round(url: str) -> Tuple[Round, Callable[[], None]]:
    """Our own SDK."""
    import clew

    client = clew.Clew(base_url=url, agent_id="bench", spool=False, memory_max_bytes=1 << 30)
    run = client.start_run()

    def spans(count: int) -> None:
        for number in range(count):
            span = run.start_span(
                "look up", "tool", data={"name": "look_up", "tool_call_id": "call_7", "k": 5, "city": "Paris"}
            )
            span.end({"result": number})

    def settle() -> None:
        client.flush(60)
        stats = client.stats()
        if stats.dropped or stats.refused:
            raise SystemExit(f"not all was sent: {stats}")

    return spans, settle


def with_round(url: str) -> Tuple[Round, Callable[[], None]]:
    """Our own SDK, with `with` and the current span."""
    import clew

    client = clew.Clew(base_url=url, agent_id="bench", spool=False, memory_max_bytes=1 << 30)
    run = client.start_run()

    def spans(count: int) -> None:
        with run.activate():
            for number in range(count):
                data = {"name": "look_up", "tool_call_id": "call_7", "k": 5, "city": "Paris"}
                with client.span("look up", "tool", data=data) as span:
                    span.set_end(result=number)

    def settle() -> None:
        client.flush(60)

    return spans, settle


def opentelemetry_round(url: str) -> Tuple[Round, Callable[[], None]]:
    """The baseline."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    processor = BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces"), max_queue_size=1 << 20)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("bench")
    root = trace.set_span_in_context(tracer.start_span("run"))

    def spans(count: int) -> None:
        for number in range(count):
            span = tracer.start_span(
                "look up",
                context=root,
                attributes={"name": "look_up", "tool_call_id": "call_7", "k": 5, "city": "Paris"},
            )
            span.set_attribute("result", number)
            span.end()

    def settle() -> None:
        provider.force_flush(60_000)

    return spans, settle


def measure(spans: Round, settle: Callable[[], None], count: int) -> Result:
    """Microseconds a span: of the caller by the clock, its CPU, and CPU of the process."""
    settle()
    before = time.perf_counter(), time.thread_time(), time.process_time()
    spans(count)
    took, own = time.perf_counter() - before[0], time.thread_time() - before[1]
    settle()
    every = time.process_time() - before[2]
    return took / count * 1e6, own / count * 1e6, every / count * 1e6


def main() -> int:
    """Rounds by turns, so that a busy machine is busy for all of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--spans", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    told: "Queue[int]" = Queue()
    server = Process(target=_serve, args=(told,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{told.get(timeout=10)}"
    makers = {"clew": clew_round, "clew, with": with_round, "opentelemetry": opentelemetry_round}
    rounds: Dict[str, Tuple[Round, Callable[[], None]]] = {}
    for name, make in makers.items():
        try:
            rounds[name] = make(url)
        except ImportError:
            print(f"{name} is not installed and left out")
    seen: Dict[str, List[Result]] = {name: [] for name in rounds}
    for number in range(asked.rounds + 1):
        for name, (spans, settle) in rounds.items():
            result = measure(spans, settle, asked.spans)
            if number:  # the first one warms up
                seen[name].append(result)
    print(
        f"python {sys.version.split()[0]}, {asked.spans} spans, medians of {asked.rounds} rounds, microseconds a span"
    )
    for name, results in seen.items():
        wall, own, every = (statistics.median(column) for column in zip(*results))
        lowest = min(took for took, _, _ in results)
        print(
            f"{name:14} caller, by the clock {wall:6.1f} (lowest {lowest:.1f})   caller, CPU {own:6.1f}"
            f"   whole process, CPU {every:6.1f}"
        )
    server.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
