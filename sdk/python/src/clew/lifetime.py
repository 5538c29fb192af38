"""The end of the process, and its children: what waits is sent, and a child begins anew."""

from __future__ import annotations

import atexit
import os
import sys
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Clew

_clients: "weakref.WeakSet[Clew]" = weakref.WeakSet()
_is_watching = False


def watch(client: "Clew") -> None:
    """Sends what this client has at the end of the process, and lets it begin anew in children."""
    global _is_watching
    _clients.add(client)
    if not _is_watching:
        _is_watching = True
        atexit.register(_at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_in_child)
        _watch_multiprocessing()


def _watch_multiprocessing() -> None:
    # A child of multiprocessing ends without `atexit`; its own finalizers run.
    util = sys.modules.get("multiprocessing.util")
    process = sys.modules.get("multiprocessing.process")
    if util is not None and process is not None and process.parent_process() is not None:
        util.Finalize(None, _at_exit, exitpriority=100)


def _in_child() -> None:
    for client in list(_clients):
        client.after_fork()
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.register_after_fork(_clients, lambda _: util.Finalize(None, _at_exit, exitpriority=100))


def _at_exit() -> None:
    for client in list(_clients):
        client.shutdown()
