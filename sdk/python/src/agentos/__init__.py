"""The names of the AgentOS documents, over the Clew SDK.

    from agentos import AgentOS

    os = AgentOS(api_key=...)
    run = os.start_run(agent_id=...)

See docs/sdk-python.md.
"""

from clew import Clew, Run, Span, Stats
from clew import __version__ as __version__

from .client import AgentOSClient
from .traces import Paginated, SessionStats, Trace, TraceDetail, TraceSpan

AgentOS = Clew

__all__ = [
    "AgentOS", "AgentOSClient", "Paginated", "Run", "SessionStats", "Span", "Stats", "Trace", "TraceDetail",
    "TraceSpan",
]  # fmt: skip
