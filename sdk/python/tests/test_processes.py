"""The end of a process, forks, children: programs of their own against a server of the test."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List

from .fakes import FakeServer, answer_json

SOURCE = Path(__file__).resolve().parent.parent / "src"


def taking(server: Any, handler: Any) -> None:
    answer_json(handler, 200, {"accepted": 1, "rejected_count": 0, "rejected": []})


class Programs(unittest.TestCase):
    def run_program(self, text: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        with TemporaryDirectory() as state:
            environment = {**os.environ, "PYTHONPATH": str(SOURCE), "XDG_STATE_HOME": state, **variables}
            command = [sys.executable, "-W", "error::ResourceWarning", "-c", text]
            return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def runs(self, text: str, **variables: str) -> Dict[str, Dict[str, Any]]:
        """What arrived of a program, by run; it must end well and say nothing."""
        with FakeServer(taking) as server:
            done = self.run_program(text, CLEW_URL=server.url, **variables)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.requests = len(server.requests)
        seen: Dict[str, Dict[str, Any]] = {}
        for _, headers, body in server.requests:
            plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
            for element in json.loads(plain)["runs"]:
                run = seen.setdefault(element["run_id"], {"spans": []})
                run.update({key: value for key, value in element.items() if key != "spans"})
                run["spans"] += [span["name"] for span in element.get("spans", ()) if "end_time" in span]
        return seen

    def test_everything_arrives_at_the_end(self) -> None:
        seen = self.runs("import clew\nrun = clew.start_run(run_id='r')\nrun.child('a').end()\nrun.complete()")
        self.assertEqual(seen["r"]["spans"], ["a"])
        self.assertIn("complete", seen["r"])

    def test_also_after_an_exception_and_sys_exit(self) -> None:
        with FakeServer(taking) as server:
            text = "import clew\nwith clew.start_run(run_id='r'):\n    raise SystemExit(3)"
            done = self.run_program(text, CLEW_URL=server.url)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b'"fail"', server.requests[0][2])

    def test_a_program_without_a_server_ends_at_once_and_leaves_it_on_disk(self) -> None:
        with TemporaryDirectory() as spool:
            text = "import clew\nclew.start_run(run_id='r').complete()"
            done = self.run_program(text, CLEW_URL="http://127.0.0.1:9", CLEW_SPOOL=spool)
            files: List[Path] = list(Path(spool).glob("*/*.json.gz"))
            self.assertEqual((done.returncode, len(files)), (0, 1))
            self.assertIn("cannot be reached now", done.stderr)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_a_forked_child_sends_its_own_and_nothing_of_its_parent(self) -> None:
        seen = self.runs(
            "import clew, os, sys\n"
            "import warnings; warnings.simplefilter('ignore')\n"
            "clew.start_run(run_id='before').complete()\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    clew.start_run(run_id='child').complete()\n"
            "    clew.flush()\n"
            "    os._exit(0)\n"
            "os.waitpid(child, 0)\n"
            "clew.start_run(run_id='parent').complete()\n"
        )
        self.assertEqual(sorted(seen), ["before", "child", "parent"])
        self.assertTrue(all("start" in run and "complete" in run for run in seen.values()))

    def test_children_of_multiprocessing(self) -> None:
        for method in ("fork", "spawn"):
            if method == "fork" and not hasattr(os, "fork"):
                continue
            with TemporaryDirectory() as folder:
                program = Path(folder) / "program.py"
                program.write_text(
                    "import clew, multiprocessing, warnings\n"
                    "warnings.simplefilter('ignore')\n"
                    "def work(number, name):\n"
                    "    with clew.continue_trace({'traceparent': name}):\n"
                    "        with clew.span(f'work {number}', kind='tool'):\n"
                    "            pass\n"
                    "if __name__ == '__main__':\n"
                    f"    multiprocessing.set_start_method({method!r})\n"
                    "    with clew.start_run(run_id='0198c3c2b5d07f3e8a4f1234567890ab') as run:\n"
                    "        children = [multiprocessing.Process(target=work, args=(n, run.traceparent)) for n in (1, 2)]\n"
                    "        for child in children: child.start()\n"
                    "        for child in children: child.join()\n"
                )
                seen = (
                    self.runs(f"import runpy; runpy.run_path({str(program)!r}, run_name='__main__')")
                    if method == "fork"
                    else self.runs_file(program)
                )
            self.assertEqual(sorted(seen["0198c3c2b5d07f3e8a4f1234567890ab"]["spans"]), ["work 1", "work 2"], method)

    def runs_file(self, program: Path) -> Dict[str, Dict[str, Any]]:
        text = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, {str(program)!r}]))"
        return self.runs(text)

    def test_a_child_process_belongs_to_the_span_that_started_it(self) -> None:
        seen = self.runs(
            "import clew, subprocess, sys\n"
            "with clew.start_run(run_id='0198c3c2b5d07f3e8a4f1234567890ab'):\n"
            "    with clew.span('outer', kind='tool', id='00f067aa0ba902b7'):\n"
            "        text = 'import clew\\nwith clew.start_run(\"courier\"): pass'\n"
            "        subprocess.check_call([sys.executable, '-c', text], env=clew.child_environment())\n"
        )
        self.assertEqual(list(seen), ["0198c3c2b5d07f3e8a4f1234567890ab"])
        self.assertEqual(sorted(seen["0198c3c2b5d07f3e8a4f1234567890ab"]["spans"]), ["courier", "outer"])

    def test_ids_do_not_follow_the_seed_of_the_program(self) -> None:
        text = "import random; random.seed(7)\nimport clew\nclew.start_run().complete()"
        self.assertNotEqual(list(self.runs(text)), list(self.runs(text)))

    def test_importing_it_starts_no_thread_and_opens_no_connection(self) -> None:
        text = "import clew, threading; clew.default(); print(threading.active_count())"
        self.assertEqual(self.run_program(text).stdout, "1\n")


if __name__ == "__main__":
    unittest.main()
