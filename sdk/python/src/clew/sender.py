"""The way of what is recorded to the server: a thread, batches, retries, the spool.

One of three things becomes of a batch: it arrives; it was refused for good, which is counted and logged; or it waits,
on disk where there is a spool, else in memory. What waits goes out again when the server is back.
"""

from __future__ import annotations

import logging
import os
import random
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Deque, Iterator, Mapping, Optional

from .configuration import shown_url
from .records import Batch, Entry, batches_of, entries_of
from .spool import Spool
from .transport import Answer, Transport, Unreachable

if TYPE_CHECKING:
    from .client import Clew

BACKOFF_FIRST_SECONDS = 0.25
BACKOFF_MAX_SECONDS = 30.0
TAKE_AT_ONCE = 128
GATHER_AT_ONCE = 4_096
"""Records that are packed before the first of them goes out."""
LOOK_AGAIN_NANOS = 5_000_000_000
FULL_AT = 512
"""Records that wait before the thread sends without waiting for its time."""
SPILL_WAIT_SECONDS = 1.0
"""How long the end of the process waits for the thread to pack what it has in its hands."""
_PASSING = frozenset((407, 408, 425, 429))
_LASTING = frozenset((501, 505))
ARRIVED, LATER, REFUSED, TOO_LARGE = "arrived", "later", "refused", "too large"


@dataclass(frozen=True)
class Stats:
    """What became of what was recorded, in records: an opening, an end, an event, or a span told at once is one."""

    sent: int = 0  # the server has them
    refused: int = 0  # the server will not have them
    dropped: int = 0  # there was no room, or the hook for redaction dropped them
    spooled: int = 0  # written to disk
    replayed: int = 0  # batches sent from disk
    expired: int = 0  # batches removed from disk for their age
    waiting: int = 0  # in memory
    waiting_batches: int = 0  # on disk
    damaged: int = 0  # batches removed from disk because they could not be unpacked
    last_error: Optional[str] = None


