"""Functions that are spans: plain ones, coroutines, generators, asynchronous generators."""

from __future__ import annotations

import functools
import inspect
from typing import Any, AsyncGenerator, Callable, Dict, Generator, List, Optional, TypeVar, Union, overload

from . import current
from .client import Clew
from .process import client_here
from .spans import Span

Function = TypeVar("Function", bound=Callable[..., Any])
ITEMS_MAX = 1_000
"""Items of a generator that are kept as its output."""


@overload
def trace(function: Function) -> Function: ...
@overload
def trace(
    function: Optional[str] = None,
    *,
    name: Optional[str] = None,
    kind: str = "step",
    capture_input: bool = True,
    capture_output: bool = True,
    client: Optional[Clew] = None,
    **said: Any,
) -> Callable[[Function], Function]: ...
def trace(
    function: Union[Callable[..., Any], str, None] = None,
    *,
    name: Optional[str] = None,
    kind: str = "step",
    capture_input: bool = True,
    capture_output: bool = True,
    client: Optional[Clew] = None,
    **said: Any,
) -> Any:
    """Makes a function a span, below whatever is current when it is called; where nothing is, a run.

    `@trace`, `@trace("name")`, `@trace(name=..., kind="tool")`. Arguments become its input and what it gives its
    output; of a tool, its arguments and result. Further arguments are those of `Span.start_span`.
    """
    if isinstance(function, str):
        name = function
    how = _How(name, kind, capture_input, capture_output, client, said)

    def decorate(wrapped: Callable[..., Any]) -> Callable[..., Any]:
        return _traced(wrapped, how)

    return decorate(function) if callable(function) else decorate


@overload
def tool(function: Function) -> Function: ...
@overload
def tool(function: Optional[str] = None, **how: Any) -> Callable[[Function], Function]: ...
def tool(function: Any = None, **how: Any) -> Any:
    """`trace` with kind `tool`."""
    return trace(function, kind="tool", **how)


@overload
def agent(function: Function) -> Function: ...
@overload
def agent(function: Optional[str] = None, **how: Any) -> Callable[[Function], Function]: ...
def agent(function: Any = None, **how: Any) -> Any:
    """`trace` with kind `agent`: a run, and inside of another one a nested agent."""
    return trace(function, kind="agent", **how)


class _How:
    """What a decorator was told."""

    def __init__(
        self, name: Optional[str], kind: str, takes_input: bool, takes_output: bool, client: Optional[Clew],
        said: Dict[str, Any],
    ) -> None:  # fmt: skip
        self.name, self.kind, self.client, self.said = name, kind, client, said
        self.takes_input, self.takes_output = takes_input, takes_output

    def open(self, function: Callable[..., Any], arguments: Any, named: Any) -> Span:
        """Begins the span of one call."""
        client = self.client or client_here()
        shown = self.name or str(getattr(function, "__name__", type(function).__name__))
        said = dict(self.said)
        if self.takes_input and client.is_recording:
            given = _arguments(function, arguments, named)
            if self.kind == "tool":
                said["data"] = {"name": shown, "arguments": given, **said.get("data", {})}
            elif given:
                said.setdefault("input", given)
        return client.span(shown, self.kind, **said)

    def keeps_items(self, span: Span) -> bool:
        """Whether what a generator gives is recorded."""
        client = span.client
        return self.takes_output and client.is_recording and client.settings.capture

    def close(self, span: Span, output: Any) -> None:
        """Ends it with what the call gave."""
        if span.ended:
            return
        if not self.takes_output or output is None:
            span.end()
        elif self.kind == "tool":
            span.end({"result": output})
        else:
            span.end(output=output)


