"""The current span: in this thread, this task, and in what they start.

Tasks of asyncio inherit it by themselves. A thread does not: `bind` a function, or take the pool from here.
"""

from __future__ import annotations

import concurrent.futures
import contextvars
import functools
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional, TypeVar, Union

from .propagation import RemoteParent

if TYPE_CHECKING:
    from .spans import Span

Parent = Union["Span", RemoteParent]
Answer = TypeVar("Answer")
Function = TypeVar("Function", bound=Callable[..., Any])

_current: "contextvars.ContextVar[Optional[Parent]]" = contextvars.ContextVar("clew_current", default=None)


def parent() -> "Optional[Parent]":
    """What a new span is put below: a span, one of another process, or nothing."""
    return _current.get()


def current_span() -> "Optional[Span]":
    """The span that is current here."""
    from .spans import Span

    found = _current.get()
    return found if isinstance(found, Span) else None


def put(span: "Optional[Parent]") -> "contextvars.Token[Optional[Parent]]":
    """Makes it current; the token takes that back."""
    return _current.set(span)


def take_back(token: "contextvars.Token[Optional[Parent]]") -> None:
    """Makes current again what was before."""
    try:
        _current.reset(token)
    except (ValueError, RuntimeError):
        # The end of an async generator may run in another context than its start; there was nothing to take back.
        pass


@contextmanager
def holding(span: Any) -> Iterator[Any]:
    """Makes it current inside of `with`."""
    token = put(span)
    try:
        yield span
    finally:
        take_back(token)


def bind(function: Function) -> Function:
    """The function, run with what is current now, in whatever thread."""
    context = contextvars.copy_context()

    @functools.wraps(function)
    def bound(*arguments: Any, **named: Any) -> Any:
        # A context cannot be entered twice at a time, so each call has a copy.
        return context.copy().run(function, *arguments, **named)

    return bound  # type: ignore[return-value]


class ThreadPoolExecutor(concurrent.futures.ThreadPoolExecutor):
    """A pool whose tasks have the current span of whoever submitted them."""

    def submit(self, fn: Callable[..., Answer], /, *args: Any, **kwargs: Any) -> "concurrent.futures.Future[Answer]":
        """Runs `fn` with what is current now."""
        return super().submit(contextvars.copy_context().run, functools.partial(fn, *args, **kwargs))


Pool = TypeVar("Pool", bound=concurrent.futures.Executor)


def wrap_executor(pool: Pool) -> Pool:
    """Makes a pool of threads give its tasks the current span; answers the same pool. Processes cannot have it."""
    submit = pool.submit

    def submitting(fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "concurrent.futures.Future[Any]":
        return submit(contextvars.copy_context().run, functools.partial(fn, *args, **kwargs))

    pool.submit = submitting  # type: ignore[method-assign]
    return pool
