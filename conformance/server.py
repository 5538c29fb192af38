"""A real `clew serve` on free ports, with a data folder of its own."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent
# One line an address, with what it is for behind it.
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)\s")
READY_SECONDS = 30.0
STOP_SECONDS = 20.0


def binary() -> Path:
    """The binary under test: $CLEW_BIN, else the newest build of this clone."""
    named = os.environ.get("CLEW_BIN")
    if named:
        return Path(named)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [target / profile / "clew" for profile in ("debug", "release")]
    found = [path for path in built if path.exists()]
    if not found:
        raise SystemExit("no clew binary: run `cargo build --bin clew`, or name one in CLEW_BIN")
    return max(found, key=lambda path: path.stat().st_mtime)


class Server:
    """`with Server() as server:` starts it, waits until it is ready, and stops it."""

    def __init__(self, *flags: str, data: Path | None = None, env: dict[str, str] | None = None) -> None:
        self.flags: tuple[str, ...] = flags
        self.own_folder = data is None
        self.data = data or Path(tempfile.mkdtemp(prefix="clew-conformance-"))
        self.env = {**_clean_environment(), **(env or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.data.parent / f"{self.data.name}.log"

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()
        if self.own_folder:
            shutil.rmtree(self.data, ignore_errors=True)
            self.log.unlink(missing_ok=True)

    def start(self, again: bool = False) -> None:
        """Starts the process on free ports of its own choice, or `again` on those it had, and waits for /healthz."""
        ports = (self.port, self.grpc_port, self.otlp_port) if again else (0, 0, 0)
        self.port = self.grpc_port = self.otlp_port = 0
        command = [str(binary()), "serve", "--data", str(self.data), "--port", str(ports[0]),
                   "--otlp-grpc-port", str(ports[1]), "--otlp-http-port", str(ports[2]), *self.flags]
        self.printed_before = len(self.log_text())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            env=self.env)
        self._wait_ready()

    def _wait_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"clew serve ended with {self.process.returncode}:\n{self.log_text()[-2000:]}")
            if self._has_told_its_ports() and self.is_healthy():
                return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"clew serve did not answer /healthz in {READY_SECONDS} s:\n{self.log_text()[-2000:]}")

    def _has_told_its_ports(self) -> bool:
        """Whether it has printed the addresses that it listens on; takes them over."""
        for line in self.log_text()[self.printed_before:].splitlines():
            if not (found := ADDRESS.search(line)):
                continue
            port = int(found[1])
            if "gRPC" in line:
                self.grpc_port = port
            elif "OTLP over HTTP" in line:
                self.otlp_port = port
            elif "everything" in line:
                self.port = port
        return bool(self.port and self.grpc_port and self.otlp_port)

    def is_healthy(self) -> bool:
        """One try of /healthz."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> int | None:
        """Asks it to end as a service manager would, and gives its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def log_text(self) -> str:
        """What it has written to stdout and stderr."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def base(self) -> str:
        """Address of the UI, the API and every ingest path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def otlp_base(self) -> str:
        """Address of OTLP's own HTTP port."""
        return f"http://127.0.0.1:{self.otlp_port}"

    @property
    def grpc_target(self) -> str:
        """host:port of the gRPC listener."""
        return f"127.0.0.1:{self.grpc_port}"


def _clean_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("CLEW_", "OTEL_"))}


def clew(*arguments: str, data: Path | None = None, check: bool = True) -> str:
    """Runs a command of the binary and gives what it printed."""
    command = [str(binary()), *arguments]
    if data is not None:
        command += ["--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=_clean_environment(), check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"clew {' '.join(arguments)} gave {done.returncode}: {done.stderr.strip()[-1000:]}")
    return done.stdout
