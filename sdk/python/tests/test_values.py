"""Values, ids, settings: what goes in, whatever it is."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import unittest
import uuid
from collections import OrderedDict, deque, namedtuple
from pathlib import Path, PurePosixPath
from typing import Any, Dict, List

from clew.blake3 import digest
from clew.clock import nanos_of
from clew.configuration import Environment, Settings, read_settings
from clew.encoding import freeze, json_text, thaw
from clew.identity import is_usable, new_span_id, new_trace_id, span_id_of, trace_id_of


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    y: "List[int]"


class Pydantic:
    """Shaped like a model of pydantic 2."""

    def model_dump(self, **options: Any) -> Dict[str, Any]:
        return {"city": "Paris"}


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no words")

    def dict(self) -> None:
        raise RuntimeError("no members")


class Values(unittest.TestCase):
    def test_what_has_no_form_in_json_gets_the_nearest(self) -> None:
        for value, wanted in (
            (Color.RED, "red"),
            (Point(1, [2]), {"x": 1, "y": [2]}),
            (Pydantic(), {"city": "Paris"}),
            (namedtuple("Pair", "a b")(1, 2), [1, 2]),
            (OrderedDict(a=1), {"a": 1}),
            ((1, {2}), [1, [2]]),
            (deque([1, 2]), [1, 2]),
            ({1: "a", None: "b"}, {"1": "a", "null": "b"}),
            ({(1, 2): "a", "k": 1}, {"(1, 2)": "a", "k": 1}),
            (datetime.datetime(2026, 11, 20, 6, 1), "2026-11-20T06:01:00"),
            (datetime.timedelta(seconds=1.5), 1.5),
            (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
            (decimal.Decimal("1.50"), "1.50"),
            (PurePosixPath("/a"), "/a"),
            (b"\x00\xff", {"base64": "AP8="}),
            (ValueError("no"), "ValueError: no"),
            (Point, "Point"),
            (len, "len"),
            ([float("nan"), float("inf"), -0.0], ["nan", "inf", -0.0]),
            ({"a": float("nan"), "b": {1.5: Color.RED}}, {"a": "nan", "b": {"1.5": "red"}}),
            (2**70, 2**70),
            (type("Array", (), {"shape": (500, 400), "tolist": lambda _: 1})(), "<Array of 500 x 400>"),
            (type("Array", (), {"shape": (2, 2), "tolist": lambda _: [[1, 2], [3, 4]]})(), [[1, 2], [3, 4]]),
            ([2**20_000], [hex(2**20_000)]),
        ):
            self.assertEqual(json.loads(json_text(value)), wanted, type(value))

    def test_nothing_raises(self) -> None:
        circle: Dict[str, Any] = {"a": 1}
        circle["self"] = circle
        self.assertEqual(json.loads(json_text(circle)), {"a": 1, "self": "<circular>"})
        deep: Any = 1
        for _ in range(5_000):
            deep = [deep]
        self.assertEqual(json_text(deep), "[" * 24 + '"…"' + "]" * 24)
        self.assertEqual(json_text({"a": [deep, 1]}), '{"a":[' + "[" * 22 + '"…"' + "]" * 22 + ",1]}")
        self.assertEqual(json.loads(json_text([Broken(), 1])), ["<Broken that cannot be shown>", 1])
        self.assertEqual(json.loads(json_text("\ud800").encode("utf-8", "replace")), "?")
        self.assertEqual(len(json.loads(json_text(type("T", (), {"__str__": lambda _: "x" * 9_999})()))), 2_001)

    def test_a_frozen_value_stays(self) -> None:
        value = {"a": [1]}
        kept = freeze(value)
        value["a"].append(2)
        self.assertEqual(thaw(kept), {"a": [1]})
        for plain in ("text", 7, 1.5, True, None):
            self.assertIs(freeze(plain), plain)
        self.assertEqual(thaw(freeze(float("nan"))), "nan")


class Ids(unittest.TestCase):
    def test_the_vectors_of_the_page(self) -> None:
        page = Path(__file__).resolve().parents[3] / "docs" / "formats" / "ids.md"
        rows = [line.split("|") for line in page.read_text().splitlines() if line.startswith("| `")]
        texts = [(row[1].split("`")[1::2], row[2].strip(" `"), row[3].strip(" `")) for row in rows]
        checked = [(text, trace, span) for names, trace, span in texts for text in names if len(trace) == 32]
        self.assertGreaterEqual(len(checked), 11)
        for text, trace, span in checked:
            self.assertEqual((trace_id_of(text), span_id_of(text)), (trace, span), text)

    def test_more_than_a_block(self) -> None:
        # Made with the `blake3` package of PyPI.
        self.assertEqual(digest(b"", 8).hex(), "af1349b9f5f9a1a6")
        self.assertEqual(digest(bytes(range(256)) * 4, 8).hex(), "882179b8dbccd285")
        with self.assertRaises(ValueError):
            digest(b"x" * 1_025, 8)

    def test_new_ones(self) -> None:
        self.assertRegex(new_trace_id(), "^[0-9a-f]{32}$")
        self.assertRegex(new_span_id(), "^[0-9a-f]{16}$")
        self.assertEqual(len({new_span_id() for _ in range(1_000)}), 1_000)

    def test_usable(self) -> None:
        for text in ("0" * 32, "0" * 16, str(uuid.UUID(int=0)), "", "  ", "x" * 513, "ü" * 257):
            self.assertFalse(is_usable(text), text)
        for text in ("0", "r", "x" * 512, "My Run"):
            self.assertTrue(is_usable(text), text)


class Times(unittest.TestCase):
    def test_forms(self) -> None:
        wanted = 1_795_154_508_607_000_000
        for moment in (
            wanted, wanted // 1_000, wanted // 1_000_000, "2026-11-20T06:01:48.607Z", "2026-11-20T07:01:48.607+01:00",
            datetime.datetime(2026, 11, 20, 6, 1, 48, 607_000, tzinfo=datetime.timezone.utc),
        ):  # fmt: skip
            self.assertEqual(nanos_of(moment), wanted, moment)
        self.assertEqual(nanos_of(1_795_154_508), 1_795_154_508_000_000_000)
        self.assertAlmostEqual(nanos_of(1_795_154_508.607) or 0, wanted, delta=1_000)
        for moment in (None, "soon", float("nan"), float("inf"), True):
            self.assertIsNone(nanos_of(moment), moment)


class Configuration(unittest.TestCase):
    def read(self, variables: Dict[str, str], **arguments: Any) -> Settings:
        return read_settings(Environment(variables), **arguments)

    def test_defaults(self) -> None:
        settings = self.read({"XDG_STATE_HOME": "/state"})
        self.assertEqual(
            settings, Settings(base_url="http://127.0.0.1:2539", spool=Path("/state/clew/spool"), flush_interval=1.0)
        )

    def test_arguments_go_before_variables_and_clew_before_agentos(self) -> None:
        variables = {
            "CLEW_URL": "http://clew:1/", "AGENTOS_BASE_URL": "http://agentos:1", "AGENTOS_API_KEY": "a",
            "CLEW_AGENT_ID": "x", "OTEL_SERVICE_NAME": "shop", "CLEW_ENVIRONMENT": "prod", "CLEW_RELEASE": "7",
        }  # fmt: skip
        settings = self.read(variables, agent_id="y")
        self.assertEqual((settings.base_url, settings.api_key, settings.agent_id), ("http://clew:1", "a", "y"))
        self.assertEqual((settings.service, settings.environment, settings.release), ("shop", "prod", "7"))
        self.assertEqual(self.read(variables, base_url="http://arg").base_url, "http://arg")
        self.assertEqual(self.read({"AGENTOS_BASE_URL": "http://agentos:1"}).base_url, "http://agentos:1")

    def test_switches_numbers_and_the_spool(self) -> None:
        for text in ("1", "true", "YES", "on"):
            self.assertTrue(self.read({"CLEW_DISABLED": text}).disabled)
            self.assertTrue(self.read({"AGENTOS_DISABLED": text}).disabled)
        self.assertFalse(self.read({"CLEW_DISABLED": "1"}, disabled=False).disabled)
        self.assertFalse(self.read({"CLEW_CAPTURE": "off"}).capture)
        for text in ("off", "0", "false"):
            self.assertIsNone(self.read({"CLEW_SPOOL": text}).spool)
        self.assertEqual(self.read({"CLEW_SPOOL": "/s"}).spool, Path("/s"))
        self.assertIsNone(self.read({"CLEW_SPOOL": "/s"}, spool=False).spool)
        settings = self.read({"CLEW_FLUSH_INTERVAL": "0.5", "CLEW_TIMEOUT": "3", "CLEW_MAX_MEMORY_BYTES": "1000"})
        self.assertEqual((settings.flush_interval, settings.timeout, settings.memory_max_bytes), (0.5, 3.0, 1000))

    def test_what_cannot_be_read_is_passed_over_and_noted(self) -> None:
        environment = Environment({"CLEW_TIMEOUT": "long", "CLEW_DISABLED": "perhaps", "CLEW_FLUSH_INTERVAL": "-1"})
        settings = read_settings(environment)
        self.assertEqual((settings.timeout, settings.disabled, settings.flush_interval), (10.0, False, 1.0))
        self.assertEqual(len(environment.problems), 3)


if __name__ == "__main__":
    unittest.main()
