"""Ids: new ones, and the ids that a Clew makes out of a sender's own text (docs/formats/ids.md)."""

from __future__ import annotations

import os
import random
import re

from .blake3 import digest

ID_MAX_BYTES = 512
_HEX_TRACE = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX_SPAN = re.compile(r"[0-9a-f]{16}")
_PREFIXES = ("trace_", "trace-", "tr-")

# Its own generator: a program that seeds `random` would otherwise give the same ids to each of its runs.
_random = random.Random()


def _reseed() -> None:
    _random.seed(os.urandom(32))


_reseed()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reseed)


def new_trace_id() -> str:
    """32 random hex digits, never all zero."""
    return f"{_random.getrandbits(128) or 1:032x}"


def new_span_id() -> str:
    """16 random hex digits, never all zero."""
    return f"{_random.getrandbits(64) or 1:016x}"


def trace_id_of(run_id: str) -> str:
    """The trace that a run with this id is."""
    text = run_id.strip().lower()
    bare = text
    for prefix in _PREFIXES:
        if text.startswith(prefix):
            bare = text[len(prefix) :]
            break
    if _HEX_TRACE.fullmatch(bare):
        return bare
    if _UUID.fullmatch(bare):
        return bare.replace("-", "")
    return digest(text.encode("utf-8", "replace")[: 2 * ID_MAX_BYTES], 16).hex()


def span_id_of(own_id: str) -> str:
    """The id of the span that its sender calls so."""
    text = own_id.strip().lower()
    if _HEX_SPAN.fullmatch(text):
        return text
    return digest(text.encode("utf-8", "replace")[: 2 * ID_MAX_BYTES], 8).hex()


def is_usable(own_id: str) -> bool:
    """Whether a Clew takes this as the id of a run or a span."""
    text = own_id.strip().lower()
    spells_none = text.replace("-", "") in ("", "0" * 16, "0" * 32)
    return not spells_none and len(text.encode("utf-8", "replace")) <= ID_MAX_BYTES