class Sender:
    """Sends for one client. Only one thread at a time pumps."""

    def __init__(self, client: "Clew", transport: Transport, spool: Optional[Spool]) -> None:
        self.client = client
        self.settings = client.settings
        self.clock = client.clock
        self.url = shown_url(client.settings.base_url)
        self.transport = transport
        self.spool = spool
        self.pumping = threading.Lock()
        self.wake = threading.Event()
        self.full = threading.Event()
        self.is_idle = True
        self.is_stopped = False
        self.thread: Optional[threading.Thread] = None
        # Held while batches change their place, never while one is sent. Reentrant: a handler of the log may ask.
        self.holding = threading.RLock()
        self.under_way: Deque[Batch] = deque()  # taken out of the queue; each stays until its outcome is known
        self.under_way_bytes = 0
        self.waiting: Deque[Batch] = deque()  # batches that could not be sent and have no place on disk
        self.waiting_bytes = 0
        self.failures = 0
        self.next_try = 0  # steady nanoseconds
        self.next_look = 0  # at what is on disk, the same
        self.may_wait_on_disk = spool is not None and bool(spool.files())
        self.sent = self.refused = self.spooled = self.replayed = self.lost = 0
        self.last_error: Optional[str] = None
        self.jitter = random.Random(os.urandom(8))

    # The thread

    def noticed(self, waiting: int) -> None:
        """Something waits. Called with every record, so it does next to nothing."""
        if self.is_idle:
            self.is_idle = False
            if self.thread is None:
                self._start()
            self.wake.set()
        elif waiting >= FULL_AT and not self.full.is_set():
            self.full.set()

    def _start(self) -> None:
        if self.is_stopped or not self.client.has_thread:
            return
        thread = threading.Thread(target=self._run, name="clew-sender", daemon=True)
        try:
            thread.start()
            self.thread = thread
        except RuntimeError:
            pass  # the interpreter is ending; flush at exit sends

    def _run(self) -> None:
        while not self.is_stopped:
            try:
                self._sleep()
                with self.pumping:
                    self.pump()
            except Exception as error:
                self._back_off(None)
                words = f"the sender's thread met {type(error).__name__}; it goes on"
                self.client.notices.say(logging.ERROR, "fault", words)

    def _sleep(self) -> None:
        self.is_idle = True  # before the look: whoever adds something after the look sees it and wakes us
        if not self.client.has_waiting():
            pause = self._seconds_to_backlog() if self._has_backlog() else None
            self.wake.wait(pause)
        self.is_idle = False
        self.wake.clear()
        if not self.is_stopped and self.client.has_waiting():
            self.full.wait(self.settings.flush_interval)
            self.full.clear()

    def stop(self) -> None:
        """Lets the thread end; what is recorded from now on is sent by `flush` only."""
        self.is_stopped = True
        self.wake.set()
        self.full.set()

    # Sending

    def pump(self, timeout: Optional[float] = None, is_forced: bool = False) -> None:
        """Sends what waits. While the server is away it is tried when its time has come, or when it is forced."""
        if is_forced:
            self.next_try = self.next_look = 0
        deadline = None if timeout is None else self.clock.steady_nanos() + round(timeout * 1e9)
        # What waited longest goes first, so that a server that has come back gets its runs in order.
        self._send_backlog(deadline)
        self._send_under_way(deadline)
        while self.client.has_waiting():
            self._gather()
            self._send_under_way(deadline)
        self._send_backlog(deadline)

    def _gather(self) -> None:
        """Packs records of the queue. What is taken out of it is under way, where the end of the process finds it."""
        with self.holding:
            for batch in batches_of(self._drained(GATHER_AT_ONCE)):
                self.under_way.append(batch)
                self.under_way_bytes += len(batch.body)

    def _drained(self, most: int) -> Iterator[Entry]:
        while most > 0:
            taken = self.client.take(min(most, TAKE_AT_ONCE))
            if not taken:
                return
            most -= len(taken)
            for one in taken:
                try:
                    entries = entries_of(one, self.client)
                except Exception as error:
                    entries = []
                    words = f"a record cannot be written and is lost: {error!r}"
                    self.client.notices.say(logging.ERROR, "fault", words)
                self.lost += not entries
                yield from entries

    def _send_under_way(self, deadline: Optional[int]) -> None:
        while True:
            with self.holding:
                batch = self.under_way[0] if self.under_way else None
            if batch is None:
                return
            self._deliver(batch, deadline)

    def _deliver(self, batch: Batch, deadline: Optional[int]) -> None:
        outcome = LATER
        if self._seconds_to_try() <= 0 and not self._is_over(deadline):
            outcome = self._attempt(batch, deadline)
        with self.holding:
            if batch not in self.under_way:
                return  # the process ends, and it is on disk already
            self.under_way.remove(batch)
            self.under_way_bytes -= len(batch.body)
            if outcome == LATER:
                self._keep(batch)
            elif outcome == TOO_LARGE:
                self._halve(batch)

    def _halve(self, batch: Batch) -> None:
        """Puts its halves first among what is under way."""
        halves = batch.halves()
        if not halves:
            self._refuse(batch, f"one record of {len(batch.plain())} bytes is larger than the server takes")
        with self.holding:
            for half in reversed(halves):
                self.under_way.appendleft(half)
                self.under_way_bytes += len(half.body)

    def _attempt(self, batch: Batch, deadline: Optional[int]) -> str:
        """What became of a batch. Whatever goes wrong here, it is not lost."""
        try:
            return self._sent(batch, deadline)
        except Unreachable as error:
            self._away(str(error), None)
        except Exception as error:  # without its words: a key may stand in them
            self._away(f"the SDK met {type(error).__name__}", None)
        return LATER

    def _sent(self, batch: Batch, deadline: Optional[int]) -> str:
        seconds = self.settings.timeout
        if deadline is not None:
            seconds = max(0.05, min(seconds, (deadline - self.clock.steady_nanos()) / 1e9))
        answer = self.transport.send(batch.body, batch.is_packed, seconds)
        if answer.status == 413:
            return TOO_LARGE
        # Of a server's own failures there are many, proxies have some of theirs (520 to 530), and most pass.
        if answer.status in _PASSING or (500 <= answer.status < 600 and answer.status not in _LASTING):
            self._away(answer.words(), answer.retry_after(self.clock.wall_nanos()))
            return LATER
        said = answer.json()
        if 200 <= answer.status < 300 and not (isinstance(said, dict) and "accepted" in said):
            # A proxy's own page, say: counting that as arrived would lose the batch.
            self._away("what answers there is no Clew", None)
            return LATER
        self.failures = 0
        if 200 <= answer.status < 300:
            self._arrived(batch, answer.status, said)
            return ARRIVED
        self._refuse(batch, self._why(answer))
        return REFUSED

    def _why(self, answer: Answer) -> str:
        url = self.url
        if answer.status in (401, 403):
            return f"{url} does not take this key: {answer.words()} (CLEW_API_KEY; `clew keys create` makes one)"
        if 300 <= answer.status < 400:
            there = {key.lower(): value for key, value in answer.headers.items()}.get("location", "elsewhere")
            return f"{url} leads to {there}; set CLEW_URL to where Clew is"
        if answer.status == 404:
            return f"{url} is no Clew that takes runs: {answer.words()}"
        return f"{url} answered {answer.words()}"

    def _arrived(self, batch: Batch, status: int, said: Mapping[str, Any]) -> None:
        if self.settings.debug:
            self.client.notices.say(logging.DEBUG, f"sent {self.sent}", f"sent {batch.count} records: {status}")
        count, told = said.get("rejected_count"), said.get("rejected")
        refused = min(max(count, 0), batch.count) if isinstance(count, int) else 0
        self.sent += batch.count - refused
        if refused:
            first = told[0] if isinstance(told, list) and told and isinstance(told[0], dict) else {}
            self.refused += refused
            self.last_error = f"{first.get('what')}: {first.get('reason')}"
            words = f"Clew refused {refused} of {batch.count} records; the first is {self.last_error}"
            self.client.notices.say(logging.ERROR, "rejected", words)

    def _refuse(self, batch: Batch, why: str) -> None:
        self.refused += batch.count
        self.last_error = why
        self.client.notices.say(logging.ERROR, "refused", f"{batch.count} records are lost: {why}")

    def _away(self, why: str, retry_after: Optional[float]) -> None:
        self.last_error = why
        self._back_off(retry_after)
        words = f"{self.url} cannot be reached now ({why}); what is recorded waits"
        self.client.notices.say(logging.WARNING, "away", words)

    def _back_off(self, retry_after: Optional[float]) -> None:
        """Sets when the server is tried again."""
        self.failures += 1
        most = min(BACKOFF_MAX_SECONDS, BACKOFF_FIRST_SECONDS * 2.0 ** min(self.failures - 1, 16))
        pause = self.jitter.uniform(0.1 * most, most) if retry_after is None else retry_after
        self.next_try = self.clock.steady_nanos() + round(pause * 1e9)

    # What waits

    def _keep(self, batch: Batch) -> None:
        """Lets it wait; called while `holding`."""
        if self._is_put(batch):
            self.may_wait_on_disk = True
        elif self.waiting_bytes + len(batch.body) > self.settings.memory_max_bytes:
            self._lose(batch, "the server is away, and disk and memory for what waits are full")
        else:
            self.waiting.append(batch)
            self.waiting_bytes += len(batch.body)

    def _is_put(self, batch: Batch) -> bool:
        """Puts a batch on disk; whether it is there."""
        if self.spool is None or not self.spool.put(batch):
            return False
        self.spooled += batch.count
        return True

    def _lose(self, batch: Batch, why: str) -> None:
        self.lost += batch.count
        self.client.notices.say(logging.ERROR, "dropped", f"{batch.count} records are lost: {why}")

    def _send_backlog(self, deadline: Optional[int]) -> None:
        while self._seconds_to_try() <= 0 and not self._is_over(deadline):
            with self.holding:
                batch = self.waiting[0] if self.waiting else None
            if batch is None:
                break
            outcome = self._attempt(batch, deadline)
            if outcome == LATER:
                return
            with self.holding:
                if batch not in self.waiting:
                    return  # the process ends, and it is on disk already
                self.waiting.remove(batch)
                self.waiting_bytes -= len(batch.body)
                if outcome == TOO_LARGE:
                    self._halve(batch)
            self._send_under_way(deadline)
        if self.spool is not None and self.may_wait_on_disk and self._seconds_to_backlog() <= 0:
            self._send_spool(self.spool, deadline)

    def _send_spool(self, spool: Spool, deadline: Optional[int]) -> None:
        with spool.turn() as is_ours:
            if not is_ours:
                # Another process sends them now.
                self.may_wait_on_disk = bool(spool.files())
                self.next_look = self.clock.steady_nanos() + LOOK_AGAIN_NANOS
                return
            expired = spool.tidy()
            if expired:
                words = f"{expired} batches that waited on disk for a week were removed"
                self.client.notices.say(logging.ERROR, "expired", words)
            for path in spool.files():
                if self._is_over(deadline):
                    return
                batch = self._read(spool, path)
                if batch is None:
                    continue
                outcome = self._attempt(batch, deadline)
                if outcome == LATER:
                    return
                if outcome == TOO_LARGE:
                    self._halve(batch)
                    self._send_under_way(deadline)
                spool.remove(path)
                self.replayed += 1
            # What could not be read just now is still there.
            self.may_wait_on_disk = bool(spool.files())
            if self.may_wait_on_disk:
                self.next_look = self.clock.steady_nanos() + LOOK_AGAIN_NANOS

    def _read(self, spool: Spool, path: Path) -> Optional[Batch]:
        damaged = spool.damaged
        batch = spool.read(path)
        if spool.damaged > damaged:
            words = f"{path} could not be unpacked and was removed; the records in it are lost"
            self.client.notices.say(logging.ERROR, "damaged", words)
        return batch

    def spill(self) -> None:
        """Puts on disk what has not arrived, also what a thread that waits for an answer has in its hands: ids are
        fixed, so that sending it twice is once. Called when the process ends."""
        if self.spool is None or not self.holding.acquire(timeout=SPILL_WAIT_SECONDS):
            return
        try:
            while self.client.has_waiting():
                self._gather()
            for batches in (self.waiting, self.under_way):
                while batches:
                    batch = batches.popleft()
                    if not self._is_put(batch):
                        self._lose(batch, "the process ends, and there is no room for them on disk")
            self.waiting_bytes = self.under_way_bytes = 0
        finally:
            self.holding.release()

    def held_bytes(self) -> int:
        """Bytes of batches in memory."""
        return self.waiting_bytes + self.under_way_bytes

    def held_count(self) -> int:
        """Records of batches in memory."""
        return sum(batch.count for batch in [*self.under_way, *self.waiting])

    def has_undelivered(self) -> bool:
        """Whether anything has not arrived that may."""
        held = self.client.has_waiting() or self.under_way or self.waiting
        return bool(held or (self.spool is not None and self.spool.files()))

    def _has_backlog(self) -> bool:
        return bool(self.under_way or self.waiting) or self.may_wait_on_disk

    def _seconds_to_try(self) -> float:
        return max(0.0, (self.next_try - self.clock.steady_nanos()) / 1e9)

    def _seconds_to_backlog(self) -> float:
        until = self.next_try if self.under_way or self.waiting else max(self.next_try, self.next_look)
        return max(0.0, (until - self.clock.steady_nanos()) / 1e9)

    def _is_over(self, deadline: Optional[int]) -> bool:
        return deadline is not None and self.clock.steady_nanos() >= deadline
