"""Bodies that are too large, packed to be too large, or not what they say they are."""

from __future__ import annotations

import gzip
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api import Answer, exchange
from otlp import JSON, PROTOBUF, as_json, as_protobuf, nested_protobuf, request, span
from sending import GRPC
from server import Server

MEBIBYTE = 1 << 20
TRACES = "/v1/traces"


def _post(server: Server, body: bytes, headers: dict[str, str], chunked: bool = False) -> Answer:
    return exchange(server.port, "POST", TRACES, body, headers, chunked)


def _expect(answer: Answer, status: int, *words: str) -> list[str]:
    problems = []
    if answer.status != status:
        problems.append(f"answered {answer.status}, expected {status}: {answer.text()[:200]}")
    text = answer.text().lower()
    return problems + [f"the error does not say {word!r}: {answer.text()[:200]}" for word in words if word not in text]


def _gzip_of_zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(MEBIBYTE)
    return b"".join(packer.compress(block) for _ in range(size // MEBIBYTE)) + packer.flush()


def _zstd_of_zeros(size: int) -> bytes:
    """A zstd frame of run-length blocks: four bytes for each 128 KB, no library needed."""
    block_size = 128 * 1024
    count = size // block_size
    frame = b"\x28\xb5\x2f\xfd" + b"\x00\x58"  # magic, no content size, window of 2 MB
    for number in range(count):
        header = (block_size << 3) | (1 << 1) | (number == count - 1)
        frame += header.to_bytes(3, "little") + b"\x00"
    return frame


def case_gzip_bomb(server: Server) -> list[str]:
    """300 MB in 300 KB."""
    answer = _post(server, _gzip_of_zeros(300 * MEBIBYTE), {**PROTOBUF, "Content-Encoding": "gzip"})
    return _expect(answer, 413)


def case_zstd_bomb(server: Server) -> list[str]:
    """4 GB in 128 KB."""
    return _expect(_post(server, _zstd_of_zeros(4096 * MEBIBYTE), {**PROTOBUF, "Content-Encoding": "zstd"}), 413)


def case_zstd_of_a_small_body_is_read(server: Server) -> list[str]:
    """The frame builder above is right, else the bomb would be refused for the wrong reason."""
    answer = _post(server, _zstd_of_zeros(128 * 1024), {**PROTOBUF, "Content-Encoding": "zstd"})
    return [f"answered {answer.status}: {answer.text()[:200]}"] if answer.status == 413 else []


def case_65_MB_body(server: Server) -> list[str]:
    """One over the limit, with its length said at once."""
    return _expect(_post(server, b"\n" * (65 * MEBIBYTE), JSON), 413, "max_body_bytes")


def case_65_MB_body_chunked(server: Server) -> list[str]:
    """The same without a length."""
    return _expect(_post(server, b"\n" * (65 * MEBIBYTE), JSON, chunked=True), 413, "max_body_bytes")


def case_65_MB_message_over_grpc(server: Server) -> list[str]:
    """The same limit on gRPC."""
    method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    reply = GRPC.send(server.grpc_target, method, [], b"\x0a" * (65 * MEBIBYTE), False)
    return [] if reply.text.startswith("RESOURCE_EXHAUSTED") else [f"answered {reply.text[:200]}"]


def case_undecodable_message_over_grpc(server: Server) -> list[str]:
    """INVALID_ARGUMENT, which clients do not try again."""
    method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
    reply = GRPC.send(server.grpc_target, method, [], b"\x0a\xff\xff\xff\xff\x0f", False)
    return [] if reply.text.startswith("INVALID_ARGUMENT") else [f"answered {reply.text[:200]}"]


def case_deep_nesting_in_JSON(server: Server) -> list[str]:
    """A hundred thousand lists inside each other."""
    deep = b'{"resourceSpans":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    return _expect(_post(server, deep, JSON), 400)


def case_deep_attribute_in_JSON_harms_only_its_span(server: Server) -> list[str]:
    """An attribute of 100 lists inside each other; the span beside it lands."""
    value: Any = "deep"
    for _ in range(100):
        value = [value]
    bad, good = "de" * 16, "dd" * 16
    body = request(span(bad, "01" * 8, deep=value), span(good, "02" * 8))
    answer = _post(server, as_json(body), JSON)
    return _expect(answer, 200) + _landed(server, good)


def case_deep_attribute_in_protobuf_harms_only_itself(server: Server) -> list[str]:
    """Ten thousand levels: a recursive reader would use up its stack."""
    answer = _post(server, nested_protobuf(10_000, "dc" * 16, "03" * 8), PROTOBUF)
    return [] if answer.status in (200, 400) else [f"answered {answer.status}: {answer.text()[:200]}"]


def case_wrong_content_type(server: Server) -> list[str]:
    """415, not a guess."""
    return _expect(_post(server, b"hello", {"Content-Type": "text/plain"}), 415, "content")


def case_wrong_content_encoding(server: Server) -> list[str]:
    """An encoding that nobody has."""
    return _expect(_post(server, b"hello", {**JSON, "Content-Encoding": "sdch"}), 415, "encoding")


def case_missing_content_type_is_read(server: Server) -> list[str]:
    """Some tracers send none."""
    body = request(span("a1" * 16, "01" * 8))
    return _expect(_post(server, as_json(body), {}), 200) + _landed(server, "a1" * 16)


def case_undecodable_JSON_names_the_place(server: Server) -> list[str]:
    """Cut in the middle: the error says at which byte."""
    body = as_json(request(span("a2" * 16, "01" * 8)))
    return _expect(_post(server, body[: len(body) // 2], JSON), 400, "byte")


def case_JSON_of_the_wrong_shape_names_the_field(server: Server) -> list[str]:
    """A number where a list is due."""
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": 5}]}]}).encode()
    return _expect(_post(server, body, JSON), 400, "spans")


def case_undecodable_protobuf_names_the_place(server: Server) -> list[str]:
    """A length that reaches beyond the end."""
    body = as_protobuf(request(span("a3" * 16, "01" * 8)))
    return _expect(_post(server, body[:-7], PROTOBUF), 400)


def case_body_that_is_no_gzip(server: Server) -> list[str]:
    """Says gzip and is not."""
    return _expect(_post(server, as_json(request()), {**JSON, "Content-Encoding": "gzip"}), 400, "gzip")


def case_gzip_cut_short(server: Server) -> list[str]:
    """Half of a gzip body must not count as a whole one."""
    packed = gzip.compress(as_json(request(span("a4" * 16, "01" * 8))))
    return _expect(_post(server, packed[:-12], {**JSON, "Content-Encoding": "gzip"}), 400)


def case_more_at_once_than_fits(server: Server) -> list[str]:
    """240 MB from twelve senders: each is taken, or sent away with a time to come again; what was taken is there."""
    def send(number: int) -> Answer:
        one = span(f"{number:02x}" * 16, "0d" * 8, big="x" * (20 * MEBIBYTE))
        return _post(server, as_protobuf(request(one)), PROTOBUF)

    numbers = range(0x60, 0x6C)
    with ThreadPoolExecutor(len(numbers)) as pool:
        answers = dict(zip(numbers, pool.map(send, numbers), strict=True))
    problems = []
    for number, answer in answers.items():
        if answer.status == 200:
            problems += _landed(server, f"{number:02x}" * 16)
        elif answer.status not in (429, 503) or "retry-after" not in answer.headers:
            problems.append(f"answered {answer.status} {answer.headers}: {answer.text()[:200]}")
    taken = sum(answer.status == 200 for answer in answers.values())
    return problems + ([] if taken else ["nothing was taken"])


def case_empty_bodies(server: Server) -> list[str]:
    """An empty protobuf message is a valid one."""
    return _expect(_post(server, b"", PROTOBUF), 200) + _expect(_post(server, b"{}", JSON), 200)


def case_header_too_long(server: Server) -> list[str]:
    """200 KB of one header."""
    answer = _post(server, b"{}", {**JSON, "X-Long": "x" * 200_000})
    return [] if answer.status in (400, 413, 431) else [f"answered {answer.status}"]


def _landed(server: Server, trace_id: str) -> list[str]:
    answer = exchange(server.port, "GET", f"/api/v1/traces/{trace_id}")
    return [] if answer.status == 200 else [f"trace {trace_id[:8]} beside the bad one did not land: {answer.status}"]
