"""Builds OTLP trace requests by hand, as JSON and as protobuf, also ones that no SDK would send."""

from __future__ import annotations

import json
import time
from typing import Any

Json = dict[str, Any]
PROTOBUF = {"Content-Type": "application/x-protobuf"}
JSON = {"Content-Type": "application/json"}


def now_ns() -> int:
    """The time of spans whose time does not matter."""
    return time.time_ns() - 1_000_000_000


def span(trace_id: str, span_id: str, name: str = "work", parent: str = "", start: int | None = None,
         end: int | None = None, **attributes: Any) -> Json:
    """One span; attribute names have `__` for the dot."""
    began = now_ns() if start is None else start
    return {
        "traceId": trace_id, "spanId": span_id, "parentSpanId": parent, "name": name, "kind": 1,
        "startTimeUnixNano": str(began), "endTimeUnixNano": str(began + 1_000_000 if end is None else end),
        "attributes": [attribute(name.replace("__", "."), value) for name, value in attributes.items()],
    }


def attribute(key: str, value: Any) -> Json:
    """A key with its value in OTLP's tagged form."""
    return {"key": key, "value": tagged(value)}


def tagged(value: Any) -> Json:
    """A Python value as an OTLP AnyValue."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [tagged(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": [attribute(key, item) for key, item in value.items()]}}
    return {"stringValue": value}


def request(*spans: Json, service: str = "conformance", **resource: Any) -> Json:
    """An ExportTraceServiceRequest in OTLP's JSON."""
    named = {"service.name": service, **{key.replace("__", "."): value for key, value in resource.items()}}
    attributes = [attribute(key, value) for key, value in named.items()]
    return {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}]}


def as_json(body: Json) -> bytes:
    """The request as a JSON sender writes it."""
    return json.dumps(body).encode()


def as_protobuf(body: Json) -> bytes:
    """The request as protobuf. A string may be bytes, to write what is not UTF-8."""
    return b"".join(_message(1, _resource_spans(item)) for item in body["resourceSpans"])


def _resource_spans(item: Json) -> bytes:
    resource = b"".join(_message(1, _key_value(pair)) for pair in item["resource"]["attributes"])
    scopes = b"".join(_message(2, b"".join(_message(2, _span(one)) for one in scope["spans"]))
                      for scope in item["scopeSpans"])
    return _message(1, resource) + scopes


def _span(one: Json) -> bytes:
    return b"".join((
        _message(1, bytes.fromhex(one["traceId"])),
        _message(2, bytes.fromhex(one["spanId"])),
        _message(4, bytes.fromhex(one["parentSpanId"])) if one["parentSpanId"] else b"",
        _message(5, _raw(one["name"])),
        _varint(6 << 3) + _varint(one["kind"]),
        _fixed64(7, int(one["startTimeUnixNano"])),
        _fixed64(8, int(one["endTimeUnixNano"])),
        *(_message(9, _key_value(pair)) for pair in one["attributes"]),
    ))


def _key_value(pair: Json) -> bytes:
    return _message(1, _raw(pair["key"])) + _message(2, _any(pair["value"]))


def _any(value: Json) -> bytes:
    (kind, inner), = value.items()
    if kind == "stringValue":
        return _message(1, _raw(inner))
    if kind == "boolValue":
        return _varint(2 << 3) + _varint(int(inner))
    if kind == "intValue":
        return _varint(3 << 3) + _varint(int(inner) % (1 << 64))
    if kind == "arrayValue":
        return _message(5, b"".join(_message(1, _any(item)) for item in inner["values"]))
    if kind == "kvlistValue":
        return _message(6, b"".join(_message(1, _key_value(item)) for item in inner["values"]))
    raise ValueError(f"no protobuf form written for {kind}")


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _message(field: int, payload: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(payload)) + payload


def _fixed64(field: int, number: int) -> bytes:
    return _varint(field << 3 | 1) + (number % (1 << 64)).to_bytes(8, "little")


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def nested_protobuf(depth: int, trace_id: str, span_id: str) -> bytes:
    """A request whose one span has an attribute of `depth` lists inside each other."""
    value = _message(1, b"deep")
    for _ in range(depth):
        value = _message(5, _message(1, value))
    pair = _message(9, _message(1, b"deep") + _message(2, value))
    one = _message(1, bytes.fromhex(trace_id)) + _message(2, bytes.fromhex(span_id)) + _message(5, b"deep")
    one += _fixed64(7, now_ns()) + _fixed64(8, now_ns()) + pair
    return _message(1, _message(2, _message(2, one)))
