"""Compiled modules on disk: a cache that may be lost, unwritable or damaged at any time.

A compiled module is machine code and is run without further checks, so a file is read back only if this user owns it,
nobody else may write it, and it carries its own hash.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

__all__ = ["ModuleCache", "default_cache_dir"]

_HASH_BYTES = 32


def default_cache_dir() -> Path | None:
    """Return $PRAMANA_CACHE, else pramana/ in the user's cache directory; None where there is no home."""
    if given := os.environ.get("PRAMANA_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    else:
        base = os.environ.get("XDG_CACHE_HOME")
    if base and Path(base).is_absolute():  # the XDG specification has relative paths ignored
        return Path(base) / "pramana"
    try:
        return Path.home() / ".cache" / "pramana"
    except RuntimeError:  # no $HOME and no entry in the password database
        return None


class ModuleCache:
    """Files by key in one directory; without one, a cache that holds nothing."""

    def __init__(self, directory: Path | None) -> None:
        self.directory = directory

    def read(self, key: str) -> bytes | None:
        """Return what was written under `key`, None if it is not there, damaged, or not this user's alone."""
        if self.directory is None:
            return None
        try:
            with (self.directory / key).open("rb") as file:
                about = os.fstat(file.fileno())
                if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o022):
                    return None
                data = file.read()
        except OSError:  # a miss, whatever the reason: the module is compiled again
            return None
        digest, content = data[:_HASH_BYTES], data[_HASH_BYTES:]
        return content if hashlib.sha256(content).digest() == digest else None

    def write(self, key: str, content: bytes) -> bool:
        """Store `content` under `key`, whole or not at all; False where the directory cannot be written."""
        if self.directory is None:
            return False
        temporary: str | None = None
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f"{key}.", suffix=".tmp", dir=self.directory)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(temporary).replace(self.directory / key)
        except OSError:
            if temporary is not None:
                with suppress(OSError):
                    Path(temporary).unlink()
            return False
        return True
