"""Senders that keep a server busy and remember what it acknowledged."""

from __future__ import annotations

import http.client
import json
import threading
from dataclasses import dataclass, field

from otlp import PROTOBUF, as_protobuf, now_ns, request, span

TRACES_AT_ONCE = 3
SPANS_PER_REQUEST = 4
SYSTEM_PROMPT = "You are a careful assistant. " * 40


@dataclass
class Acked:
    """Span ids by trace, as the server acknowledged them, and what was under way when it fell silent."""

    spans: dict[str, set[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def add(self, trace_id: str, span_ids: list[str]) -> None:
        """Remembers one acknowledged request."""
        self.spans.setdefault(trace_id, set()).update(span_ids)

    def merge(self, other: Acked) -> None:
        """Takes over what another sender got acknowledged."""
        for trace_id, span_ids in other.spans.items():
            self.spans.setdefault(trace_id, set()).update(span_ids)
        self.refused += other.refused

    @property
    def count(self) -> int:
        """All acknowledged spans."""
        return sum(len(span_ids) for span_ids in self.spans.values())


def text_of(trace_id: str, span_id: str) -> str:
    """The unique text inside one span, to know it again."""
    return f"question {trace_id[:8]} {span_id}"


class Sender(threading.Thread):
    """Sends small batches of a few interleaved traces of one session until it is stopped or loses its server."""

    def __init__(self, port: int, name: str, first: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.sender = name
        self.first = first  # number of its first span, so that a later sender can go on with the same traces
        self.stop_event = stop
        self.acked = Acked()

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        number = 0
        try:
            while not self.stop_event.is_set():
                self._send(connection, number)
                number += 1
        except (OSError, http.client.HTTPException):
            pass  # killed: what was under way is neither promised nor forbidden
        finally:
            connection.close()

    def _send(self, connection: http.client.HTTPConnection, number: int) -> None:
        trace_id = trace_name(self.sender, number % TRACES_AT_ONCE)
        ids = [f"{self.first + number * SPANS_PER_REQUEST + at:016x}" for at in range(SPANS_PER_REQUEST)]
        spans = [_llm_span(trace_id, span_id, self.sender) for span_id in ids]
        connection.request("POST", "/v1/traces", as_protobuf(request(*spans)), PROTOBUF)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 200:
            self.acked.add(trace_id, ids)
        else:
            self.acked.refused.append(str(answer.status))


def trace_name(sender: str, number: int) -> str:
    """The trace id of a sender's nth interleaved trace."""
    return f"{sender}{number:02d}".encode().hex().rjust(32, "a")[-32:]


def _llm_span(trace_id: str, span_id: str, session: str) -> dict[str, object]:
    began = now_ns()
    history = [{"role": "system", "parts": [{"type": "text", "content": SYSTEM_PROMPT}]},
               {"role": "user", "parts": [{"type": "text", "content": text_of(trace_id, span_id)}]}]
    return span(trace_id, span_id, "chat gpt-5-mini", start=began, end=began + 1000, session__id=session,
                gen_ai__operation__name="chat", gen_ai__request__model="gpt-5-mini",
                gen_ai__usage__input_tokens=10, gen_ai__usage__output_tokens=1,
                gen_ai__input__messages=json.dumps(history))
