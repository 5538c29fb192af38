"""Spans out of Parquet files."""

from __future__ import annotations

import contextlib
import decimal
import io
import json
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from clew import parquet

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None


class Plain(unittest.TestCase):
    def test_values(self) -> None:
        for value, wanted in (
            (float("nan"), None), ([1, None, float("nan")], [1, None, None]), ({"a": None, "b": {"c": None}}, {"b": {}}),
            (decimal.Decimal("7"), 7), (decimal.Decimal("0.5"), 0.5), (b"\x00", {"base64": "AA=="}), (True, True),
        ):  # fmt: skip
            self.assertEqual(parquet.plain(value), wanted)

    def test_without_pyarrow_it_says_what_to_install(self) -> None:
        errors = io.StringIO()
        with mock.patch.dict(sys.modules, {"pyarrow": None}), contextlib.redirect_stderr(errors):
            self.assertEqual(parquet.main(["spans.parquet"]), 1)
        self.assertIn("pip install pyarrow", errors.getvalue())


@unittest.skipIf(pyarrow is None, "pyarrow is not installed")
class Files(unittest.TestCase):
    def test_a_table_of_spans_as_phoenix_saves_it(self) -> None:
        nanos = 1_795_154_508_607_000_001
        ns = pyarrow.timestamp("ns", "UTC")
        event = pyarrow.struct([("name", pyarrow.string()), ("timestamp", pyarrow.timestamp("us", "UTC")),
                                ("attributes", pyarrow.struct([("exception.message", pyarrow.string())]))])  # fmt: skip
        table = pyarrow.table({
            "context.span_id": ["a" * 16, "b" * 16],
            "context.trace_id": ["c" * 32] * 2,
            "parent_id": [None, "a" * 16],
            "name": ["agent", "llm"],
            "span_kind": pyarrow.array(["AGENT", "LLM"]).dictionary_encode(),
            "start_time": pyarrow.array([nanos, nanos + 5], ns),
            "end_time": pyarrow.array([nanos + 10, None], ns),
            "events": pyarrow.array([[], [{"name": "exception", "timestamp": 1_795_154_508_607_000,
                                          "attributes": {"exception.message": "no"}}]], pyarrow.list_(event)),
            "attributes.llm.token_count.prompt": [None, 120.0],
            "attributes.llm.input_messages": [None, [{"message.role": "user", "message.content": "hi"}]],
            "attributes.metadata": [{"a": "x", "b": None}, {"a": None, "b": "y"}],
            "cumulative": pyarrow.array([decimal.Decimal("1.50"), None]),
            "__index_level_0__": [0, 1],
        })  # fmt: skip
        first, second = self.read(table)
        self.assertEqual(first, {
            "context.span_id": "a" * 16, "context.trace_id": "c" * 32, "name": "agent", "span_kind": "AGENT",
            "start_time": nanos, "end_time": nanos + 10, "events": [], "attributes.metadata": {"a": "x"},
            "cumulative": 1.5,
        })  # fmt: skip
        self.assertEqual(second, {
            "context.span_id": "b" * 16, "context.trace_id": "c" * 32, "parent_id": "a" * 16, "name": "llm",
            "span_kind": "LLM", "start_time": nanos + 5, "attributes.llm.token_count.prompt": 120.0,
            "events": [{"name": "exception", "timestamp": 1_795_154_508_607_000_000,
                        "attributes": {"exception.message": "no"}}],
            "attributes.llm.input_messages": [{"message.role": "user", "message.content": "hi"}],
            "attributes.metadata": {"b": "y"},
        })  # fmt: skip

    def test_more_rows_than_are_read_at_once(self) -> None:
        self.assertEqual(len(self.read(pyarrow.table({"name": [str(number) for number in range(2_500)]}))), 2_500)

    def test_files_that_are_none(self) -> None:
        with TemporaryDirectory() as folder:
            broken = Path(folder) / "broken.parquet"
            broken.write_bytes(b"PAR1 no")
            for path in (broken, Path(folder) / "missing.parquet"):
                errors = io.StringIO()
                with contextlib.redirect_stderr(errors):
                    self.assertEqual(parquet.main([str(path)]), 1)
                self.assertIn(str(path), errors.getvalue())

    def read(self, table: Any) -> Any:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "spans.parquet"
            pyarrow.parquet.write_table(table, path)
            out = io.StringIO()
            parquet.write([str(path)], out)
        return [json.loads(line) for line in out.getvalue().splitlines()]


if __name__ == "__main__":
    unittest.main()
