"""The one place that decides where Pramana runs, and the only imports of js, pyodide and wasmtime."""

from __future__ import annotations

import sys
from functools import cache

from pramana.platform.base import HttpResponse, Platform

__all__ = ["HttpResponse", "Platform", "current"]


@cache
def current() -> Platform:
    """Return the platform of this process: the browser's inside Pyodide (Node included), else the native one."""
    if sys.platform == "emscripten":
        from pramana.platform.browser import BrowserPlatform

        return BrowserPlatform()
    from pramana.platform.native import NativePlatform

    return NativePlatform()
