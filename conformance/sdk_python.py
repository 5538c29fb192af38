"""Clew's own Python SDK: its tests on every Python here, its types, its package, and its page against the binary.

    python3 conformance/sdk_python.py [CASE...]

The snippets of docs/sdk-python.md run as they stand there, each in a process of its own, with `import os` and an agent
id set before. A Python that this machine lacks is left out, with a line that says so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api import Api
from environments import python_for
from running import fake_llm
from server import ROOT, Server, binary
from suite import Suite

Json = dict[str, Any]
SDK = ROOT / "sdk" / "python"
PAGES = (ROOT / "docs" / "sdk-python.md", ROOT / "docs" / "tracers" / "clew-sdk-python.md", SDK / "README.md")
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
RAN = re.compile(r"^Ran (\d+) tests?", re.M)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
BEFORE = 'import os\nagent_id = "mail"\n'
SECONDS = 120


def run(command: list[str], env: dict[str, str] | None = None, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command to its end, with nothing of our own variables but those given."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CLEW_", "AGENTOS_", "OTEL_"))}
    return subprocess.run(command, env={**inherited, **(env or {})}, cwd=cwd, capture_output=True, text=True,
                          timeout=SECONDS, check=False)


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What a command that failed had to say."""
    if done.returncode == 0:
        return []
    return [f"ended with {done.returncode}", *(done.stdout + done.stderr).strip().splitlines()[-10:]]


