"""Spans out of Parquet files, as JSON lines for `clew import -`.

    python -m clew.parquet spans.parquet | clew import -

Reads what Phoenix saves, and any other table whose columns are those of docs/import.md. Needs pyarrow, which the SDK
does not depend on.
"""

from __future__ import annotations

import decimal
import json
import math
import sys
from typing import Any, Dict, Iterator, List, TextIO

from .encoding import json_text

ROWS_AT_ONCE = 1_000
PLACE_OF_ROWS = "__index_level_"
"""How pandas names an index that has no name: numbers of rows, which say nothing."""


class NotReadable(Exception):
    """A file that is no table of spans, or no way to read it."""


def rows(path: str) -> Iterator[Dict[str, Any]]:
    """The rows of a file as objects of plain values, a thousand in memory at a time."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise NotReadable("reading Parquet needs pyarrow: pip install pyarrow") from None
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise NotReadable(f"{path}: {error}") from None
    with file:
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE):
            yield from _rows_of(pyarrow, batch)


def _rows_of(pyarrow: Any, batch: Any) -> Iterator[Dict[str, Any]]:
    names = [name for name in batch.schema.names if not name.startswith(PLACE_OF_ROWS)]
    columns: List[Any] = []
    for name in names:
        column = batch.column(name)
        # A time of nanoseconds has no form in Python that keeps them; a number has.
        fine = column.cast(_with_times(pyarrow, column.type, lambda zone: pyarrow.timestamp("ns", zone)))
        columns.append(fine.cast(_with_times(pyarrow, column.type, lambda zone: pyarrow.int64())).to_pylist())
    for values in zip(*columns):
        row = {name: plain(value) for name, value in zip(names, values)}
        yield {name: value for name, value in row.items() if value is not None}


def _with_times(pyarrow: Any, kind: Any, time: Any) -> Any:
    """A type with the times in it replaced, however deep they are."""
    types = pyarrow.types
    if types.is_timestamp(kind):
        return time(kind.tz)
    if types.is_dictionary(kind):
        return _with_times(pyarrow, kind.value_type, time)
    if types.is_list(kind) or types.is_large_list(kind):
        make = pyarrow.list_ if types.is_list(kind) else pyarrow.large_list
        return make(_with_times(pyarrow, kind.value_type, time))
    if types.is_struct(kind):
        fields = [kind.field(place) for place in range(kind.num_fields)]
        return pyarrow.struct([(field.name, _with_times(pyarrow, field.type, time)) for field in fields])
    return kind


def plain(value: Any) -> Any:
    """A value as JSON has it; what nobody said is left out. Tables give every object the keys of all of them."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, dict):
        inside = {str(key): plain(one) for key, one in value.items()}
        return {key: one for key, one in inside.items() if one is not None}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (str, int, float, bool)):
        return value
    return json.loads(json_text(value))


def write(paths: List[str], out: TextIO) -> int:
    """Writes the rows of all files, a line each; how many."""
    count = 0
    for path in paths:
        for row in rows(path):
            out.write(json_text(row) + "\n")
            count += 1
    return count


def main(arguments: List[str]) -> int:
    """The command."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: python -m clew.parquet FILE... | clew import -", file=sys.stderr)
        return 0 if arguments else 2
    try:
        count = write(arguments, sys.stdout)
    except NotReadable as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    print(f"{count} rows", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
