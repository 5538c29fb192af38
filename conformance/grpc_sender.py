"""Sends recorded gRPC messages as they are. Runs in the `tools` venv, which has grpcio.

Reads one JSON object a line ({target, method, metadata, body, gzip}; body in base64) and answers each with one
line ({code, details, body}). The messages are not parsed, so what is sent is what was recorded.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

import grpc

DEADLINE_SECONDS = 60
# Set by the library itself.
OWN_METADATA = {"user-agent", "content-type", "te"}


def send(request: dict[str, Any]) -> dict[str, Any]:
    """One unary call with raw bytes both ways."""
    metadata = [(k.lower(), v) for k, v in request["metadata"] if k.lower() not in OWN_METADATA]
    limits = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(request["target"], options=limits) as channel:
        call = channel.unary_unary(request["method"], request_serializer=None, response_deserializer=None)
        compression = grpc.Compression.Gzip if request["gzip"] else grpc.Compression.NoCompression
        try:
            body = call(base64.b64decode(request["body"]), metadata=metadata, compression=compression,
                        timeout=DEADLINE_SECONDS, wait_for_ready=True)
        except grpc.RpcError as error:
            return {"code": error.code().name, "details": error.details(), "body": ""}
    return {"code": "OK", "details": "", "body": base64.b64encode(body).decode()}


for line in sys.stdin:
    print(json.dumps(send(json.loads(line))), flush=True)
