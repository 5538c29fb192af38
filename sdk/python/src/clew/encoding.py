"""Values to JSON at the moment they are given, whatever they are, without ever raising.

A value is frozen when the caller hands it over: a list of messages that grows afterwards is recorded as it was.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import json
import math
from datetime import date, datetime, time, timedelta
from typing import Any, Dict, List, Mapping, Optional, Set, Union

DEPTH_MAX = 24
"""Levels of lists and objects; a Clew takes 32."""
CELLS_MAX = 10_000
"""Cells of an array or a data frame; of a larger one the shape is told."""
INTEGER_BITS_MAX = 4_096
"""Beyond this Python itself may refuse to write an integer in decimal."""
TEXT_OF_UNKNOWN_MAX = 2_000
"""Characters of the `repr` of an object that has no form in JSON."""


class Frozen:
    """A value as JSON text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def thawed(self) -> Any:
        """The value, read again."""
        return json.loads(self.text)


Scalar = Union[str, int, float, bool, None]
Kept = Union[str, int, float, bool, None, Frozen]
"""What a record holds: what cannot change as it is, the rest frozen."""

_UNCHANGING = frozenset((str, int, bool, type(None)))


def freeze(value: Any) -> Kept:
    """The value, safe from later changes."""
    if value.__class__ in _UNCHANGING:
        return value  # type: ignore[no-any-return]
    if value.__class__ is float and math.isfinite(value):
        return value
    return Frozen(json_text(value))


def json_text(value: Any) -> str:
    """JSON of any value: of what has no form in JSON, the nearest that has one."""
    try:
        text = _encode(value)
    except Exception:
        return _encode(_plain(value, 0, set()))
    # Counting is quick, and few values have brackets enough to be deep.
    if text.count("[") + text.count("{") > DEPTH_MAX and _is_deeper(value, DEPTH_MAX):
        return _encode(_plain(value, 0, set()))
    return text


def kept_text(kept: Any) -> str:
    """JSON of what a record holds."""
    kind = kept.__class__
    if kind is str:
        return _quoted(kept)
    if kind is Frozen:
        return str(kept.text)
    # Most integers are tokens and times; no `str` of these can fail.
    return repr(kept) if kind is int and -(2**64) < kept < 2**64 else json_text(kept)


def object_text(pairs: Mapping[str, Kept]) -> str:
    """JSON of an object whose values are kept ones."""
    return "{" + ",".join([f"{_quoted(key)}:{kept_text(value)}" for key, value in pairs.items()]) + "}"


def thaw(kept: Kept) -> Any:
    """The value of what a record holds."""
    return kept.thawed() if isinstance(kept, Frozen) else kept


def size_of(kept: Kept) -> int:
    """About how many bytes it takes."""
    if kept.__class__ is str:
        return 64 + len(kept)
    return 64 + len(kept.text) if kept.__class__ is Frozen else 32


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects nest deeper than this."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return levels < 0 or any(_is_deeper(one, levels - 1) for one in inside if isinstance(one, (dict, list, tuple)))


def _default(value: Any) -> Any:
    """The JSON form of what the encoder does not know; one level, the encoder calls it again for what is inside."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"base64": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, type):
        return value.__qualname__
    size = getattr(value, "shape", None)  # arrays, tensors, data frames
    if isinstance(size, tuple) and all(isinstance(side, int) for side in size) and math.prod(size) > CELLS_MAX:
        return f"<{type(value).__name__} of {' x '.join(map(str, size))}>"
    shape = _shape(value)
    if shape is not None:
        return shape[0]
    if callable(value):
        return getattr(value, "__qualname__", None) or _described(value)
    return _described(value)


def _shape(value: Any) -> Optional[List[Any]]:
    """The value as a list or an object, in a list of one; `None` where it has no such shape."""
    dump = getattr(value, "model_dump", None)
    if callable(dump):  # pydantic 2
        return [dump(mode="json", exclude_none=True, warnings=False)]
    if dataclasses.is_dataclass(value):
        return [{field.name: getattr(value, field.name) for field in dataclasses.fields(value)}]
    if isinstance(value, Mapping):
        return [dict(value)]
    if isinstance(value, (set, frozenset)) or type(value).__name__ in ("deque", "dict_keys", "dict_values"):
        return [list(value)]
    for name in ("tolist", "to_dict", "dict", "_asdict"):  # arrays, data frames, pydantic 1, records
        form = getattr(value, name, None)
        if callable(form) and not isinstance(value, type):
            return [form()]
    return None


def _described(value: Any) -> str:
    try:
        text = str(value)  # the same as `repr` where the class has no form of its own
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"
    return text if len(text) <= TEXT_OF_UNKNOWN_MAX else text[:TEXT_OF_UNKNOWN_MAX] + "…"


def _plain(value: Any, depth: int, above: Set[int]) -> Any:
    """What the encoder failed at, piece by piece: keys that are no text, circles, NaN, objects that raise."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int) and value.bit_length() > INTEGER_BITS_MAX:
        return hex(value)
    if value is None or isinstance(value, (str, int)):
        return value if not isinstance(value, enum.Enum) else value.value
    if depth >= DEPTH_MAX or id(value) in above:
        return "…" if depth >= DEPTH_MAX else "<circular>"
    inside = above | {id(value)}
    if isinstance(value, Mapping):
        return _plain_mapping(value, depth, inside)
    if isinstance(value, (list, tuple)):
        return [_plain(one, depth + 1, inside) for one in value]
    try:
        return _plain(_default(value), depth + 1, inside)
    except Exception:
        return _described(value)


def _plain_mapping(value: Mapping[Any, Any], depth: int, inside: Set[int]) -> Any:
    pairs: Dict[str, Any] = {}
    try:
        for key, one in value.items():
            pairs[key if isinstance(key, str) else _described(key)] = _plain(one, depth + 1, inside)
    except Exception:  # a mapping that changes meanwhile, or is none after all
        return pairs or _described(value)
    return pairs


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_default).encode
_quoted = json.encoder.encode_basestring
