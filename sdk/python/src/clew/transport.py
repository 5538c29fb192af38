"""One request to a Clew, over a connection that is kept."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Dict, Mapping, Optional, Protocol
from urllib.parse import unquote, urlsplit

from .configuration import Settings, shown_url
from .version import USER_AGENT

BATCH_PATH = "/api/ingest/v1/batch"
ANSWER_MAX_BYTES = 64 * 1024 * 1024
RETRY_AFTER_MAX_SECONDS = 60.0


@dataclass
class Answer:
    """What a server said."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body, read; an empty object where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}

    def words(self) -> str:
        """What it says about what went wrong, in one line."""
        said = self.json()
        error = said.get("error", said.get("detail")) if isinstance(said, dict) else None
        message = error.get("message") if isinstance(error, dict) else error
        text = str(message) if message else self.body[:200].decode("utf-8", "replace").strip()
        return f"{self.status} {text}".strip()

    def retry_after(self, wall_nanos: int) -> Optional[float]:
        """Seconds to wait, as far as the server says so."""
        said = next((value for key, value in self.headers.items() if key.lower() == "retry-after"), None)
        if said is None:
            return None
        try:
            seconds = float(said)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(said).timestamp() - wall_nanos / 1e9
            except (TypeError, ValueError):
                return None
        return min(max(seconds, 0.0), RETRY_AFTER_MAX_SECONDS) if seconds == seconds else None


class Unreachable(Exception):
    """No whole answer came."""


class Transport(Protocol):
    """What carries batches away. Tests put their own in its place."""

    def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
        """Carries one batch; raises `Unreachable` where no whole answer came."""

    def close(self) -> None:
        """Gives up its connection."""


class HttpTransport:
    """HTTP with the standard library, one connection. Not for several threads at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connection: Optional[http.client.HTTPConnection] = None
        self.process = os.getpid()

    def send(self, body: bytes, is_packed: bool, timeout: float) -> Answer:
        """Posts a batch."""
        headers = {"Content-Type": "application/json"}
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return self.request("POST", BATCH_PATH, body, headers, timeout)

    def request(
        self, method: str, path: str, body: Optional[bytes] = None, headers: Optional[Dict[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> Answer:  # fmt: skip
        """One request; once more on a new connection where the kept one had been closed."""
        seconds = self.settings.timeout if timeout is None else timeout
        if os.getpid() != self.process:  # the connection is the parent process's
            self.connection, self.process = None, os.getpid()
        was_kept = self.connection is not None
        try:
            return self._whole_answer(method, path, body, headers or {}, seconds)
        except Unreachable as error:
            if not (was_kept and isinstance(error.__cause__, (ConnectionError, http.client.BadStatusLine))):
                raise
        return self._whole_answer(method, path, body, headers or {}, seconds)

    def _whole_answer(
        self, method: str, path: str, body: Optional[bytes], headers: Dict[str, str], seconds: float
    ) -> Answer:
        try:
            return self._request(method, path, body, {**self._own_headers(), **headers}, seconds)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unreachable(_reason(error)) from error
        except ValueError as error:
            # Its words have what was set in them, which may be the key; so would the error itself, were it the cause.
            self.close()
            kind = type(error).__name__
        raise Unreachable(f"no request can be made of CLEW_URL, CLEW_API_KEY and CLEW_WORKSPACE as they are: {kind}")

    def _request(
        self, method: str, path: str, body: Optional[bytes], headers: Dict[str, str], seconds: float
    ) -> Answer:
        connection = self.connection or self._connect(seconds)
        connection.timeout = seconds
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        target = urlsplit(self.settings.base_url)
        prefix = target.path.rstrip("/")
        if self._plain_proxy is not None:
            prefix = f"http://{target.netloc.rsplit('@', 1)[-1]}{prefix}"
            headers = {**headers, **_proxy_headers(self._plain_proxy)}
        connection.request(method, prefix + path, body, headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.read(ANSWER_MAX_BYTES), dict(response.getheaders()))
        if response.length:  # larger than anything that a Clew answers, or broken off
            raise http.client.IncompleteRead(answer.body)
        self.connection = None if response.will_close else connection
        if response.will_close:
            connection.close()
        return answer

    def _connect(self, seconds: float) -> http.client.HTTPConnection:
        target = urlsplit(self.settings.base_url)
        is_secure = target.scheme == "https"
        host, port = target.hostname or "", _port_of(target.netloc) or (443 if is_secure else 80)
        if target.scheme not in ("http", "https") or not host or port < 0:
            shown = shown_url(self.settings.base_url)
            raise http.client.InvalidURL(f"{shown!r} is no address of a Clew (http:// or https://)")
        proxy = _proxy_for(target.scheme, target.netloc)
        self._plain_proxy: Optional[str] = proxy if not is_secure else None
        via = urlsplit(proxy) if proxy else None
        reach = (via.hostname or "", via.port or 80) if via else (host, port)
        if not is_secure:
            connection = http.client.HTTPConnection(*reach, timeout=seconds)
        else:
            connection = http.client.HTTPSConnection(*reach, timeout=seconds, context=ssl.create_default_context())
            if via:
                connection.set_tunnel(host, port, _proxy_headers(proxy or ""))
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        return connection

    _plain_proxy: Optional[str] = None

    def _own_headers(self) -> Dict[str, str]:
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        target = urlsplit(self.settings.base_url)
        if self.settings.api_key:
            headers["Authorization"] = f"Bearer {self.settings.api_key}"
        elif target.username:
            headers["Authorization"] = _basic(target.username, target.password or "")
        if self.settings.workspace:
            headers["X-Clew-Workspace"] = self.settings.workspace
        return headers

    def close(self) -> None:
        """Closes the connection; the next request opens one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


def _port_of(host: str) -> Optional[int]:
    """The port that an address names; negative where it names none that is one."""
    try:
        return urlsplit(f"//{host}").port
    except ValueError:
        return -1


def _proxy_for(scheme: str, host: str) -> Optional[str]:
    """The proxy of the environment, as every Python program reads it."""
    if urllib.request.proxy_bypass(host.rsplit("@", 1)[-1]):
        return None
    proxy = urllib.request.getproxies().get(scheme)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _proxy_headers(proxy: str) -> Dict[str, str]:
    """What a proxy whose address has a name and password wants to see."""
    via = urlsplit(proxy)
    if not via.username:
        return {}
    return {"Proxy-Authorization": _basic(unquote(via.username), unquote(via.password or ""))}


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode("ascii")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
