"""The client: makes runs, keeps what waits, and hands it to the sender."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import Any, Dict, Mapping, Optional, Sequence, Union

from . import current, lifetime
from .clock import Clock, Time, nanos_of
from .configuration import NOT_SAID, Environment, read_settings
from .encoding import Kept
from .identity import is_usable, new_span_id, new_trace_id
from .notices import log
from .propagation import TRACEPARENT_VARIABLE, RemoteParent, extract, parse_traceparent
from .reader import Reader
from .recorder import Recorder
from .records import Redact
from .sender import Sender, Stats
from .spans import (
    Run,
    Span,
    Trace,
    pairs_of,
    texts,
)  # fmt: skip
from .spool import Spool
from .transport import HttpTransport, Transport
from .version import NAME, RUNTIME, VERSION

ParentLike = Union[Span, RemoteParent, str, Mapping[Any, Any], bool, None]
"""What a run may be told to be below: a span, a `traceparent`, headers with one, `False` for nothing, `None` for
whatever is current."""

RUN_KINDS = frozenset(("step", "chain", "workflow", "agent", "run"))
"""Kinds that a run of its own stands for by itself; any other becomes a span below it."""


class Clew(Recorder):
    """Records runs and sends them to a Clew. One for a whole program is enough; it may be used from any thread.

    Arguments go before the variables `CLEW_...` and `AGENTOS_...` of the environment (docs/sdk-python.md). Nothing of
    it raises into the program, except what is wrong with its arguments when `strict` is on.
    """

    def __init__(
        self,
        api_key: Optional[str] = None,
        base_url: Optional[str] = None,
        *,
        agent_id: Optional[str] = None,
        agent_name: Optional[str] = None,
        workspace: Optional[str] = None,
        service: Optional[str] = None,
        environment: Optional[str] = None,
        release: Optional[str] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        tags: Optional[Sequence[str]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        redact: Optional[Redact] = None,
        capture: Optional[bool] = None,
        disabled: Optional[bool] = None,
        spool: Union[str, "os.PathLike[str]", bool, None] = None,
        strict: Optional[bool] = None,
        debug: Optional[bool] = None,
        flush_interval: Optional[float] = None,
        timeout: Optional[float] = None,
        memory_max_bytes: Optional[int] = None,
        spool_max_bytes: Optional[int] = None,
        transport: Optional[Transport] = None,
        clock: Optional[Clock] = None,
        variables: Optional[Mapping[str, str]] = None,
    ) -> None:
        read = Environment(variables)
        settings = read_settings(
            read, api_key=api_key, base_url=base_url, agent_id=agent_id, agent_name=agent_name, workspace=workspace,
            service=service, deployment=environment, release=release, capture=capture, disabled=disabled, spool=spool,
            strict=strict, debug=debug, flush_interval=flush_interval, timeout=timeout,
            memory_max_bytes=memory_max_bytes, spool_max_bytes=spool_max_bytes,
        )  # fmt: skip
        super().__init__(settings, clock or Clock(), redact)
        self._session_id, self._user_id = session_id, user_id
        self._tags, self._metadata = texts(tags), dict(pairs_of(metadata))
        self._remote = parse_traceparent(read.variables.get(TRACEPARENT_VARIABLE))
        self._reader: Optional[Reader] = None
        self._transport = transport
        self._sender = self._new_sender()
        for problem in read.problems:
            self.notices.say(logging.WARNING, problem, problem)
        if self.settings.debug:
            log.setLevel(logging.DEBUG)
            if not log.handlers:
                log.addHandler(logging.StreamHandler())
        if self.is_recording:
            lifetime.watch(self)
            if self._sender.may_wait_on_disk:
                self._sender.noticed(0)  # what an earlier process left

    def _new_sender(self) -> Sender:
        transport = self._transport or HttpTransport(self.settings)
        spool = Spool.of(self.settings, self.clock) if self.is_recording else None
        return Sender(self, transport, spool)

    def _identity(self, name: Optional[str], agent_id: Optional[str], agent_name: Optional[str]) -> Dict[str, Kept]:
        """What each start of a run says, also when it is told again."""
        settings = self.settings
        if agent_id is None:
            agent_id = settings.agent_id
            agent_name = agent_name or settings.agent_name or (None if agent_id else settings.service)
        said = {
            "name": name, "agent_id": agent_id, "agent_name": agent_name, "environment": settings.environment,
            "release": settings.release,
        }  # fmt: skip
        return {key: str(value) for key, value in said.items() if value is not None}

    # Runs

    def start_run(
        self,
        agent_id: Optional[str] = None,
        *,
        name: Optional[str] = None,
        run_id: Optional[str] = None,
        agent_name: Optional[str] = None,
        session_id: Optional[str] = None,
        user_id: Optional[str] = None,
        input: Any = None,
        tags: Optional[Sequence[str]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        data: Optional[Mapping[str, Any]] = None,
        start_time: Optional[Time] = None,
        parent: ParentLike = None,
    ) -> Run:
        """Starts a run. Inside of another one (`with run:`), or where the process was given a `TRACEPARENT`, it is a
        nested agent of that run; `parent=False` makes it one of its own."""
        if agent_id is NOT_SAID:
            agent_id = None
        above = self._parent(parent) if run_id is None else None
        shown = name or agent_name or agent_id
        start = None if start_time is None else nanos_of(start_time)
        if above is not None:
            run = self._nested_run(above, shown or self.settings.agent_name or self.settings.agent_id or "agent", start)
            told = {"agent_id": agent_id, "agent_name": agent_name, "session_id": session_id, "user_id": user_id}
        else:
            trace = Trace(self, self._usable_run_id(run_id), is_remote=False)
            run = Run(trace, trace.run_id, None, shown or "run", is_root=True, start=start)
            run.identity = self._identity(name, agent_id, agent_name)
            told = {}
            told["session_id"] = session_id or self._session_id
            told["user_id"] = user_id or self._user_id
            tags = tags if tags is not None else self._tags
        try:
            if run.is_root:
                metadata = self._metadata_of_a_run(metadata)
            run._fields, size = self._fields(told, input, tags, metadata)
            run._bytes += size
            if data is not None:
                run._data, size = self._kept(data)
                run._bytes += size
        except Exception as error:
            self._fault(error)
        self._opened(run)
        return run

    def _metadata_of_a_run(self, said: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
        metadata = {**self._metadata, **dict(pairs_of(said)), "sdk": _SDK}
        if self.settings.service:
            metadata.setdefault("service", self.settings.service)
        return metadata

    def _parent(self, asked: ParentLike) -> Union[Span, RemoteParent, None]:
        if asked is False:
            return None
        if asked is None or asked is True:
            return current.parent() or self._remote
        if isinstance(asked, str):
            return parse_traceparent(asked)
        if isinstance(asked, Mapping):
            return extract(asked)
        if isinstance(asked, (Span, RemoteParent)):
            return asked
        self._misused(f"parent is a {type(asked).__name__}: no span, no traceparent and no headers")
        return current.parent() or self._remote

    def _nested_run(self, above: Union[Span, RemoteParent], name: str, start: Optional[int]) -> Run:
        if isinstance(above, Span):
            return Run(above._trace, new_span_id(), above._id_as_parent(), name, is_root=False, start=start)
        trace = Trace(self, above.trace_id, is_remote=True)
        return Run(trace, new_span_id(), above.span_id, name, is_root=False, start=start)

    def _usable_run_id(self, asked: Optional[str]) -> str:
        if asked is None:
            return new_trace_id()
        if is_usable(str(asked)):
            return str(asked)
        self._misused(f"run_id={asked!r} is no id of a run: a text of 1 to 512 bytes that is not all zeros")
        return new_trace_id()

    def span(self, name: str, kind: str = "step", **said: Any) -> Span:
        """A span below the current one, for `with`; where nothing is current it is a run of its own.

        Takes what `Span.start_span` takes.
        """
        above = current.parent() or self._remote
        if isinstance(above, Span):
            return above.start_span(name, kind, **said)
        if above is not None and kind not in ("agent", "run"):
            start = nanos_of(said.pop("start_time", None))
            trace = Trace(self, above.trace_id, is_remote=True)
            # Stands for the span of the other process; it is never told.
            caller = Span(trace, above.span_id, None, "caller", "caller", start)
            return caller.start_span(name, kind, start_time=start, **said)
        who = {key: said.pop(key, None) for key in ("agent_id", "agent_name", "session_id", "user_id")}
        span_id = said.pop("id", None)
        if kind in RUN_KINDS:
            return self.start_run(name=name, **who, **said)
        run = self.start_run(name=name, **who, start_time=said.get("start_time"))
        span = run.start_span(name, kind, id=span_id, **said)
        span._closes = run
        return span

    # Sending

    def flush(self, timeout: Optional[float] = None) -> bool:
        """Sends what waits now and answers whether everything has arrived. What has not is on disk, where there is a
        spool; without one this goes on trying for `timeout` seconds (10 unless set)."""
        limit = self.settings.timeout if timeout is None else timeout
        return self._flush(limit, is_last=False)

    async def aflush(self, timeout: Optional[float] = None) -> bool:
        """`flush` without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(None, self.flush, timeout)

    def shutdown(self, timeout: Optional[float] = None) -> bool:
        """Sends what waits and stops the thread. Called by itself when the process ends."""
        limit = self.settings.shutdown_timeout if timeout is None else timeout
        arrived = self._flush(limit, is_last=True)
        self._sender.stop()
        self._sender.transport.close()
        return arrived

    def _flush(self, limit: float, is_last: bool) -> bool:
        sender = self._sender
        until = self.clock.steady_nanos() + round(limit * 1e9)
        if not sender.pumping.acquire(timeout=max(limit, 0.0)):
            if is_last:
                sender.spill()  # the thread still waits for an answer
            return False
        try:
            while True:
                left = (until - self.clock.steady_nanos()) / 1e9
                sender.pump(timeout=max(left, 0.0), is_forced=True)
                pause = sender._seconds_to_try()
                left = (until - self.clock.steady_nanos()) / 1e9
                if not sender.waiting or pause > left or left <= 0:
                    break
                self.clock.pause(pause)
            return not sender.has_undelivered()
        except Exception as error:
            self.notices.say(logging.ERROR, "fault", f"flush met {type(error).__name__}")
            return False
        finally:
            if is_last:
                sender.spill()
            sender.pumping.release()

    def stats(self) -> Stats:
        """What became of what was recorded so far."""
        sender = self._sender
        spool = sender.spool
        return Stats(
            sent=sender.sent, refused=sender.refused, dropped=self._dropped + sender.lost, spooled=sender.spooled,
            replayed=sender.replayed, expired=spool.expired if spool else 0,
            waiting=len(self._queue) + sender.held_count(),
            waiting_batches=len(spool.files()) if spool else 0, last_error=sender.last_error,
            damaged=spool.damaged if spool else 0,
        )  # fmt: skip

    # Reading

    @property
    def reader(self) -> Reader:
        """The reading side, with the same address and key."""
        if self._reader is None:
            self._reader = Reader(settings=self.settings)
        return self._reader

    # Processes

    def after_fork(self) -> None:
        """In a child process: begins anew."""
        self._forget()
        self._reader = None
        if self._sender.spool is not None:
            self._sender.spool.after_fork()
        self._sender = self._new_sender()


_SDK = {"name": NAME, "version": VERSION, "runtime": RUNTIME}
