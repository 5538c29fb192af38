"""Sends what a hostile or broken sender sends: the server answers clearly, keeps the rest of the batch, and stays up.

    python3 conformance/hostile.py [NAME...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import hostile_bodies
import hostile_reading
import hostile_runs
import hostile_spans
from server import Server
from suite import Suite

Case = Callable[[Server], list[str]]
PEAK_MEMORY_BYTES = 512 << 20


def cases() -> dict[str, Case]:
    """Every case, by the words of its function's name."""
    found: dict[str, Case] = {}
    for module in (hostile_bodies, hostile_spans, hostile_runs, hostile_reading):
        for name, function in vars(module).items():
            if name.startswith("case_"):
                found[name.removeprefix("case_").replace("_", " ")] = function
    return found


def attempt(case: Case, server: Server) -> list[str]:
    """One case, and whether the server is still well after it."""
    try:
        problems = case(server)
    except Exception as error:  # a dropped connection is a finding, not the end of the suite
        problems = [f"{type(error).__name__}: {error}"]
    if server.process is None or server.process.poll() is not None:
        problems.append(f"the server is gone: {server.log_text()[-600:]}")
        server.start()
    elif not server.is_healthy():
        problems.append("the server does not answer /healthz")
    return problems


def peak_memory(server: Server) -> int:
    """The most memory that the process ever had, in bytes."""
    assert server.process is not None
    with open(f"/proc/{server.process.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main(names: list[str]) -> int:
    """Runs all cases, or the named ones, against one server."""
    suite = Suite("hostile senders")
    with Server() as server:
        for name, case in cases().items():
            if not names or name in names:
                suite.case(name, attempt(case, server))
        peak = peak_memory(server)
        over = [f"{peak >> 20} MB at the peak"] if peak > PEAK_MEMORY_BYTES else []
        suite.case(f"memory stays below {PEAK_MEMORY_BYTES >> 20} MB", over)
        panics = [line for line in server.log_text().splitlines() if "panicked" in line]
        suite.case("nothing panicked", panics)
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
