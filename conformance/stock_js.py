"""A stock JavaScript OTLP exporter with the three standard variables and a key lands its run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api import Api
from running import run_program
from server import Server
from tenants import make_key


def check() -> list[str]:
    """Makes a key for an agent, runs the program with it, and reads the run with the same key."""
    with tempfile.TemporaryDirectory(prefix="clew-conformance-") as folder:
        data = Path(folder) / "data"
        key = make_key(data, "default", "ingest,read", "--agent", "stock")
        with Server(data=data) as server:
            env = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{server.base}/api/ingest/v1/traces",
                   "OTEL_EXPORTER_OTLP_TRACES_HEADERS": f"Authorization=Bearer {key}",
                   "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}
            printed = run_program("otlp_js.mjs", "npm:otlp", env)
            rows = Api(server.port, key=key).rows()
    if [row["trace_id"] for row in rows] != [printed["trace_id"]]:
        return [f"sent trace {printed['trace_id']}, listed {[row['trace_id'] for row in rows]}"]
    row = rows[0]
    seen = {"spans": row["span_count"], "in": row["usage"]["input"], "out": row["usage"]["output"],
            "errors": row["error_count"], "agent": row["agent"]["name"]}
    wanted = {**printed, "agent": "stock"}
    return [f"{name}: sent {wanted[name]}, Clew shows {value}" for name, value in seen.items() if wanted[name] != value]

