"""Cached environments for the real clients: one Python venv or npm tree per pinned set.

They live outside the clone ($CLEW_CACHE, else ~/.cache/clew-conformance), keyed by the hash of what
they are made from, so that a changed pin makes a new one and several runs share one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
INSTALL_SECONDS = 900


def cache_folder() -> Path:
    """Where environments are kept; created on first use."""
    named = os.environ.get("CLEW_CACHE")
    folder = Path(named) / "conformance" if named else Path.home() / ".cache" / "clew-conformance"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def python_for(name: str) -> Path:
    """The interpreter of the venv made from requirements/NAME.txt."""
    requirements = HERE / "requirements" / f"{name}.txt"
    key = _key(requirements.read_bytes(), sys.version.encode())

    def make(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], name)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "-r", str(requirements)], name)

    return _once(f"venv-{name}-{key}", make) / "bin" / "python"


def node_tree(name: str) -> Path:
    """The folder that holds the npm tree made from npm/NAME; programs find it as JSROOT/NAME."""
    source = HERE / "npm" / name
    files = sorted(source.glob("*.json"))
    key = _key(*(file.read_bytes() for file in files))

    def make(folder: Path) -> None:
        tree = folder / name
        tree.mkdir()
        for file in files:
            shutil.copy(file, tree)
        flags = ["--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            _run(["npm", "ci", *flags], name, cwd=tree)
        except RuntimeError:
            # A lock made where a package for another system could not be had: what it has is still what is installed.
            _run(["npm", "install", *flags], name, cwd=tree)

    return _once(f"npm-{name}-{key}", make)


def sdk_tree() -> Path:
    """The folder that holds Clew's own JavaScript SDK, built; programs find it as JSROOT/typescript."""
    source = HERE.parent / "sdk" / "typescript"
    made = shutil.ignore_patterns("node_modules", "dist", ".*")
    files = [file for file in sorted(source.rglob("*")) if file.is_file()
             and not {"node_modules", "dist"} & set(file.relative_to(source).parts)]
    key = _key(*(file.read_bytes() for file in files))

    def make(folder: Path) -> None:
        tree = folder / "typescript"
        shutil.copytree(source, tree, ignore=made)
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "sdk", cwd=tree)
        _run(["node", "scripts/build.mjs"], "sdk", cwd=tree)

    return _once(f"sdk-typescript-{key}", make)


def is_ready(name: str) -> bool:
    """Whether the environment exists already, so that a short suite can decide to skip its install."""
    requirements = HERE / "requirements" / f"{name}.txt"
    key = _key(requirements.read_bytes(), sys.version.encode())
    return (cache_folder() / f"venv-{name}-{key}" / ".ready").exists()


def _key(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _once(folder_name: str, make: Callable[[Path], None]) -> Path:
    folder = cache_folder() / folder_name
    ready = folder / ".ready"
    with _locked(folder_name):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)  # a half-made one from a run that was stopped
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


@contextlib.contextmanager
def _locked(name: str) -> Iterator[None]:
    with open(cache_folder() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(command: list[str], name: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    if done.returncode != 0:
        tail = (done.stdout + done.stderr)[-2000:]
        raise RuntimeError(f"environment {name}: {' '.join(command[:3])} failed\n{tail}")


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        made = node_tree(wanted[4:]) if wanted.startswith("npm:") else python_for(wanted)
        print(wanted, made, flush=True)
