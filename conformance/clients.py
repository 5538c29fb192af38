"""The real tracers: which program, which environment, where it sends, and which recording tells what it must give."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from environments import HERE, node_tree, python_for
from server import Server

PROGRAM_SECONDS = 120
LLM_READY_SECONDS = 20


@dataclass(frozen=True)
class Client:
    """One program over one transport. `recording` is the same program's recorded run: the fake model answers the
    same every time, so a new run must read the same but for ids and times."""

    name: str
    program: str
    environment: str
    recording: str
    env: dict[str, str] = field(default_factory=dict)
    core: bool = False
    own_port: bool = False  # sends to OTLP's own HTTP port instead of the one for everything


def _otel(name: str, protocol: str, gzip: bool, own_port: bool = False) -> Client:
    env = {"PROTO": protocol, "GZIP": "1" if gzip else "0"}
    return Client(name, "otel_genai.py", "otel", name, env, core=True, own_port=own_port)


CLIENTS = (
    _otel("otel-http-proto", "http/protobuf", False, own_port=True),
    _otel("otel-http-proto-gzip", "http/protobuf", True),
    _otel("otel-http-json", "http/json", False, own_port=True),
    _otel("otel-grpc", "grpc", False),
    _otel("otel-grpc-gzip", "grpc", True),
    Client("phoenix-infer", "phoenix_openinference.py", "phoenix", "phoenix-infer", {"PROTO": "infer"}),
    Client("phoenix-http", "phoenix_openinference.py", "phoenix", "phoenix-http", {"PROTO": "http/protobuf"}),
    Client("phoenix-grpc", "phoenix_openinference.py", "phoenix", "phoenix-grpc", {"PROTO": "grpc"}),
    Client("traceloop", "traceloop_py.py", "traceloop", "traceloop"),
    Client("logfire-otlp", "logfire_pydantic.py", "logfire", "logfire-otlp", {"MODE": "otlp"}),
    Client("vercel-http-json", "vercel_ai.mjs", "npm:vercel", "vercel-http-json", {"PROTO": "json"}),
    Client("vercel-http-proto", "vercel_ai.mjs", "npm:vercel", "vercel-http-proto", {"PROTO": "proto", "GZIP": "1"}),
    Client("agno", "agno_py.py", "agno", "agno"),
)


def run_program(program: str, environment: str, env: dict[str, str]) -> dict[str, Any]:
    """Runs a program of programs/ in its environment and gives the JSON of its last line."""
    if environment.startswith("npm:"):
        command = ["node", program]
        env = {**env, "JSROOT": str(node_tree(environment[4:]))}
    else:
        command = [str(python_for(environment)), program]
    done = subprocess.run(command, cwd=HERE / "programs", env={**_inherited(), **env}, capture_output=True,
                          text=True, timeout=PROGRAM_SECONDS, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{program} gave {done.returncode}: {done.stderr.strip()[-1500:]}")
    if "Failed to export" in done.stderr or "Exporter" in done.stderr and "error" in done.stderr.lower():
        raise RuntimeError(f"{program} could not send: {done.stderr.strip()[-1500:]}")
    return json.loads(lines[-1])


def run_client(client: Client, server: Server, llm_port: int) -> dict[str, Any]:
    """Runs one real client against a server."""
    llm = f"http://127.0.0.1:{llm_port}"
    env = {"TARGET": server.otlp_base if client.own_port else server.base, "TARGET_GRPC": server.grpc_target,
           "TARGET_GRPC_PORT": str(server.grpc_port), "LLM": f"{llm}/v1", "LLM_ROOT": llm,
           "OPENAI_API_KEY": "sk-fake", "OPENAI_BASE_URL": f"{llm}/v1"}
    return run_program(client.program, client.environment, {**env, **client.env})


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "CLEW_"))}


@contextlib.contextmanager
def fake_llm() -> Iterator[int]:
    """The scripted model on a free port, while the block runs."""
    port = _free_port()
    command = [str(python_for("tools")), "programs/fake_llm.py"]
    process = subprocess.Popen(command, cwd=HERE, env={**os.environ, "LLM_PORT": str(port)})
    try:
        _wait_for_llm(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for_llm(port: int) -> None:
    until = time.monotonic() + LLM_READY_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=2).close()
            return
        time.sleep(0.05)
    raise RuntimeError("the fake model did not start")