def _traced(function: Callable[..., Any], how: _How) -> Callable[..., Any]:
    if inspect.isasyncgenfunction(function):
        return _async_generator(function, how)
    if inspect.iscoroutinefunction(function):
        return _coroutine(function, how)
    if inspect.isgeneratorfunction(function):
        return _generator(function, how)

    @functools.wraps(function)
    def plain(*arguments: Any, **named: Any) -> Any:
        with how.open(function, arguments, named) as span:
            output = function(*arguments, **named)
            how.close(span, output)
            return output

    return plain


def _coroutine(function: Callable[..., Any], how: _How) -> Callable[..., Any]:
    @functools.wraps(function)
    async def coroutine(*arguments: Any, **named: Any) -> Any:
        with how.open(function, arguments, named) as span:
            output = await function(*arguments, **named)
            how.close(span, output)
            return output

    return coroutine


def _generator(function: Callable[..., Any], how: _How) -> Callable[..., Any]:
    @functools.wraps(function)
    def generator(*arguments: Any, **named: Any) -> Generator[Any, Any, Any]:
        span = how.open(function, arguments, named)
        items = _Items(how.keeps_items(span))
        running = function(*arguments, **named)
        step: Callable[[], Any] = functools.partial(next, running)
        try:
            while True:
                # It is current while the body runs, not while the caller has the item.
                with span.activate():
                    try:
                        item = step()
                    except StopIteration as end:
                        how.close(span, items.output(end.value))
                        return end.value
                items.add(item)
                try:
                    sent = yield item
                    step = functools.partial(running.send, sent)
                except GeneratorExit:
                    with span.activate():
                        running.close()
                    raise
                except BaseException as error:
                    step = functools.partial(running.throw, error)
        except GeneratorExit:
            how.close(span, items.output(None))
            raise
        except BaseException as error:
            if not span.ended:
                span.fail(error)
            raise

    return generator


def _async_generator(function: Callable[..., Any], how: _How) -> Callable[..., Any]:
    @functools.wraps(function)
    async def generator(*arguments: Any, **named: Any) -> AsyncGenerator[Any, Any]:
        span = how.open(function, arguments, named)
        items = _Items(how.keeps_items(span))
        running = function(*arguments, **named)
        step: Callable[[], Any] = running.__anext__
        try:
            while True:
                token = current.put(span)
                try:
                    item = await step()
                except StopAsyncIteration:
                    how.close(span, items.output(None))
                    return
                finally:
                    current.take_back(token)
                items.add(item)
                try:
                    sent = yield item
                    step = functools.partial(running.asend, sent)
                except GeneratorExit:
                    await running.aclose()
                    raise
                except BaseException as error:
                    step = functools.partial(running.athrow, error)
        except GeneratorExit:
            how.close(span, items.output(None))
            raise
        except BaseException as error:
            if not span.ended:
                span.fail(error)
            raise

    return generator


class _Items:
    """What a generator gave; nothing is kept of it where nothing is to be recorded."""

    def __init__(self, is_kept: bool) -> None:
        self.most = ITEMS_MAX if is_kept else 0
        self.items: List[Any] = []
        self.left_out = 0

    def add(self, item: Any) -> None:
        """One more."""
        if len(self.items) < self.most:
            self.items.append(item)
        else:
            self.left_out += 1

    def output(self, returned: Any) -> Any:
        """The output: texts as one text, anything else as a list."""
        if not self.items:
            return returned
        if all(isinstance(item, str) for item in self.items):
            return "".join(self.items) + (f"… ({self.left_out} more)" if self.left_out else "")
        return [*self.items, f"… ({self.left_out} more)"] if self.left_out else self.items


def _arguments(function: Callable[..., Any], arguments: Any, named: Any) -> Dict[str, Any]:
    """The arguments of a call by their names, without the object or class that it is a method of."""
    try:
        bound = inspect.signature(function).bind_partial(*arguments, **named)
        given = dict(bound.arguments)
    except (TypeError, ValueError):
        return {"args": list(arguments), **named}
    for name in ("self", "cls"):
        if next(iter(given), None) == name:
            del given[name]
    return given
