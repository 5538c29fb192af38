"""Runs the programs of programs/ in their environments, and the scripted model behind them."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clients import Client
from environments import HERE, node_tree, python_for, sdk_tree
from info_proxy import info_proxy
from server import Server

PROGRAM_SECONDS = 120
LLM_READY_SECONDS = 20
PROGRAMS = HERE / "programs"




def start_program(program: str, environment: str, env: dict[str, str],
                  folder: Path = PROGRAMS) -> subprocess.Popen[str]:
    """Starts a program of programs/, or of a copy of that folder, in its environment."""
    if program.endswith(".mjs"):
        command = ["node", program]
        tree = sdk_tree() if environment == "sdk:typescript" else node_tree(environment.removeprefix("npm:"))
        env = {**env, "JSROOT": str(tree)}
    else:
        command = [str(python_for(environment)), program]
    return subprocess.Popen(command, cwd=folder, env={**_inherited(), **env}, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end_program(process: subprocess.Popen[str], program: str) -> tuple[dict[str, Any], str]:
    """Waits for it; gives the JSON of its last line and what it wrote to stderr."""
    try:
        out, errors = process.communicate(timeout=PROGRAM_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
        raise RuntimeError(f"{program} did not end in {PROGRAM_SECONDS} s: {errors.strip()[-1500:]}") from None
    lines = out.strip().splitlines()
    if process.returncode != 0 or not lines:
        raise RuntimeError(f"{program} gave {process.returncode}: {errors.strip()[-1500:]}")
    return json.loads(lines[-1]), errors


def run_program(program: str, environment: str, env: dict[str, str]) -> dict[str, Any]:
    """Runs a program to its end and gives the JSON of its last line; it must not say that it could not send."""
    printed, errors = end_program(start_program(program, environment, env), program)
    if "Failed to export" in errors or "Exporter" in errors and "error" in errors.lower():
        raise RuntimeError(f"{program} could not send: {errors.strip()[-1500:]}")
    return printed


def run_client(client: Client, server: Server, llm_port: int) -> dict[str, Any]:
    """Runs one real client against a server."""
    base = server.otlp_base if client.own_port else server.base
    with info_proxy(base, client.info) as target:
        env = {**addresses(server, llm_port, target + client.prefix), **client.env}
        return run_program(client.program, client.environment, env)


def addresses(server: Server, llm_port: int, target: str) -> dict[str, str]:
    """What every program reads: where to send, and where the model is."""
    llm = f"http://127.0.0.1:{llm_port}"
    return {"TARGET": target, "TARGET_GRPC": server.grpc_target, "TARGET_GRPC_PORT": str(server.grpc_port),
            "LLM": f"{llm}/v1", "LLM_ROOT": llm, "OPENAI_API_KEY": "sk-fake", "OPENAI_BASE_URL": f"{llm}/v1"}


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "CLEW_"))}


@contextlib.contextmanager
def fake_llm(delay_ms: int = 0) -> Iterator[int]:
    """The scripted model on a free port, while the block runs; each answer takes `delay_ms` longer."""
    port = _free_port()
    command = [str(python_for("tools")), "programs/fake_llm.py"]
    env = {**os.environ, "LLM_PORT": str(port), "LLM_DELAY_MS": str(delay_ms)}
    process = subprocess.Popen(command, cwd=HERE, env=env)
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
