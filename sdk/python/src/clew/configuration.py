"""What can be set, from arguments, the environment, or by default, in this order."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Union

DEFAULT_URL = "http://127.0.0.1:2539"
SPOOL_MAX_BYTES = 128 * 1024 * 1024
MEMORY_MAX_BYTES = 32 * 1024 * 1024
FLUSH_INTERVAL_SECONDS = 1.0
TIMEOUT_SECONDS = 10.0
SHUTDOWN_TIMEOUT_SECONDS = 5.0

NOT_SAID: Any = ...
"""The documents write `AgentOS(api_key=...)`; run as it stands, that says nothing."""

_YES = frozenset(("1", "true", "yes", "on"))
_NO = frozenset(("0", "false", "no", "off", ""))


@dataclass(frozen=True)
class Settings:
    """How one client works. `None` of a text is "not said"."""

    base_url: str = DEFAULT_URL
    api_key: Optional[str] = None
    workspace: Optional[str] = None
    agent_id: Optional[str] = None
    agent_name: Optional[str] = None
    service: Optional[str] = None
    environment: Optional[str] = None
    release: Optional[str] = None
    disabled: bool = False
    capture: bool = True
    strict: bool = False
    debug: bool = False
    spool: Optional[Path] = None  # no spool
    spool_max_bytes: int = SPOOL_MAX_BYTES
    memory_max_bytes: int = MEMORY_MAX_BYTES
    flush_interval: float = FLUSH_INTERVAL_SECONDS
    timeout: float = TIMEOUT_SECONDS
    shutdown_timeout: float = SHUTDOWN_TIMEOUT_SECONDS


def shown_url(url: str) -> str:
    """An address without the name and password in it, for the log."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rsplit('@', 1)[-1]}"


class Environment:
    """The variables `CLEW_X`, else `AGENTOS_X`. A value that cannot be read counts as none, and is noted."""

    def __init__(self, variables: Optional[Mapping[str, str]] = None) -> None:
        self.variables = os.environ if variables is None else variables
        self.problems: "list[str]" = []

    def text(self, *names: str) -> Optional[str]:
        """The first of these variables that says something."""
        for name in names:
            value = self.variables.get(name, "").strip()
            if value:
                return value
        return None

    def switch(self, default: bool, *names: str) -> bool:
        """On or off."""
        value = self.text(*names)
        if value is None:
            return default
        if value.lower() in _YES or value.lower() in _NO:
            return value.lower() in _YES
        self.problems.append(f"{names[0]}={value!r} is neither on nor off; it is passed over")
        return default

    def number(self, default: float, name: str) -> float:
        """A number that is not negative."""
        value = self.text(name)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf"):
            self.problems.append(f"{name}={value!r} is no number from 0 on; it is passed over")
            return default
        return number

    def spool(self, said: Union[str, "os.PathLike[str]", bool, None]) -> Optional[Path]:
        """The folder of the spool, `None` where there is none."""
        try:
            return self._spool(said)
        except RuntimeError:  # a user without a home, in a container say
            self.problems.append("no home folder is known, so that nothing waits on disk; CLEW_SPOOL can name a folder")
            return None

    def _spool(self, said: Union[str, "os.PathLike[str]", bool, None]) -> Optional[Path]:
        if said is False:
            return None
        if said is None or said is True:
            value = self.text("CLEW_SPOOL")
            if value is None or (value.lower() in _YES):
                return self._default_spool()
            return None if value.lower() in _NO else Path(value).expanduser()
        return Path(said).expanduser()

    def _default_spool(self) -> Path:
        if platform.system() == "Windows":
            local = self.text("LOCALAPPDATA")
            base = Path(local) if local else Path.home() / "AppData" / "Local"
        else:
            state = self.text("XDG_STATE_HOME")
            base = Path(state) if state else Path.home() / ".local" / "state"
        return base / "clew" / "spool"


def _whole_url(url: str) -> str:
    """An address with its scheme: `localhost:2539` is one of `http`."""
    address = url.strip().rstrip("/")
    return address if "://" in address else f"http://{address}"


def read_settings(
    environment: Environment,
    *,
    api_key: Optional[str] = None,
    base_url: Optional[str] = None,
    agent_id: Optional[str] = None,
    agent_name: Optional[str] = None,
    workspace: Optional[str] = None,
    service: Optional[str] = None,
    deployment: Optional[str] = None,
    release: Optional[str] = None,
    capture: Optional[bool] = None,
    disabled: Optional[bool] = None,
    spool: Union[str, "os.PathLike[str]", bool, None] = None,
    strict: Optional[bool] = None,
    debug: Optional[bool] = None,
    flush_interval: Optional[float] = None,
    timeout: Optional[float] = None,
    memory_max_bytes: Optional[int] = None,
    spool_max_bytes: Optional[int] = None,
) -> Settings:
    """The settings of a client; an argument goes before a variable."""
    read = environment
    if api_key is NOT_SAID:
        api_key = None

    def switch(said: Optional[bool], default: bool, *names: str) -> bool:
        return read.switch(default, *names) if said is None else said

    def number(said: Optional[float], default: float, name: str) -> float:
        return read.number(default, name) if said is None else said

    return Settings(
        base_url=_whole_url(base_url or read.text("CLEW_URL", "AGENTOS_BASE_URL") or DEFAULT_URL),
        api_key=(api_key or "").strip() or read.text("CLEW_API_KEY", "AGENTOS_API_KEY"),
        workspace=workspace or read.text("CLEW_WORKSPACE"),
        agent_id=agent_id or read.text("CLEW_AGENT_ID", "AGENTOS_AGENT_ID"),
        agent_name=agent_name or read.text("CLEW_AGENT_NAME"),
        service=service or read.text("CLEW_SERVICE", "OTEL_SERVICE_NAME"),
        environment=deployment or read.text("CLEW_ENVIRONMENT"),
        release=release or read.text("CLEW_RELEASE"),
        disabled=switch(disabled, False, "CLEW_DISABLED", "AGENTOS_DISABLED"),
        capture=switch(capture, True, "CLEW_CAPTURE"),
        strict=switch(strict, False, "CLEW_STRICT"),
        debug=switch(debug, False, "CLEW_DEBUG"),
        spool=read.spool(spool),
        spool_max_bytes=int(number(spool_max_bytes, SPOOL_MAX_BYTES, "CLEW_SPOOL_MAX_BYTES")),
        memory_max_bytes=int(number(memory_max_bytes, MEMORY_MAX_BYTES, "CLEW_MAX_MEMORY_BYTES")),
        flush_interval=number(flush_interval, FLUSH_INTERVAL_SECONDS, "CLEW_FLUSH_INTERVAL"),
        timeout=number(timeout, TIMEOUT_SECONDS, "CLEW_TIMEOUT"),
        shutdown_timeout=read.number(SHUTDOWN_TIMEOUT_SECONDS, "CLEW_SHUTDOWN_TIMEOUT"),
    )
