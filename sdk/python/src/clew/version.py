"""What this is."""

from __future__ import annotations

import platform

VERSION = "0.1.0"
NAME = "clew-python"
RUNTIME = f"python {platform.python_version()}"
USER_AGENT = f"{NAME}/{VERSION} {RUNTIME}"
