"""What the SDK has to say, through the logger `clew`: each thing at most twice a minute, with how often it happened."""

from __future__ import annotations

import logging
import threading
from typing import Dict, Tuple

from .clock import Clock

INTERVAL_NANOS = 30_000_000_000
log = logging.getLogger("clew")


class Notices:
    """Rate-limited lines of the log."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.seen: Dict[str, Tuple[int, int]] = {}  # what -> when it was last said, how often it happened since

    def say(self, level: int, what: str, words: str) -> None:
        """Logs `words`, unless something about the same `what` was said just now."""
        now = self.clock.steady_nanos()
        with self.lock:
            said_at, unsaid = self.seen.get(what, (None, 0))
            if said_at is not None and now - said_at < INTERVAL_NANOS:
                self.seen[what] = (said_at, unsaid + 1)
                return
            self.seen[what] = (now, 0)
        log.log(level, "%s%s", words, f" ({unsaid} more like it)" if unsaid else "")
