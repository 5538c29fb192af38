"""Where time comes from; tests put their own in its place."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Optional, Union

Time = Union[int, float, datetime, str]
"""A time: nanoseconds, microseconds, milliseconds or seconds since 1970 (its size tells which), a datetime, ISO text."""


class Clock:
    """The clock of the machine."""

    def wall_nanos(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns()

    def steady_nanos(self) -> int:
        """Nanoseconds that never go back."""
        return time.perf_counter_ns()

    def pause(self, seconds: float) -> None:
        """Waits."""
        time.sleep(seconds)


class ManualClock(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, wall_nanos: int = 1_795_000_000_000_000_000) -> None:
        self._wall = wall_nanos
        self._steady = 0

    def wall_nanos(self) -> int:
        return self._wall

    def steady_nanos(self) -> int:
        return self._steady

    def pause(self, seconds: float) -> None:
        self.move(seconds)

    def move(self, seconds: float) -> None:
        """Lets time pass."""
        self._wall += round(seconds * 1e9)
        self._steady += round(seconds * 1e9)


def nanos_of(moment: Optional[Time]) -> Optional[int]:
    """Nanoseconds since 1970; `None` where it cannot be read as a time, whatever it is."""
    if moment is None:
        return None
    try:
        return _nanos_of(moment)
    except Exception:
        return None


def _nanos_of(moment: Time) -> Optional[int]:
    if isinstance(moment, bool):
        return None
    if isinstance(moment, datetime):
        return _nanos_of_datetime(moment)
    if isinstance(moment, str):
        return _nanos_of_datetime(datetime.fromisoformat(moment.replace("Z", "+00:00")))
    size = abs(moment)
    if not size < 1e19:  # infinite, not a number, or beyond any year that a Clew takes
        return None
    factor = 1_000_000_000 if size < 1e11 else 1_000_000 if size < 1e14 else 1_000 if size < 1e17 else 1
    return moment * factor if isinstance(moment, int) else round(moment * factor)


def _nanos_of_datetime(moment: datetime) -> int:
    aware = moment if moment.tzinfo is not None else moment.astimezone()
    since = aware - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1_000
