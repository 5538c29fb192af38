"""Counting and printing of checks, the same for every suite."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

SHOWN_PROBLEMS = 12


@dataclass
class Suite:
    """One run of one suite: named cases, each with the problems found in it."""

    name: str
    passed: int = 0
    failed: int = 0
    started: float = field(default_factory=time.monotonic)
    failures: dict[str, list[str]] = field(default_factory=dict)

    def case(self, name: str, problems: list[str]) -> bool:
        """Counts one case and prints its line; no problems means that it passed."""
        if not problems:
            self.passed += 1
            print(f"  ok    {name}", flush=True)
            return True
        self.failed += 1
        self.failures[name] = problems
        print(f"  FAIL  {name}", flush=True)
        for problem in problems[:SHOWN_PROBLEMS]:
            print(f"          {problem}", flush=True)
        if len(problems) > SHOWN_PROBLEMS:
            print(f"          and {len(problems) - SHOWN_PROBLEMS} more", flush=True)
        return False

    def finish(self) -> int:
        """Prints the closing line and gives the exit code."""
        seconds = time.monotonic() - self.started
        print(f"  {self.name} took {seconds:.1f} s")
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        if self.passed + self.failed == 0:
            print(f"{self.name}: nothing ran", file=sys.stderr)
            return 2
        return 1 if self.failed else 0