def interpreter(version: str) -> Path | None:
    """A Python of this version, on the path or among pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python")) if pyenv.is_dir() else []
    if installed:
        return installed[-1]
    found = shutil.which(f"python{version}")
    return Path(found) if found and run([found, "--version"]).returncode == 0 else None


def tests_on(suite: Suite, version: str) -> None:
    """The SDK's own tests on one Python; each of them counts."""
    python = interpreter(version)
    if python is None:
        print(f"  left out: there is no Python {version} on this machine", flush=True)
        return
    command = [str(python), "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    done = run(command, {"PYTHONPATH": str(SDK / "src"), "PYTHONDONTWRITEBYTECODE": "1"}, SDK)
    ran = RAN.search(done.stderr)
    count = int(ran[1]) if ran else 0
    if suite.case(f"{count} tests on Python {version}", said(done) or ([] if count else ["no test ran"])):
        suite.passed += count - 1


def types() -> list[str]:
    """mypy --strict."""
    mypy = [str(python_for("sdk-python")), "-m", "mypy", "--strict", "--no-incremental", "--config-file", "pyproject.toml"]
    return said(run(mypy, cwd=SDK))


def package() -> list[str]:
    """The wheel builds, and installs into an empty environment with nothing else."""
    python = python_for("sdk-python")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(SDK, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
        build = [str(python), "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--quiet", "-w", name, str(folder / "source")]
        problems = said(run(build, cwd=folder))
        wheels = list(folder.glob("clew_sdk-*-py3-none-any.whl"))
        if problems or len(wheels) != 1:
            return problems or [f"wheels: {wheels}"]
        problems += said(run([sys.executable, "-m", "venv", str(folder / "empty")]))
        empty = str(folder / "empty" / "bin" / "python")
        problems += said(run([empty, "-m", "pip", "install", "--quiet", "--no-index", str(wheels[0])]))
        check = ("import agentos, clew, importlib.metadata as m, pathlib; "
                 "assert not m.requires('clew-sdk'), m.requires('clew-sdk'); "
                 "assert m.version('clew-sdk') == clew.__version__; "
                 "assert all((pathlib.Path(x.__file__).parent / 'py.typed').exists() for x in (clew, agentos))")
        return problems + said(run([empty, "-c", check], cwd=folder))


class World:
    """One server, one model, and programs that use the SDK."""

    def __init__(self, server: Server, llm_port: int, state: Path) -> None:
        self.server = server
        self.api = Api(server.port)
        llm = f"http://127.0.0.1:{llm_port}"
        self.env = {
            "PYTHONPATH": str(SDK / "src"), "CLEW_URL": server.base, "CLEW_SPOOL": str(state), "OPENAI_API_KEY": "sk",
            "OPENAI_BASE_URL": f"{llm}/v1", "ANTHROPIC_API_KEY": "sk", "ANTHROPIC_BASE_URL": llm, "PYTHONWARNINGS": "error::ResourceWarning",
        }
        self.python = str(python_for("sdk-python"))

    def program(self, text: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs a program."""
        return run([self.python, "-c", text], {**self.env, **env})

    def newest(self) -> Json:
        """The run that came last, with its spans."""
        row = self.api.get("traces?limit=1&sort=-start")["traces"][0]
        return self.api.get(f"traces/{row['trace_id']}")


def snippets() -> list[tuple[str, str]]:
    """Every block of Python of the pages, with its place."""
    found = []
    for page in PAGES:
        text = page.read_text()
        for block in BLOCK.finditer(text):
            line = text[: block.start()].count("\n") + 2
            found.append((f"{page.relative_to(ROOT)}:{line}", block[1]))
    return found


def the_first_run(world: World) -> list[str]:
    """The snippet of the documents: model, tokens and a cost."""
    text = next(text for _, text in snippets() if "AgentOS(" in text)
    problems = []
    forms = (
        (text, {"AGENTOS_AGENT_ID": "mail"}),
        (text.replace("agent_id=...", "agent_id=agent_id"), {}),
        (text.replace("agent_id=...", "agent_id=agent_id").replace("api_key=...", "api_key=os.environ['AGENTOS_API_KEY']"),
         {"AGENTOS_API_KEY": ""}),
    )
    for form, env in forms:
        problems += said(world.program(BEFORE + form, **env))
        problems += _unlike_the_first_run(world.newest())
    return problems


def _unlike_the_first_run(detail: Json) -> list[str]:
    row = detail["trace"]
    seen = {
        "models": row["models"], "input": row["usage"]["input"], "output": row["usage"]["output"],
        "cost": row["cost"]["total"], "agent": row["agent"]["name"], "state": row["state"], "status": row["status"],
        "spans": [(span["depth"], span["name"], span["category"]) for span in detail["spans"]],
    }
    wanted = {
        # 1,240 at 2 USD and 90 at 8 USD a million.
        "models": ["gpt-4.1"], "input": 1240, "output": 90, "cost": "0.0032", "agent": "mail", "state": "done",
        "status": "ok", "spans": [(0, "mail", "agent"), (1, "classify email", "chain"), (2, "gpt-4.1", "llm")],
    }
    return [f"{key}: expected {value!r}, got {seen[key]!r}" for key, value in wanted.items() if seen[key] != value]


def the_pages(world: World) -> list[str]:
    """Every snippet runs and says nothing on stderr."""
    problems = []
    for place, text in snippets():
        done = world.program(BEFORE + text)
        if done.returncode or done.stderr:
            problems += [place, *(done.stdout + done.stderr).strip().splitlines()[-6:]]
    return problems


def across_processes(world: World) -> list[str]:
    """A child process, its grandchild and a thread: one run with one tree."""
    world.program(
        "import clew, subprocess, sys, threading\n"
        "grandchild = 'import clew\\nwith clew.span(\"grandchild\", kind=\"tool\"): pass'\n"
        "child = f'import clew, subprocess, sys\\nwith clew.start_run(\"child\", session_id=\"s\"):\\n'\\\n"
        "        f'    subprocess.check_call([sys.executable, \"-c\", {grandchild!r}], env=clew.child_environment())'\n"
        "with clew.start_run('parent', run_id='My Run') as run:\n"
        "    with clew.span('step'):\n"
        "        subprocess.check_call([sys.executable, '-c', child], env=clew.child_environment())\n"
        "    root = 'import clew\\nwith clew.span(\"of the root\", kind=\"tool\"): pass'\n"
        "    subprocess.check_call([sys.executable, '-c', root], env=clew.child_environment())\n"
    )
    detail = world.newest()
    seen = [(span["depth"], span["name"]) for span in detail["spans"]]
    wanted = [(0, "parent"), (1, "step"), (2, "child"), (3, "grandchild"), (1, "of the root")]
    problems = [] if seen == wanted else [f"expected {wanted}, got {seen}"]
    if detail["trace"]["agent"]["name"] != "parent" or detail["receipt"]["orphans"]:
        problems.append(f"agent {detail['trace']['agent']}, receipt {detail['receipt']}")
    return problems


PROVIDERS = """
import asyncio, clew, openai, anthropic
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}]
ask = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "What is the weather in Paris?"}]}
say = {"model": "claude-sonnet-4-5", "max_tokens": 50, "messages": [{"role": "user", "content": "Say hello."}]}
client = clew.wrap_openai(openai.OpenAI(), stream_usage=True)
claude = clew.wrap_anthropic(anthropic.Anthropic())
async def main():
    client = clew.wrap_openai(openai.AsyncOpenAI(), stream_usage=True)
    claude = clew.wrap_anthropic(anthropic.AsyncAnthropic())
    with clew.span("async"):
        await client.chat.completions.create(**ask)
        async for chunk in await client.chat.completions.create(**ask, stream=True):
            assert chunk.choices
        await client.responses.create(model="gpt-5-mini", input="Say hello.")
        await claude.messages.create(**say)
        async for event in await claude.messages.create(**say, stream=True):
            pass
        async with claude.messages.stream(**say) as stream:
            assert [text async for text in stream.text_stream]
