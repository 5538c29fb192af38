"""Sends OTLP requests, JSON a line, as Protobuf: phoenix_send.py FILE URL. Runs in Phoenix's environment."""

import base64
import json
import sys
import urllib.request

from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def as_base64(hexadecimal: str) -> str:
    """Ids are hex in OTLP's JSON and base64 in Protobuf's."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def main(path: str, url: str) -> None:
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            request = json.loads(line)
            for resource in request["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    for span in scope["spans"]:
                        for key in ("traceId", "spanId", "parentSpanId"):
                            span[key] = as_base64(span[key])
            body = ParseDict(request, ExportTraceServiceRequest()).SerializeToString()
            headers = {"content-type": "application/x-protobuf"}
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                answer.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
