"""kill -9 of the server in the middle of a real client's run, and what the client's own SDK makes of it.

    python3 conformance/kill_midrun.py [--away SECONDS] [NAME...]

The program runs against a slow model, so that there is a middle. When its first spans have landed the server is
killed, some seconds later it is started again on the same ports and the same folder, and the program runs to its
end. A program that asks no model is too short for that: it starts while the server is away. What is missing at the end
was dropped by the client: `LOSES` names those that do, with the reason. Everybody else must lose nothing, and nobody
may show a span twice.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api import Api
from clients import CLIENTS, Client
from info_proxy import info_proxy
from run import expected
from running import addresses, end_program, fake_llm, start_program
from server import Server
from suite import Suite

Json = dict[str, Any]
AT_ONCE = 3
MODEL_DELAY_MS = 1200
AWAY_SECONDS = 4.0
# Who sends only at its end has nothing there by then, and is cut off before it.
FIRST_SPANS_SECONDS = 8.0
# The batch interval of OpenTelemetry's SDKs, so that spans land while the program runs.
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "400"}
# Other transports of the same SDK have the same queue and the same retries.
CHOSEN = ("otel-http-proto", "otel-http-json", "otel-grpc", "openai-agents-responses", "openai-agents-js",
          "langsmith-multipart-zstd", "langsmith-nobatch", "langgraph", "js-langsmith", "langfuse5", "langfuse2",
          "js-langfuse", "braintrust", "js-braintrust", "phoenix-http", "phoenix-grpc", "vercel-http-json", "agno",
          "traceloop", "logfire-otlp", "logfire-native", "lmnr-grpc", "lmnr-http", "js-lmnr", "mlflow-rest",
          "mlflow-otlp", "claude-code-http-json", "claude-code-grpc")
# Programs that ask no model.
SHORT = ("langfuse2", "js-langsmith", "js-langfuse", "js-braintrust", "js-lmnr")
LOSES: dict[str, str] = {}


def check(client: Client, llm_port: int, away: float) -> tuple[list[str], str]:
    """One client; problems, and one line about what was lost."""
    with Server() as server:
        base = server.otlp_base if client.own_port else server.base
        with info_proxy(base, client.info) as target:
            env = {**SOON, **addresses(server, llm_port, target), **client.env}
            if is_short := client.name in SHORT:
                server.kill()
            process = start_program(client.program, client.environment, env)
            landed = 0 if is_short else _wait_for_spans(server)
            ended_before = process.poll() is not None
            server.kill()
            time.sleep(away)
            server.start(again=True)
            errors = _errors(process, client)
        rows = Api(server.port).rows()
    wanted = sum(trace["span_count"] for trace in expected(client))
    spans = sum(row["span_count"] for row in rows)
    line = f"{landed} spans before, {spans} of {wanted} at the end"
    problems = []
    if ended_before:
        problems.append(f"the program had ended before the server was killed: {line}")
    if spans > wanted:
        problems.append(f"spans that nobody sent: {line}")
    if spans < wanted and client.name not in LOSES:
        problems.append(f"lost spans: {line}; it said: {errors.strip()[-600:]}")
    return problems, line


def _errors(process: subprocess.Popen[str], client: Client) -> str:
    try:
        return end_program(process, client.program)[1]
    except RuntimeError as error:  # some programs break off when their exporter fails: that is a loss like another
        return str(error)


def _wait_for_spans(server: Server) -> int:
    until = time.monotonic() + FIRST_SPANS_SECONDS
    api, seen = Api(server.port), 0
    while time.monotonic() < until:
        seen = sum(row["span_count"] for row in api.rows())
        if seen:
            break
        time.sleep(0.05)
    return seen


def main(arguments: list[str]) -> int:
    """Runs the named clients, or those that stand for an SDK each."""
    away = AWAY_SECONDS
    if "--away" in arguments:
        place = arguments.index("--away")
        away = float(arguments[place + 1])
        arguments = arguments[:place] + arguments[place + 2:]
    names = arguments or list(CHOSEN)
    suite = Suite("kill in the middle of a run")
    with fake_llm(MODEL_DELAY_MS) as llm_port, ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [(client.name, pool.submit(check, client, llm_port, away)) for client in CLIENTS
                if client.name in names]
        for name, job in jobs:
            error = job.exception()
            problems, line = ([f"{type(error).__name__}: {error}"], "broke") if error else job.result()
            suite.case(f"{name}: {line}", problems)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
