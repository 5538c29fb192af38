"""Spans with odd content: each harms only itself, and what can be kept is kept."""

from __future__ import annotations

import json
from typing import Any

from api import Answer, Api, exchange
from otlp import JSON, PROTOBUF, as_json, as_protobuf, attribute, now_ns, request, span
from server import Server, clew

TRACES = "/v1/traces"
YEAR_2200_NS = 7_258_118_400_000_000_000
HTML = "<script>alert(1)</script><img src=x onerror=alert(1)>"
ANSI = "\x1b[2J\x1b]0;owned\x07red\x1b[31m"


def _send(server: Server, body: dict[str, Any], protobuf: bool = False) -> Answer:
    if protobuf:
        return exchange(server.port, "POST", TRACES, as_protobuf(body), PROTOBUF)
    return exchange(server.port, "POST", TRACES, as_json(body), JSON)


def _taken(answer: Answer) -> list[str]:
    return [] if answer.status == 200 else [f"answered {answer.status}: {answer.text()[:200]}"]


def _partial(answer: Answer, rejected: int) -> list[str]:
    if answer.status != 200:
        return _taken(answer)
    said = answer.json().get("partialSuccess", {})
    if int(said.get("rejectedSpans", 0)) != rejected or not said.get("errorMessage"):
        return [f"expected {rejected} rejected with a reason, got {json.dumps(answer.json())[:200]}"]
    return []


def _trace(server: Server, trace_id: str) -> Any:
    return Api(server.port).get(f"traces/{trace_id}")


def case_one_bad_id_in_a_batch(server: Server) -> list[str]:
    """Reported as a partial success; the rest lands."""
    good = "b1" * 16
    body = request(span("xyz", "01" * 8, "bad"), span(good, "02" * 8, "good"), span(good, "77", "bad too"))
    problems = _partial(_send(server, body), 2)
    return problems + _count(server, good, 1)


def case_all_zero_ids(server: Server) -> list[str]:
    """Refused, both of them."""
    good = "b2" * 16
    body = request(span("0" * 32, "01" * 8), span(good, "0" * 16), span(good, "02" * 8))
    return _partial(_send(server, body), 2) + _count(server, good, 1)


def case_NUL_in_strings(server: Server) -> list[str]:
    """Kept as sent."""
    trace_id = "b3" * 16
    name = "a\x00b"
    odd = span(trace_id, "01" * 8, name, gen_ai__operation__name="chat", session__id="s\x00t", note="x\x00y")
    problems = _taken(_send(server, request(odd)))
    detail = _trace(server, trace_id)
    if detail["spans"][0]["name"] != name:
        problems.append(f"name came back as {detail['spans'][0]['name']!r}")
    if detail["trace"]["session_id"] != "s\x00t":
        problems.append(f"session came back as {detail['trace']['session_id']!r}")
    return problems


def case_invalid_UTF8_in_protobuf(server: Server) -> list[str]:
    """In a name and in an attribute; the good span beside them lands."""
    good = "b4" * 16
    bad = span("b5" * 16, "01" * 8)
    bad["name"] = b"\xff\xfe\x80"
    odd = span("b6" * 16, "02" * 8)
    odd["attributes"] = [{"key": "note", "value": {"stringValue": b"\xc3\x28"}}]
    return _taken(_send(server, request(bad, odd, span(good, "03" * 8)), protobuf=True)) + _count(server, good, 1)


def case_invalid_UTF8_in_JSON(server: Server) -> list[str]:
    """A JSON body that is not UTF-8 is undecodable as a whole; it must not be a 500."""
    body = as_json(request(span("b7" * 16, "01" * 8, "NAME"))).replace(b"NAME", b"\xff\xfe")
    answer = exchange(server.port, "POST", TRACES, body, JSON)
    return [] if answer.status in (200, 400) else [f"answered {answer.status}"]


def case_lone_surrogate_in_JSON(server: Server) -> list[str]:
    """JavaScript can cut a string in the middle of a character."""
    good = "b8" * 16
    body = as_json(request(span("b9" * 16, "01" * 8, "NAME"), span(good, "02" * 8))).replace(b"NAME", b"x\\ud83d")
    answer = exchange(server.port, "POST", TRACES, body, JSON)
    return _taken(answer) + _count(server, good, 1)


def case_clocks_of_1970_and_2200(server: Server) -> list[str]:
    """Both land, with a note on the receipt; so does a span that ends before it starts. The largest number that OTLP
    can say is no time: that span is refused with the reason."""
    largest = span("c4" * 16, "01" * 8, start=2**64 - 1, end=2**64 - 1)
    problems = _partial(_send(server, request(largest)), 1)
    times = {"c1": (1, 2), "c2": (YEAR_2200_NS, YEAR_2200_NS + 1), "c3": (now_ns(), now_ns() - 10**12), "c5": (0, 0)}
    for byte, (start, end) in times.items():
        trace_id = byte * 16
        problems += _taken(_send(server, request(span(trace_id, "01" * 8, start=start, end=end)), protobuf=True))
        answer = exchange(server.port, "GET", f"/api/v1/traces/{trace_id}")
        if answer.status != 200:
            problems.append(f"times {start} to {end}: not there, {answer.status}")
        elif byte in ("c1", "c2", "c3") and answer.json()["receipt"]["odd_clocks"] < 1:
            problems.append(f"times {start} to {end}: the receipt says nothing of odd clocks")
    return problems + _list_works(server)


