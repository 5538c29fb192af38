"""The real clients against a server that wants a key: each puts it where docs/tracers.md says, and with a wrong one
nothing lands, the reason is to be seen, and the program comes to its end.

    python3 conformance/keys.py [NAME...]

The programs have their keys in their texts; they run from a copy in which those are replaced.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from api import Api
from clients import CLIENTS, Client
from run import expected
from running import PROGRAMS, addresses, end_program, fake_llm, start_program
from server import Server
from suite import Suite
from tenants import make_key

AT_ONCE = 2
# What the programs have where a key belongs, with the quotes or words around it.
PLACES = ('"phx-test"', '"tl-test"', '"lm-test"', "'lm-test'", '"ml-test"', '"lsv2_pt_test"', "'lsv2_pt_test'",
          '"sk-lf-test"', "'sk-lf-test'", '"bt-test"', "'bt-test'", '"test-key"', "'test-key'", "Bearer%20test-key",
          "Bearer%20test", "Bearer test", "pylf_v1_us_testtesttesttesttesttesttesttest")
BY_VARIABLE = {"clew-python": "CLEW_API_KEY", "clew-js": "CLEW_API_KEY",
               "agno": "OTEL_EXPORTER_OTLP_HEADERS", "mlflow-otlp": "OTEL_EXPORTER_OTLP_TRACES_HEADERS"}
WRONG = "aos_ws_0000000000000000000000000000000000000000"
# One for each place where a key may stand.
CHOSEN = ("otel-http-proto", "otel-grpc", "clew-python", "clew-js", "openai-agents-chat", "openai-agents-js",
          "langsmith-batch", "langsmith-nobatch", "js-langsmith", "langfuse5", "langfuse2", "js-langfuse",
          "braintrust", "js-braintrust", "phoenix-http", "phoenix-grpc", "vercel-http-json", "agno", "traceloop",
          "logfire-otlp", "logfire-native", "lmnr-grpc", "lmnr-http", "js-lmnr", "mlflow-rest", "mlflow-otlp",
          "claude-code-http-json", "claude-code-grpc")


def programs_with(key: str, folder: Path) -> Path:
    """A copy of programs/ that has the key."""
    copy = folder / "programs"
    shutil.copytree(PROGRAMS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for file in copy.iterdir():
        text = file.read_text()
        for place in PLACES:
            quote = place[0] if place[0] in "\"'" else ""
            before = place.removesuffix("test-key").removesuffix("test") if place.startswith("Bearer") else ""
            text = text.replace(place, f"{quote}{before}{key}{quote}")
        file.write_text(text)
    return copy


def check(client: Client, llm_port: int, is_right: bool) -> list[str]:
    """One client with the right key, or a wrong one."""
    with tempfile.TemporaryDirectory(prefix="clew-conformance-") as folder:
        data = Path(folder) / "data"
        ingest, read = (make_key(data, "default", scope) for scope in ("ingest", "admin,read"))
        key = ingest if is_right else WRONG
        with Server("--set", "open=false", data=data) as server:
            env = {**addresses(server, llm_port, server.otlp_base if client.own_port else server.base), **client.env}
            if name := BY_VARIABLE.get(client.name):
                env[name] = key if name == "CLEW_API_KEY" else f"Authorization=Bearer%20{key}"
            env["CLEW_SPOOL"] = "off"
            process = start_program(client.program, client.environment, env, programs_with(key, Path(folder)))
            said = _end(process, client, must_end_well=is_right)
            api = Api(server.port, key=read)
            spans = sum(row["span_count"] for row in api.rows())
            refused = [request["status"] for request in api.get("requests")["requests"]]
    if is_right:
        wanted = sum(run["span_count"] for run in expected(client))
        return [] if spans == wanted else [f"{spans} spans of {wanted}; it said: {said[-400:]}"]
    problems = [f"{spans} spans came in with a wrong key"] if spans else []
    return problems + ([] if 401 in refused else [f"no request is noted as refused: {refused}"])


def _end(process: subprocess.Popen[str], client: Client, must_end_well: bool) -> str:
    try:
        return end_program(process, client.program)[1]
    except RuntimeError as error:
        if must_end_well or "did not end" in str(error):
            raise
        return str(error)


def main(names: list[str]) -> int:
    """Runs the named clients, or one for each place where a key may stand."""
    suite = Suite("keys of real clients")
    chosen = [client for client in CLIENTS if client.name in (names or CHOSEN) and not client.info]
    with fake_llm() as llm_port, ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [(f"{client.name}, {word}", pool.submit(check, client, llm_port, is_right)) for client in chosen
                for word, is_right in (("its key", True), ("a wrong key", False))]
        for name, job in jobs:
            error = job.exception()
            suite.case(name, [f"{type(error).__name__}: {str(error)[-600:]}"] if error else job.result())
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
