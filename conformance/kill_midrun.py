"""Trouble in the middle of a real client's run, and what the client's own SDK makes of it.

    python3 conformance/kill_midrun.py [--busy] [--away SECONDS] [NAME...]

The program runs against a slow model, so that there is a middle. When its first spans have landed the server is
killed (-9), some seconds later it is started again on the same ports and the same folder, and the program runs to its
end. With `--busy` the server stays, but for those seconds sends everybody away: 429 with Retry-After. A program that
asks no model is too short for a middle: the trouble is there before it begins.

What is missing at the end was dropped by the client: `patience.py` says who does that, and why. Everybody else must
lose nothing, and nobody may show a span twice.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import beside
import patience
from api import Api
from clients import CLIENTS, Client
from info_proxy import info_proxy
from patience import BUSY, KILLED, SHORT
from run import expected
from running import addresses, end_program, fake_llm, run_program, start_program
from server import Server
from suite import Suite

Trouble = Callable[[Server], contextlib.AbstractContextManager[None]]
AT_ONCE = 3
MODEL_DELAY_MS = 1200
AWAY_SECONDS = 4.0
FIRST_SPANS_SECONDS = 20.0
# The batch interval of OpenTelemetry's SDKs, so that spans land while the program runs.
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "400"}
# So little room that one slow body takes all of it.
NO_ROOM = ("--set", "ingest.max_inflight_bytes=64KiB", "--set", "ingest.admission_wait=100ms")
SLOW_BODY_BYTES = 1 << 20
# Who keeps what it could not send on disk, with the program that comes after.
SPOOLED = {"clew-python": "clew_flush.py", "clew-js": "clew_js.mjs"}


@contextlib.contextmanager
def killed(server: Server) -> Iterator[None]:
    """The server is gone while the block runs."""
    server.kill()
    yield
    server.start(again=True)


@contextlib.contextmanager
def busy(server: Server) -> Iterator[None]:
    """A body that does not come to its end takes all the room while the block runs."""
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        head = (f"POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Content-Length: {SLOW_BODY_BYTES}\r\n\r\n")
        slow.sendall(head.encode() + b" " * 1024)
        yield


@dataclass(frozen=True)
class Outcome:
    """What came of one run."""

    landed: int  # spans that were there when the trouble began
    spans: int
    labels: int
    refused: int  # requests that were sent away
    ended_before: bool  # the program was over when the trouble began
    errors: str


def check(client: Client, llm_port: int, trouble: Trouble, away: float) -> tuple[list[str], str]:
    """One client; problems, and one line about what was lost."""
    runs = expected(client)
    wanted, scores = sum(run["span_count"] for run in runs), sum(len(beside.verdicts(run)) for run in runs)
    seen = _outcome(client, llm_port, trouble, away)
    line = f"{seen.landed} spans before, {seen.spans} of {wanted} at the end"
    line += f", {seen.labels} of {scores} scores" if scores else ""
    line += f", {seen.refused} requests sent away" if trouble is busy else ""
    problems = []
    if trouble is busy and not seen.refused:
        problems.append("nothing was sent away: the trouble was none")
    if seen.ended_before:
        problems.append("the program had ended before the trouble")
    if seen.spans > wanted:
        problems.append("spans that nobody sent")
    may_lose = client.name in (BUSY if trouble is busy else KILLED)
    if (seen.spans < wanted or seen.labels < scores) and not may_lose:
        problems.append(f"lost; it said: {seen.errors.strip()[-600:]}")
    return problems, line


def _outcome(client: Client, llm_port: int, trouble: Trouble, away: float) -> Outcome:
    with Server(*NO_ROOM) as server:
        base = server.otlp_base if client.own_port else server.base
        with info_proxy(base, client.info) as target:
            env = {**SOON, "CLEW_SPOOL": str(server.data / "spool"), **addresses(server, llm_port, target),
                   **client.env}
            landed, ended_before = 0, False
            if client.name in SHORT:
                with trouble(server):
                    process = start_program(client.program, client.environment, env)
                    if trouble is busy:
                        _wait_until(lambda: bool(_refused(Api(server.port))), process)
                    time.sleep(away)
            else:
                process = start_program(client.program, client.environment, env)
                _wait_until(lambda: bool(_spans(server)), process)
                landed = _spans(server)
                ended_before = process.poll() is not None
                with trouble(server):
                    time.sleep(away)
            errors = _errors(process, client)
        api = Api(server.port)
        rows = api.rows()
        labels = sum(label["name"] != beside.REMARK for row in rows for label in row["labels"])
        return Outcome(landed, sum(row["span_count"] for row in rows), labels, _refused(api), ended_before, errors)


def check_spool(client: Client, llm_port: int) -> tuple[list[str], str]:
    """The server stays away until the program has ended; the next program of the same SDK sends what that one left."""
    with Server() as server:
        env = {"CLEW_SPOOL": str(server.data / "spool"), **addresses(server, llm_port, server.base), **client.env}
        process = start_program(client.program, client.environment, env)
        _wait_until(lambda: bool(_spans(server)), process)
        landed = _spans(server)
        server.kill()
        end_program(process, client.program)
        server.start(again=True)
        before = _spans(server)
        run_program(SPOOLED[client.name], client.environment, {**env, "FLUSH_ONLY": "1"})
        spans = sum(row["span_count"] for row in Api(server.port).rows() if row["name"] != "next")
    wanted = sum(run["span_count"] for run in expected(client))
    line = f"{landed} spans before, {before} when the program had ended, {spans} of {wanted} after the next"
    return ([] if spans == wanted else [line]), line


def _errors(process: subprocess.Popen[str], client: Client) -> str:
    try:
        return end_program(process, client.program)[1]
    except RuntimeError as error:  # some programs break off when their exporter fails: that is a loss like another
        return str(error)


def _refused(api: Api) -> int:
    return sum(request["status"] in (429, 503) for request in api.get("requests")["requests"])


def _spans(server: Server) -> int:
    return sum(row["span_count"] for row in Api(server.port).rows())


def _wait_until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + FIRST_SPANS_SECONDS
    while not holds() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """Runs the named clients, or all that patience.py knows."""
    trouble: Trouble = busy if "--busy" in arguments else killed
    away = AWAY_SECONDS
    if "--away" in arguments:
        place = arguments.index("--away")
        away = float(arguments[place + 1])
        arguments = arguments[:place] + arguments[place + 2:]
    names = [argument for argument in arguments if not argument.startswith("-")]
    chosen = [client for client in CLIENTS if client.name in (names or patience.CLIENTS)]
    suite = Suite("trouble in the middle of a run")
    with fake_llm(MODEL_DELAY_MS) as llm_port, ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [(client.name, pool.submit(check, client, llm_port, trouble, away)) for client in chosen]
        if trouble is killed:
            jobs += [(f"{client.name}, its disk", pool.submit(check_spool, client, llm_port)) for client in chosen
                     if client.name in SPOOLED]
        for name, job in jobs:
            error = job.exception()
            problems, line = ([f"{type(error).__name__}: {error}"], "broke") if error else job.result()
            suite.case(f"{name}: {line}", problems)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
