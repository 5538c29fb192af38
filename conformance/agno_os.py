"""An agno application with tracing=True: what it sends where, by each way that docs/agno.md names.

    python3 conformance/agno_os.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from api import Api
from environments import HERE, python_for
from running import fake_llm
from server import Server
from suite import Suite

Json = dict[str, Any]
PROGRAM = HERE / "programs" / "agno_os.py"
SECONDS = 120


def asked(server: Server, llm_port: int, how: str) -> tuple[Json, list[Json]]:
    """What the application printed, and the runs of its agent that Clew has of it."""
    python = python_for("agno-os")
    command = [str(python), str(PROGRAM)]
    if how == "opentelemetry-instrument":
        flags = ["--traces_exporter", "otlp_proto_http", "--metrics_exporter", "none", "--logs_exporter", "none"]
        command = [str(python.parent / how), *flags, *command]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLEW_", "OTEL_"))}
    path = f"{python.parent}{os.pathsep}{clean.get('PATH', '')}"
    env = {**clean, "PATH": path, "TARGET": server.base, "LLM": f"http://127.0.0.1:{llm_port}/v1", "HOW": how,
           "OTEL_EXPORTER_OTLP_ENDPOINT": server.base, "OTEL_SERVICE_NAME": how}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(f"{how}: {done.stderr.strip()[-1500:]}")
    printed = json.loads(done.stdout.strip().splitlines()[-1])
    rows = Api(server.port).get("traces?limit=100")["traces"]
    return printed, [row for row in rows if row["session_id"] == "trip-7"]


def unlike(row: Json, agent: str) -> list[str]:
    """The run that every way gives."""
    seen = (row["user_id"], row["models"], row["usage"]["input"], row["usage"]["output"], row["agent"]["name"])
    wanted = ("ada", ["gpt-5-mini"], 120, 17, agent)
    return [] if seen == wanted else [f"expected {wanted}, got {seen}"]


def case_by_itself(llm_port: int) -> list[str]:
    """tracing=True alone writes into agno's own database and nowhere else, whatever OTEL_... says."""
    with Server() as server:
        printed, rows = asked(server, llm_port, "nothing")
    return [] if not rows and printed["own"] else [f"Clew has {len(rows)} runs, agno {printed['own']}"]


def case_with_one_line(llm_port: int) -> list[str]:
    """One more exporter beside agno's own: both have the run."""
    with Server() as server:
        printed, rows = asked(server, llm_port, "one line")
    if len(rows) != 1 or not printed["own"]:
        return [f"Clew has {len(rows)} runs, agno {printed['own']}"]
    return unlike(rows[0], "one line")  # the root is FastAPI's: the service names the agent


def case_without_spans_of_fastapi(llm_port: int) -> list[str]:
    """With FastAPI's own spans off the run is agno's, with its agent."""
    with Server() as server:
        printed, rows = asked(server, llm_port, "quiet")
    if len(rows) != 1 or printed["own"] != ["Assistant.arun"]:
        return [f"Clew has {len(rows)} runs, agno {printed['own']}"]
    return unlike(rows[0], "Assistant")


def case_with_no_line(llm_port: int) -> list[str]:
    """Started by opentelemetry-instrument: Clew has the run, agno's own database nothing."""
    with Server() as server:
        printed, rows = asked(server, llm_port, "opentelemetry-instrument")
    if len(rows) != 1 or printed["own"]:
        return [f"Clew has {len(rows)} runs, agno {printed['own']}"]
    return unlike(rows[0], "opentelemetry-instrument")


def main() -> int:
    """All cases."""
    suite = Suite("agno with tracing=True")
    with fake_llm() as llm_port:
        for name, case in list(globals().items()):
            if name.startswith("case_"):
                try:
                    suite.case(name[5:].replace("_", " "), case(llm_port))
                except Exception as error:
                    suite.case(name[5:].replace("_", " "), [f"{type(error).__name__}: {error}"])
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main())