with clew.start_run("mail"):
    with clew.span("sync"):
        answer = client.chat.completions.create(**ask, tools=tools)
        assert type(answer).__name__ == "ChatCompletion", type(answer)
        for chunk in client.chat.completions.create(**ask, stream=True):
            assert chunk.choices
        with client.chat.completions.stream(**ask) as stream:
            assert stream.get_final_completion().choices
        raw = client.chat.completions.with_raw_response.create(**ask)
        assert raw.headers and raw.parse().choices
        client.with_options(timeout=5).chat.completions.create(**ask)
        client.responses.create(model="gpt-5-mini", input="Say hello.", instructions="Be brief.")
        for event in client.responses.create(model="gpt-5-mini", input="Say hello.", stream=True):
            pass
        claude.messages.create(**say)
        for event in claude.messages.create(**say, stream=True):
            pass
        with claude.messages.stream(**say) as stream:
            assert stream.get_final_message().content
    with clew.span("embed"):
        client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
    with clew.span("fails"):
        try:
            client.with_options(base_url="http://127.0.0.1:9", max_retries=0).chat.completions.create(**ask)
        except openai.APIConnectionError:
            pass
    asyncio.run(main())
stats = clew.default().stats()
"""


def model_clients(world: World) -> list[str]:
    """OpenAI's and Anthropic's own clients, wrapped: every call one span with its tokens and texts."""
    problems = said(world.program(PROVIDERS))
    if problems:
        return problems
    detail = world.newest()
    below: dict[str, list[Json]] = {}
    names = {span["span_id"]: span["name"] for span in detail["spans"]}
    for span in detail["spans"]:
        below.setdefault(names.get(span["parent_span_id"], ""), []).append(span)
    for name, count in (("sync", 10), ("async", 6), ("embed", 1), ("fails", 1)):
        if len(below.get(name, [])) != count:
            problems.append(f"{name}: expected {count} calls, got {[span['name'] for span in below.get(name, [])]}")
    trace_id = detail["trace"]["trace_id"]
    for span in [*below.get("sync", []), *below.get("async", [])]:
        problems += _unlike_a_call(world.api.get(f"traces/{trace_id}/spans/{span['span_id']}"))
    if [span["status"] for span in below.get("fails", [])] != ["error"]:
        problems.append("the call without a server has not failed")
    return problems


def _unlike_a_call(detail: Json) -> list[str]:
    span, content = detail["span"], detail["content"]
    what = f"{span['name']} at {span['start_offset_nanos']}"
    problems = []
    if span["category"] != "llm" or span["status"] != "ok" or not span["model"]:
        problems.append(f"{what}: {span['category']}, {span['status']}, model {span['model']}")
    if not (span["usage"] and span["usage"]["input"] and span["usage"]["output"]):
        problems.append(f"{what}: usage {span['usage']}")
    if not content["input_messages"] or not content["output_messages"]:
        problems.append(f"{what}: messages {content}")
    return problems


OVERHEAD = re.compile(r"^clew +caller, by the clock +([\d.]+) .*caller, CPU +([\d.]+)", re.M)
OVERHEAD_MICROSECONDS = 20.0


def overhead() -> list[str]:
    """What a span costs its caller. By its own CPU: other programs of a busy machine do not count."""
    command = [str(python_for("sdk-python")), str(SDK / "bench" / "overhead.py"), "--spans", "5000", "--rounds", "3"]
    done = run(command)
    found = OVERHEAD.search(done.stdout)
    if not found:
        return [*said(done), done.stdout[-500:]]
    took = float(found[2])
    return [] if took < OVERHEAD_MICROSECONDS else [f"{took} microseconds a span, {OVERHEAD_MICROSECONDS} at most"]


PARQUET = """
import pyarrow, pyarrow.parquet, sys
times = pyarrow.timestamp("ns", "UTC")
table = pyarrow.table({
    "context.trace_id": ["d1" * 16] * 2, "context.span_id": ["e1" * 8, "e2" * 8], "parent_id": [None, "e1" * 8],
    "name": ["planner", "ChatCompletion"], "span_kind": ["AGENT", "LLM"],
    "start_time": pyarrow.array([1795154508607000001, 1795154508607000002], times),
    "end_time": pyarrow.array([1795154509607000001, 1795154509000000002], times), "status_code": ["OK", "OK"],
    "attributes.openinference.span.kind": ["AGENT", "LLM"], "attributes.llm.model_name": [None, "gpt-5-mini"],
    "attributes.llm.token_count.prompt": [None, 120.0], "attributes.llm.token_count.completion": [None, 17.0],
    "attributes.llm.input_messages": [None, [{"message.role": "user", "message.content": "hi"}]],
})
pyarrow.parquet.write_table(table, sys.argv[1])
"""


def parquet(world: World) -> list[str]:
    """A Parquet file of spans, through `python -m clew.parquet` into `clew import -`."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/spans.parquet"
        problems = said(run([world.python, "-c", PARQUET, file], world.env))
        lines = run([world.python, "-m", "clew.parquet", file], world.env)
        problems += said(lines)
        command = [str(binary()), "import", "-", "--server", world.server.base]
        done = subprocess.run(command, input=lines.stdout, capture_output=True, text=True, timeout=SECONDS, check=False)
        problems += said(done)
    detail = world.api.get(f"traces/{'d1' * 16}")
    row, seen = detail["trace"], [(span["depth"], span["display_name"], span["category"]) for span in detail["spans"]]
    if seen != [(0, "planner", "agent"), (1, "gpt-5-mini", "llm")] or row["start_nanos"] != "1795154508607000001":
        problems.append(f"spans {seen}, start {row['start_nanos']}")
    if (row["usage"]["input"], row["usage"]["output"]) != (120, 17):
        problems.append(f"usage {row['usage']}")
    return problems


