"""W3C trace context: a run that goes on in another process, or began there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping, Optional

TRACEPARENT = "traceparent"
TRACEPARENT_VARIABLE = "TRACEPARENT"
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True)
class RemoteParent:
    """A span of another process."""

    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """As a header says it."""
        return f"00-{self.trace_id}-{self.span_id}-01"


def parse_traceparent(text: Optional[str]) -> Optional[RemoteParent]:
    """What a `traceparent` names; `None` where it is none."""
    found = _FORM.fullmatch(text.strip().lower()) if text else None
    if found is None:
        return None
    version, trace_id, span_id, _, more = found.groups()
    is_invalid = version == "ff" or (version == "00" and more) or not trace_id.strip("0") or not span_id.strip("0")
    return None if is_invalid else RemoteParent(trace_id, span_id)


def extract(headers: Optional[Mapping[Any, Any]]) -> Optional[RemoteParent]:
    """The parent that headers of a request, or the variables of a process, name, whatever the case of their keys."""
    for key, value in (headers or {}).items():
        name = key.decode("latin-1") if isinstance(key, bytes) else str(key)
        if name.lower() == TRACEPARENT:
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            return parse_traceparent(text)
    return None
