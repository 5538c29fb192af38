"""A full disk and a folder that cannot be written: clear errors, and a store that is whole afterwards.

    python3 conformance/disk.py

Uses small memory file systems, which needs the right to mount; where that is missing the cases are skipped and said
to be.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import kill
from api import Api, exchange
from load import Acked, text_of
from otlp import PROTOBUF, as_protobuf, request, span
from server import Server, binary
from suite import Suite

DISK_MB, LARGER_MB = 128, 512
MOST_REQUESTS = 400
NOISE_BYTES = 600_000


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A file system of that size, or None where mounting is not allowed."""
    with tempfile.TemporaryDirectory(prefix="clew-disk-") as folder:
        if not _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder):
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


def fill(server: Server, acked: Acked) -> tuple[int, str] | None:
    """Sends spans that do not compress until one is refused; gives the refusal."""
    for number in range(1, MOST_REQUESTS):
        trace_id, span_id = f"{number:032x}", f"{number:016x}"
        one = span(trace_id, span_id, "chat", gen_ai__operation__name="chat", gen_ai__request__model="gpt-5-mini",
                   gen_ai__usage__input_tokens=10, noise=os.urandom(NOISE_BYTES // 2).hex(),
                   gen_ai__input__messages=_question(trace_id, span_id))
        answer = exchange(server.port, "POST", "/v1/traces", as_protobuf(request(one)), PROTOBUF)
        if answer.status != 200:
            return answer.status, answer.text()
        acked.add(trace_id, [span_id])
    return None


def _question(trace_id: str, span_id: str) -> str:
    return f'[{{"role":"user","parts":[{{"type":"text","content":"{text_of(trace_id, span_id)}"}}]}}]'


def full_disk(disk: Path) -> list[str]:
    """507 when it is full, reads and deletes go on, and nothing acknowledged is lost once there is room again."""
    problems: list[str] = []
    acked = Acked()
    data = disk / "data"
    with Server(data=data) as server:
        api = Api(server.port)
        refusal = fill(server, acked)
        if refusal is None:
            return [f"{acked.count} requests of {NOISE_BYTES} bytes fit on {DISK_MB} MB: nothing was refused"]
        status, text = refusal
        if status not in (507, 503, 429):
            problems.append(f"a full disk answers {status}: {text[:200]}")
        problems += [f"while full: {line}" for line in kill.missing_or_double(api, acked, payloads=1)]
        first = min(acked.spans)
        deleted = api.call("DELETE", f"traces/{first}")
        if deleted.status not in (200, 202, 204):
            problems.append(f"a delete on a full disk answers {deleted.status}: {deleted.text()[:200]}")
        else:
            del acked.spans[first]
    _mount("-o", f"remount,size={LARGER_MB}m", str(disk))
    with Server(data=data) as server:
        api = Api(server.port)
        problems += [f"with room again: {line}" for line in kill.missing_or_double(api, acked, payloads=1)]
        answer = exchange(server.port, "POST", "/v1/traces", as_protobuf(request(span("f" * 32, "f" * 16))), PROTOBUF)
        if answer.status != 200:
            problems.append(f"with room again a span is answered {answer.status}: {answer.text()[:200]}")
    return problems


def read_only(disk: Path) -> list[str]:
    """The command ends with an error that names the folder."""
    data = disk / "data"
    data.mkdir()
    if not _mount("-o", "remount,ro", str(disk)):
        return ["could not make the disk read-only"]
    done = subprocess.run([str(binary()), "serve", "--data", str(data), "--port", "0", "--otlp-grpc-port", "off",
                           "--otlp-http-port", "off"], capture_output=True, text=True, timeout=30, check=False)
    problems = []
    if done.returncode == 0:
        problems.append("it ended as if all were well")
    if str(data) not in done.stderr:
        problems.append(f"the error does not name the folder: {done.stderr[-300:]!r}")
    if "panicked" in done.stderr:
        problems.append(f"it panicked: {done.stderr[-300:]!r}")
    return problems


def main() -> int:
    """Both cases, each on a disk of its own."""
    suite = Suite("disk")
    cases = {"the disk is full": (full_disk, DISK_MB), "the folder is read-only": (read_only, 8)}
    for name, (case, megabytes) in cases.items():
        with small_disk(megabytes) as disk:
            if disk is None:
                print(f"  skip  {name}: mounting is not allowed here")
                continue
            try:
                suite.case(name, case(disk))
            except Exception as error:
                suite.case(name, [f"{type(error).__name__}: {error}"])
    return suite.finish() if suite.passed + suite.failed else 0


if __name__ == "__main__":
    sys.exit(main())