WORK = """
import clew, sys, threading
client = clew.configure(agent_id="worker", flush_interval=0.02)
run = client.start_run(run_id=sys.argv[1] if len(sys.argv) > 1 else "killed in the middle")
for number in range(300):
    with run.child(f"step {number}") as step:
        step.child("gpt-4.1", kind="llm").end({"input_tokens": 10, "output_tokens": 1})
    if number % 100 == 99:
        client.flush(1)
        print(number, flush=True)
        sys.stdin.readline()
run.complete()
"""


def killed(world: World, is_back_meanwhile: bool) -> list[str]:
    """kill -9 of the server in the middle of a run; it is back before or after the program has ended."""
    run_id = f"killed {is_back_meanwhile}"
    process = subprocess.Popen([world.python, "-c", WORK, run_id], env={**os.environ, **world.env}, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    process.stdout.readline()
    world.server.kill()
    process.stdin.write("\n")
    process.stdin.flush()
    process.stdout.readline()
    if is_back_meanwhile:
        world.server.start(again=True)
    _, errors = process.communicate("\n" * 2, timeout=SECONDS)
    if process.returncode:
        return [errors[-500:]]
    if not is_back_meanwhile:
        world.server.start(again=True)
    done = world.program("import clew; assert clew.flush(30), clew.default().stats(); print(clew.default().stats())")
    if done.returncode:
        return said(done)
    row = world.api.get("traces?filter=agent:worker&limit=1&sort=-start")["traces"][0]
    seen = (row["span_count"], row["usage"]["input"], row["state"], row["status"])
    return [] if seen == (601, 3000, "done", "ok") else [f"601 spans, 3,000 tokens, done, ok; got {seen}"]


def main(asked: list[str]) -> int:
    """All cases, or those whose names begin so."""
    suite = Suite("the Python SDK")
    alone: dict[str, Callable[[], list[str]]] = {
        "types": types,
        "package": package,
        "overhead": overhead,
    }
    together: dict[str, Callable[[World], list[str]]] = {
        "the first run": the_first_run,
        "the pages": the_pages,
        "across processes": across_processes,
        "model clients": model_clients,
        "Parquet": parquet,
        "the server is killed and back while the program runs": lambda world: killed(world, True),
        "the server is killed and back after the program": lambda world: killed(world, False),
    }

    def is_asked(name: str) -> bool:
        return not asked or any(name.startswith(one) for one in asked)

    def tried(name: str, case: Callable[[], list[str]]) -> None:
        try:
            suite.case(name, case())
        except Exception as error:
            suite.case(name, [f"{type(error).__name__}: {error}"])

    if is_asked("tests"):
        for version in PYTHONS:
            tests_on(suite, version)
    for name, case in alone.items():
        if is_asked(name):
            tried(name, case)
    if any(is_asked(name) for name in together):
        with tempfile.TemporaryDirectory() as state, fake_llm() as llm_port, Server() as server:
            world = World(server, llm_port, Path(state))
            for name, check in together.items():
                if is_asked(name):
                    tried(name, lambda check=check: check(world))  # type: ignore[misc]
    return suite.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
