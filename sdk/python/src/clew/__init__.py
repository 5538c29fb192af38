"""Records what an AI agent does and sends it to a Clew.

    import clew

    with clew.start_run(agent_id="support") as run:
        with clew.span("look up", kind="tool") as tool:
            tool.end({"result": "found"})

See docs/sdk-python.md.
"""

from .client import Clew
from .clock import Clock, ManualClock
from .current import ThreadPoolExecutor, bind, current_span, wrap_executor
from .decorators import agent, tool, trace
from .process import (
    child_environment,
    configure,
    continue_trace,
    current_run,
    default,
    event,
    flush,
    inject,
    span,
    start_run,
)
from .propagation import RemoteParent, extract
from .reader import Item, Page, Reader, ReadError
from .recorder import MisuseError
from .sender import Stats
from .spans import Run, Span
from .transport import Answer, HttpTransport, Transport, Unreachable
from .version import VERSION as __version__
from .wrappers import wrap_anthropic, wrap_openai

__all__ = [
    "Answer", "Clew", "Clock", "HttpTransport", "Item", "ManualClock", "MisuseError", "Page", "ReadError", "Reader",
    "RemoteParent", "Run", "Span", "Stats", "ThreadPoolExecutor", "Transport", "Unreachable", "__version__", "agent",
    "bind", "child_environment", "configure", "continue_trace", "current_run", "current_span", "default", "event",
    "extract", "flush", "inject", "span", "start_run", "tool", "trace", "wrap_anthropic", "wrap_executor",
    "wrap_openai",
]  # fmt: skip
