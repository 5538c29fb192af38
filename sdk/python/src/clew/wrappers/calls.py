"""What the wrappers share: a call becomes a span, whether it answers, streams or fails.

A wrapper changes methods of the one client that it is given, so that its type stays what it was. Whatever goes wrong
here, the provider's call goes through.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
import logging
from typing import Any, AsyncIterator, Callable, Dict, Iterator, Mapping, Optional, Protocol, Tuple

from .. import current
from ..client import Clew
from ..notices import log
from ..process import client_here
from ..spans import Span

Fields = Dict[str, Any]

# Some methods of the providers' clients call others that are wrapped too; the outer one tells it.
_inside: "contextvars.ContextVar[bool]" = contextvars.ContextVar("clew_inside_call", default=False)
_SENTINELS = frozenset(("NotGiven", "Omit"))
_TRANSPORT_ARGUMENTS = frozenset(("extra_headers", "extra_query", "extra_body", "timeout", "stream_options"))


class Gatherer(Protocol):
    """Collects the pieces of a streamed answer."""

    def add(self, event: Any) -> bool:
        """Takes a piece; whether it has text or the like, and so is a first token."""

    def end_data(self) -> Fields:
        """What the pieces say together."""


class Adapter(Protocol):
    """One method of one provider."""

    kind: str

    def request(self, arguments: Mapping[str, Any]) -> Tuple[str, Fields]:
        """The model, and what to tell of the request."""

    def answer(self, response: Any) -> Fields:
        """What to tell of an answer."""

    def gatherer(self) -> Gatherer:
        """For a streamed answer."""


class Skip:
    """Pieces of a stream that only we asked for, and that the program must not see. None, unless told otherwise."""

    def hides(self, event: Any) -> bool:
        """Whether to leave a piece out."""
        return False


def wrap(resource: Any, method: str, adapter: Adapter, client: Optional[Clew]) -> None:
    """Makes a method of this object record its calls; nothing where it has no such method, or records already."""
    original = getattr(resource, method, None)
    if original is None or getattr(original, "_clew_wrapped", False):
        return

    @functools.wraps(original)
    def recording(*arguments: Any, **named: Any) -> Any:
        if _inside.get():
            return original(*arguments, **named)
        call = _open(adapter, named, client)
        if call is None:
            return original(*arguments, **named)
        return call.run(functools.partial(original, *arguments, **call.arguments))

    recording._clew_wrapped = True  # type: ignore[attr-defined]
    setattr(resource, method, recording)


def _open(adapter: Adapter, named: Mapping[str, Any], client: Optional[Clew]) -> "Optional[_Call]":
    try:
        used = client or client_here()
        if not used.is_recording:
            return None
        prepare = getattr(adapter, "prepared", None)
        arguments, skip = prepare(named) if prepare is not None else (dict(named), Skip())
        model, data = adapter.request(named)
        return _Call(adapter, used.span(model, adapter.kind, data=data), arguments, skip)
    except Exception as error:
        log.log(logging.ERROR, "a call is not recorded: %r", error)
        return None


class _Call:
    """One call under way."""

    def __init__(self, adapter: Adapter, span: Span, arguments: Fields, skip: Skip) -> None:
        self.adapter = adapter
        self.span = span
        self.arguments = arguments
        self.skip = skip

    def run(self, call: Callable[[], Any]) -> Any:
        with self.span.activate():
            token = _inside.set(True)
            try:
                result = call()
            except BaseException as error:
                self.span.fail(error)
                raise
            finally:
                _inside.reset(token)
        if inspect.isawaitable(result):
            return self._awaited(result)
        return self._observed(result)

    async def _awaited(self, awaitable: Any) -> Any:
        token = current.put(self.span)
        inside = _inside.set(True)
        try:
            result = await awaitable
        except BaseException as error:
            self.span.fail(error)
            raise
        finally:
            _inside.reset(inside)
            current.take_back(token)
        return self._observed(result)

    def _observed(self, result: Any) -> Any:
        try:
            if hasattr(result, "__enter__") and not _is_stream(result):
                return _Manager(self, result)
            if hasattr(result, "__aenter__") and not _is_stream(result):
                return _AsyncManager(self, result)
            if _is_stream(result):
                return self.watch(result)
            if hasattr(result, "http_response") and callable(getattr(result, "parse", None)):
                return self._observed_raw(result)
            self.span.end(self.adapter.answer(result))
        except Exception as error:
            log.log(logging.ERROR, "an answer is not recorded: %r", error)
            self._end_unknown()
        return result

    def _observed_raw(self, raw: Any) -> Any:
        """An answer with its headers, of which the program asks for the content by `parse`."""
        parse = raw.parse
        parsed = None if self.arguments.get("stream") else parse()
        if parsed is not None and not inspect.isawaitable(parsed):
            self.span.end(self.adapter.answer(parsed))
        elif parsed is None:
            raw.parse = lambda *arguments, **named: self.watch(parse(*arguments, **named))
        else:
            getattr(parsed, "close", lambda: None)()
            self._end_unknown()
        return raw

    def _end_unknown(self) -> None:
        if not self.span.ended:
            self.span.end()

    def watch(self, stream: Any) -> Any:
        """Follows a stream while the program reads it."""
        watched = _Watched(self)
        inner = getattr(stream, "_iterator", None)
        if inner is not None:
            stream._iterator = watched.every_async(inner) if hasattr(inner, "__anext__") else watched.every(inner)
            _end_on_close(stream, watched)
            return stream
        return _StreamProxy(stream, watched)


def _is_stream(result: Any) -> bool:
    return hasattr(result, "__next__") or hasattr(result, "__anext__")


class _Watched:
    """Sees the pieces of a stream go by."""

    def __init__(self, call: _Call) -> None:
        self.call = call
        self.gatherer = call.adapter.gatherer()
        self.first_nanos: Optional[int] = None

    def see(self, event: Any) -> None:
        try:
            if self.gatherer.add(event) and self.first_nanos is None:
                trace = self.call.span._trace
                self.first_nanos = trace.steady() + trace.offset
        except Exception as error:
            log.log(logging.ERROR, "a piece of an answer is not recorded: %r", error)

    def finish(self, error: Optional[BaseException] = None) -> None:
        span = self.call.span
        if span.ended:
            return
        data: Fields = {}
        try:
            data = self.gatherer.end_data()
        except Exception as fault:
            log.log(logging.ERROR, "an answer is not recorded: %r", fault)
        if self.first_nanos is not None:
            data["ttft_ms"] = round((self.first_nanos - span._start) / 1e6, 3)
        if error is None or isinstance(error, GeneratorExit):
            span.end(data)
        else:
            span.fail(error, data)

    def every(self, inner: Iterator[Any]) -> Iterator[Any]:
        try:
            for event in inner:
                self.see(event)
                if not self.call.skip.hides(event):
                    yield event
        except BaseException as error:
            self.finish(error)
            raise
        self.finish()

    async def every_async(self, inner: AsyncIterator[Any]) -> AsyncIterator[Any]:
        try:
            async for event in inner:
                self.see(event)
                if not self.call.skip.hides(event):
                    yield event
        except BaseException as error:
            self.finish(error)
            raise
        self.finish()


def _end_on_close(stream: Any, watched: _Watched) -> None:
    """A stream that is left before its end."""
    close = getattr(stream, "close", None)
    if close is None:
        return

    @functools.wraps(close)
    def closing(*arguments: Any, **named: Any) -> Any:
        watched.finish()
        return close(*arguments, **named)

    stream.close = closing


class _StreamProxy:
    """A stream whose pieces are seen; for streams that cannot be followed from inside."""

    def __init__(self, stream: Any, watched: _Watched) -> None:
        self._stream = stream
        self._watched = watched
        self._pieces = watched.every_async(stream) if hasattr(stream, "__anext__") else watched.every(stream)

    def __iter__(self) -> Any:
        return self._pieces

    def __aiter__(self) -> Any:
        return self._pieces

    def __next__(self) -> Any:
        return next(self._pieces)  # type: ignore[arg-type]

    def __anext__(self) -> Any:
        return self._pieces.__anext__()  # type: ignore[union-attr]

    def close(self) -> Any:
        """Leaves the stream."""
        self._watched.finish()
        return self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Manager:
    """`with client.messages.stream(...) as stream:`"""

    def __init__(self, call: _Call, manager: Any) -> None:
        self._call, self._manager = call, manager
        self._watched: Optional[_Watched] = None

    def __enter__(self) -> Any:
        token = _inside.set(True)
        try:
            stream = self._manager.__enter__()
        except BaseException as error:
            self._call.span.fail(error)
            raise
        finally:
            _inside.reset(token)
        return self._call.watch(stream)

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> Any:
        if error is not None and not self._call.span.ended:
            self._call.span.fail(error)
        try:
            return self._manager.__exit__(kind, error, trace)
        finally:
            self._call._end_unknown()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)


class _AsyncManager:
    """`async with client.messages.stream(...) as stream:`"""

    def __init__(self, call: _Call, manager: Any) -> None:
        self._call, self._manager = call, manager

    async def __aenter__(self) -> Any:
        token = _inside.set(True)
        try:
            stream = await self._manager.__aenter__()
        except BaseException as error:
            self._call.span.fail(error)
            raise
        finally:
            _inside.reset(token)
        return self._call.watch(stream)

    async def __aexit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> Any:
        if error is not None and not self._call.span.ended:
            self._call.span.fail(error)
        try:
            return await self._manager.__aexit__(kind, error, trace)
        finally:
            self._call._end_unknown()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)


def told_arguments(named: Mapping[str, Any]) -> Fields:
    """Arguments that say something about the request itself."""
    return {
        key: value
        for key, value in named.items()
        if key not in _TRANSPORT_ARGUMENTS and value is not None and type(value).__name__ not in _SENTINELS
    }


def said(of: Any, *path: str) -> Any:
    """A member of an answer, whether it is an object or a dictionary; `None` where it is missing."""
    for name in path:
        if of is None:
            return None
        of = of.get(name) if isinstance(of, Mapping) else getattr(of, name, None)
    return of


def without_none(fields: Fields) -> Fields:
    """Only what was said."""
    return {key: value for key, value in fields.items() if value is not None}
