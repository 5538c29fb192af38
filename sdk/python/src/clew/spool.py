"""Batches on disk while the server is away: bounded, oldest first, sent again at the next start.

A file is the body of one request, packed; ids in it are fixed, so that sending one twice changes nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import secrets
import zlib
from pathlib import Path
from typing import Iterator, List, Optional

from .clock import Clock
from .configuration import Settings
from .records import Batch, entries_of_body

KEPT_SECONDS = 7 * 24 * 3600
ENDING = ".json.gz"
_PART = ".part"


class Spool:
    """The folder of what goes to one server with one key. What cannot be done with it is answered, never raised."""

    def __init__(self, folder: Path, max_bytes: int, clock: Clock) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.clock = clock
        self.written = 0
        self.lock: Optional[int] = None  # the open file of the turn, while it is this process's
        self.expired = 0  # files that were removed for their age
        self.damaged = 0  # files that were removed because they could not be unpacked

    @classmethod
    def of(cls, settings: Settings, clock: Clock) -> "Optional[Spool]":
        """The spool of these settings; `None` where there is none to be."""
        if settings.spool is None:
            return None
        # Another key may be another tenant's: what waits for one is never sent with the other.
        who = f"{settings.base_url}\n{settings.api_key or ''}\n{settings.workspace or ''}"
        folder = settings.spool / hashlib.sha256(who.encode()).hexdigest()[:16]
        return cls(folder, settings.spool_max_bytes, clock)

    def put(self, batch: Batch) -> bool:
        """Writes a batch; whether it is safe there."""
        packed = batch.body if batch.is_packed else gzip.compress(batch.body, 5)
        if self.bytes() + len(packed) > self.max_bytes:
            return False
        self.written = (self.written + 1) % 0x10000
        # Milliseconds, as the TypeScript SDK names them; the number puts those of one in their order.
        last = f"{self.written:04x}{secrets.token_hex(2)}"
        name = f"{self.clock.wall_nanos() // 1_000_000:013d}-{os.getpid()}-{last}{ENDING}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self.folder / (name + _PART)
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
            os.replace(part, self.folder / name)
        except OSError:
            with contextlib.suppress(OSError, UnboundLocalError):
                part.unlink()
            return False
        return True

    def files(self) -> List[Path]:
        """What waits, oldest first."""
        with contextlib.suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if path.name.endswith(ENDING))
        return []

    def bytes(self) -> int:
        """Bytes of what waits, and of what was left half written."""
        total = 0
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                with contextlib.suppress(OSError):
                    total += entry.stat().st_size
        return total

    def read(self, path: Path) -> Optional[Batch]:
        """A batch that waits; `None` where it cannot be read now, is gone, or was damaged and is therefore removed."""
        try:
            body = path.read_bytes()
        except OSError:
            return None  # too many open files, say: another time
        try:
            count = len(entries_of_body(gzip.decompress(body)))
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
            self.damaged += 1
            self.remove(path)
            return None
        return Batch(body, True, count)

    def remove(self, path: Path) -> None:
        """It has arrived, or is past hope."""
        with contextlib.suppress(OSError):
            path.unlink()

    def tidy(self) -> int:
        """Removes what is too old and what was left half written; how many files that was."""
        removed = 0
        oldest = self.clock.wall_nanos() / 1e9 - KEPT_SECONDS
        with contextlib.suppress(OSError):
            for path in list(self.folder.iterdir()):
                is_ours = path.name.endswith((ENDING, ENDING + _PART))
                with contextlib.suppress(OSError):
                    if is_ours and path.stat().st_mtime < oldest:
                        path.unlink()
                        removed += path.name.endswith(ENDING)
        self.expired += removed
        return removed

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether this process may send what waits now: of several one does. Without locks of files all do, which
        costs requests and changes nothing."""
        try:
            import fcntl
        except ImportError:
            yield True
            return
        try:
            lock = os.open(self.folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        except OSError:
            yield False
            return
        process = os.getpid()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            yield False
            return
        self.lock = lock
        try:
            yield True
        finally:
            if os.getpid() == process:
                # A child that was forked meanwhile has the file open too: closing ours alone would not end the turn.
                self.lock = None
                fcntl.flock(lock, fcntl.LOCK_UN)
                os.close(lock)

    def after_fork(self) -> None:
        """In a child process: gives up its hold on the parent's turn, which would outlive the parent. To unlock it
        would end the parent's turn."""
        lock, self.lock = self.lock, None
        if lock is not None:
            with contextlib.suppress(OSError):
                os.close(lock)