def case_one_span_id_in_two_traces(server: Server) -> list[str]:
    """Two spans."""
    first, second = "d1" * 16, "d2" * 16
    body = request(span(first, "0a" * 8, "one"), span(second, "0a" * 8, "two"))
    return _taken(_send(server, body)) + _count(server, first, 1) + _count(server, second, 1)


def case_one_span_id_twice_with_other_content(server: Server) -> list[str]:
    """One span, whichever comes first."""
    seen = []
    for byte, order in (("d3", 1), ("d4", -1)):
        trace_id = byte * 16
        start = 1_795_000_000_000_000_000
        versions = [span(trace_id, "0b" * 8, "late", start=start, end=start + 5, a="1"),
                    span(trace_id, "0b" * 8, "early", start=start, end=start + 3, b="2")]
        for version in versions[::order]:
            _send(server, request(version))
        detail = _trace(server, trace_id)
        seen.append((detail["trace"]["span_count"], detail["spans"][0]["name"], detail["spans"][0]["duration_nanos"]))
    return [] if seen[0] == seen[1] and seen[0][0] == 1 else [f"in both orders: {seen}"]


def case_spans_that_are_their_own_ancestors(server: Server) -> list[str]:
    """Drawn, not walked for ever."""
    trace_id = "d5" * 16
    body = request(span(trace_id, "01" * 8, "self", parent="01" * 8), span(trace_id, "02" * 8, parent="03" * 8),
                   span(trace_id, "03" * 8, parent="02" * 8))
    problems = _taken(_send(server, body))
    detail = _trace(server, trace_id)
    if len(detail["spans"]) != 3 or detail["receipt"]["cycles"] < 1:
        problems.append(f"{len(detail['spans'])} spans drawn, receipt {detail['receipt']}")
    return problems


def case_numbers_beyond_belief(server: Server) -> list[str]:
    """Token counts at the edge of 64 bits, negative ones and a cost that is no number: totals stay sane."""
    trace_id = "d6" * 16
    numbers = [2**63 - 1, 2**63 - 1, -5]
    spans = [span(trace_id, f"{at:02x}" * 8, "chat", gen_ai__operation__name="chat",
                  gen_ai__request__model="gpt-5-mini", gen_ai__usage__input_tokens=number,
                  gen_ai__usage__output_tokens=7)
             for at, number in enumerate(numbers, 1)]
    problems = _taken(_send(server, request(*spans)))
    row = _trace(server, trace_id)["trace"]
    if (row["usage"]["input"] or 0) < 0 or row["usage"]["output"] != 21:
        problems.append(f"totals {row['usage']}")
    return problems + _list_works(server)


def case_wide_span(server: Server) -> list[str]:
    """Ten thousand attributes and a value of 5 MB, kept whole."""
    trace_id = "d7" * 16
    one = span(trace_id, "01" * 8, big="x" * 5_000_000)
    one["attributes"] += [attribute(f"k{number}", number) for number in range(10_000)]
    problems = _taken(_send(server, request(one)))
    payload = Api(server.port).get(f"traces/{trace_id}/spans/{'01' * 8}")
    if len(payload["attributes"]) < 10_001 or len(payload["attributes"]["big"]) != 5_000_000:
        problems.append(f"{len(payload['attributes'])} attributes came back")
    return problems


def case_HTML_and_ANSI_in_strings(server: Server) -> list[str]:
    """The API answers JSON and says so; the command line prints no control characters of a sender."""
    trace_id = "d8" * 16
    problems = _taken(_send(server, request(span(trace_id, "01" * 8, HTML + ANSI, session__id=ANSI, user__id=HTML,
                                                 input__value=ANSI + HTML))))
    for path in (f"/api/v1/traces/{trace_id}", "/api/v1/traces", f"/traces/{trace_id}", "/traces"):
        answer = exchange(server.port, "GET", path)
        if not answer.headers.get("content-type", "").startswith("application/json"):
            problems.append(f"{path} answers {answer.headers.get('content-type')}")
        if answer.headers.get("x-content-type-options") != "nosniff":
            problems.append(f"{path} lets a browser guess its type")
    for arguments in (("traces", "list"), ("traces", "show", trace_id), ("traces", "show", trace_id, "--transcript")):
        printed = clew(*arguments, data=server.data)
        if "\x1b]" in printed or "\x1b[2J" in printed or "\x07" in printed:
            problems.append(f"clew {' '.join(arguments)} prints the sender's control characters")
    return problems


def case_unknown_fields(server: Server) -> list[str]:
    """A newer sender's fields are no error."""
    trace_id = "d9" * 16
    body = request(span(trace_id, "01" * 8))
    body["newField"] = {"deep": [1, 2]}
    body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["newField"] = 7
    return _taken(_send(server, body)) + _count(server, trace_id, 1)


def _count(server: Server, trace_id: str, spans: int) -> list[str]:
    answer = exchange(server.port, "GET", f"/api/v1/traces/{trace_id}")
    if answer.status != 200:
        return [f"trace {trace_id[:8]} is not there: {answer.status}"]
    found = answer.json()["trace"]["span_count"]
    return [] if found == spans else [f"trace {trace_id[:8]} has {found} spans, expected {spans}"]


def _list_works(server: Server) -> list[str]:
    answer = exchange(server.port, "GET", "/api/v1/traces")
    return [] if answer.status == 200 else [f"the list answers {answer.status}: {answer.text()[:200]}"]
