"""The process-wide client, and what stands on it: `clew.span`, `clew.inject`, ..."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import Any, ContextManager, Dict, Iterator, Mapping, Optional

from . import current
from .client import Clew
from .propagation import TRACEPARENT, TRACEPARENT_VARIABLE, RemoteParent, extract
from .spans import Run, Span

_lock = threading.Lock()
_default: Optional[Clew] = None


def configure(*arguments: Any, **settings: Any) -> Clew:
    """Makes the process-wide client, with the arguments of `Clew`; one that was there before sends what it has."""
    client = Clew(*arguments, **settings)
    before = replace_default(client)
    if before is not None:
        before.shutdown()
    return client


def default() -> Clew:
    """The process-wide client, made from the environment when it is first asked for."""
    global _default
    found = _default
    if found is not None:
        return found
    with _lock:
        if _default is None:
            _default = Clew()
        return _default


def replace_default(client: Optional[Clew]) -> Optional[Clew]:
    """Puts another client in its place and answers what was there."""
    global _default
    with _lock:
        before, _default = _default, client
        return before


def client_here() -> Clew:
    """The client of the current span, else the process-wide one."""
    span = current.current_span()
    return default() if span is None else span.client


def start_run(agent_id: Optional[str] = None, **said: Any) -> Run:
    """`Clew.start_run` of the client that is used here."""
    return client_here().start_run(agent_id, **said)


def span(name: str, kind: str = "step", **said: Any) -> Span:
    """`with clew.span("look up", kind="tool"):` a span below the current one; where nothing is current, a run."""
    return client_here().span(name, kind, **said)


def current_run() -> Optional[str]:
    """Id of the run that is current here."""
    parent = current.parent()
    if parent is None:
        return None
    return parent.run_id if isinstance(parent, Span) else parent.trace_id


def event(name: str, data: Optional[Mapping[str, Any]] = None) -> None:
    """Notes something on the current span; nothing where there is none."""
    found = current.current_span()
    if found is not None:
        found.event(name, data)


def inject(headers: Optional[Dict[str, str]] = None) -> Dict[str, str]:
    """Adds the current span's `traceparent` to headers of an HTTP call, and answers them."""
    said = {} if headers is None else headers
    parent = current.parent()
    if parent is not None:
        said[TRACEPARENT] = parent.traceparent
    return said


def child_environment(variables: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
    """Variables for a process to be started, whose runs then belong to the current span: `TRACEPARENT` beside those
    given, or those of this process."""
    said = dict(os.environ if variables is None else variables)
    parent = current.parent()
    if parent is not None:
        said[TRACEPARENT_VARIABLE] = parent.traceparent
    return said


def continue_trace(headers: Optional[Mapping[Any, Any]]) -> ContextManager[Optional[RemoteParent]]:
    """Inside of `with clew.continue_trace(request.headers):` runs and spans belong to the caller's span. Headers
    without a valid `traceparent` change nothing."""
    return _continued(extract(headers))


@contextmanager
def _continued(parent: Optional[RemoteParent]) -> Iterator[Optional[RemoteParent]]:
    if parent is None:
        yield None
        return
    token = current.put(parent)
    try:
        yield parent
    finally:
        current.take_back(token)


def flush(timeout: Optional[float] = None) -> bool:
    """`Clew.flush` of the process-wide client."""
    return default().flush(timeout)
