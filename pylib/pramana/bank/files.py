"""JSONL files: written as a whole or not at all, and read in runs of whole lines."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from os import PathLike
from pathlib import Path
from typing import IO, Any, TypeAlias

from pramana.errors import InputError, NotFoundError, StoreError
from pramana.standing import to_its_end
from pramana.text.wording import shown

__all__ = ["Source", "SourceText", "check_source", "import_source", "write_lines"]

Source: TypeAlias = str | PathLike[str] | IO[str] | IO[bytes]
"""A path, or a file that is open for reading."""
TakeLines: TypeAlias = Callable[[int, str], Coroutine[Any, Any, dict[str, int]]]
"""Takes the number of the first line and whole lines; returns the counts of an import."""

ACCEPTED = "source must be a path or a file open for reading"
READ_CHARS = 4 * 1024 * 1024


async def write_lines(path: str | PathLike[str], chunks: AsyncIterator[str]) -> int:
    """Write runs of whole lines to `path`, which appears when all are on the disk.

    Returns the number of lines but for the header.

    Raises:
        StoreError: the file cannot be written; whatever was at `path` is unchanged.
    """
    file = _Replacement(path)
    lines = -1
    try:
        async for chunk in chunks:
            file.write(chunk)
            lines += chunk.count("\n")
        file.complete()
    finally:
        file.discard()
    return lines


async def import_source(source: Source, check: TakeLines, write: TakeLines) -> dict[str, int]:
    """Check a source to its end, then write it; return the sums of what `write` returned.

    Cancelled before `write` returned for the first time, it ends there; later, it goes on to the end of the source.
    """
    totals = {"added": 0, "updated": 0, "skipped": 0, "lines": 0}
    with SourceText(source) as file:
        for first_line, lines in file.chunks():
            await check(first_line, lines)
        begun = False
        for first_line, lines in file.chunks():
            work = write(first_line, lines)
            counts = await (to_its_end(work) if begun else work)
            begun = True
            totals = {name: totals[name] + counts[name] for name in totals}
    return totals


class _Replacement:
    """A temporary file beside `path` that takes its place when complete."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = Path(path)
        try:
            handle, self._name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be written: {error.strerror}", path=str(self._path)
            ) from error

    def write(self, chunk: str) -> None:
        try:
            self._file.write(chunk)
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be written: {error.strerror}", path=str(self._path)
            ) from error

    def complete(self) -> None:
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            # mkstemp made it private; a file that open() makes follows the process's umask.
            mask = os.umask(0)
            os.umask(mask)
            Path(self._name).chmod(0o666 & ~mask)
            Path(self._name).replace(self._path)
        except OSError as error:
            raise StoreError(
                f"{self._path} cannot be written: {error.strerror}", path=str(self._path)
            ) from error

    def discard(self) -> None:
        """Remove what was not completed."""
        with suppress(OSError):
            self._file.close()
        with suppress(FileNotFoundError):
            Path(self._name).unlink()


class SourceText:
    """The lines of a source, to be read more than once. A file that was passed open is read to its end at once."""

    def __init__(self, source: Source) -> None:
        self._path: Path | None = None
        self._text = ""
        if isinstance(source, (str, PathLike)):
            self._path = _path_of(source)
        elif hasattr(source, "read"):
            self._text = _decoded(source.read(), first_line=1)
        else:
            raise InputError(f"{ACCEPTED}; got {shown(source)}", field="source")

    def __enter__(self) -> SourceText:
        return self

    def __exit__(self, *_: object) -> None:
        self._text = ""

    def chunks(self) -> Iterator[tuple[int, str]]:
        """Yield (number of the first line, whole lines).

        Raises:
            NotFoundError: there is no such file.
            InputError: it is not UTF-8, `details["line"]` says where; or the path is JSONL itself.
            StoreError: it cannot be read.
        """
        if self._path is None:
            yield 1, self._text
            return
        with _reading(self._path) as file:
            yield from _whole_lines(file)


def check_source(path: str | PathLike[str]) -> None:
    """Open the file and close it again.

    Raises:
        NotFoundError: there is no such file.
        InputError: `path` cannot be one.
        StoreError: it cannot be read.
    """
    with _reading(_path_of(path)):
        pass


def _path_of(source: str | PathLike[str]) -> Path:
    named = os.fspath(source)
    try:
        possible = isinstance(named, str) and named and b"\0" not in os.fsencode(named)
    except UnicodeEncodeError:
        possible = False
    if not possible:
        raise InputError(f"{ACCEPTED}; got {shown(named)}", field="source")
    return Path(named)


@contextmanager
def _reading(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file; what cannot be a path, or is JSONL and no file, was meant to be imported itself."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        if _is_jsonl(str(path)):
            raise _text_given(str(path)) from error
        raise NotFoundError(f"there is no file {path}", path=str(path)) from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _text_given(str(path)) from error
        if path.is_dir():
            raise StoreError(f"{path} is a directory; name a file in it", path=str(path)) from error
        raise StoreError(f"{path} cannot be read: {error.strerror}", path=str(path)) from error


def _is_jsonl(named: str) -> bool:
    return "\n" in named or named.lstrip("\ufeff \t\r").startswith("{")


def _text_given(named: str) -> InputError:
    return InputError(f"{ACCEPTED} (io.StringIO makes one of a text); got {shown(named)}", field="source")


def _whole_lines(file: io.BufferedReader) -> Iterator[tuple[int, str]]:
    first_line, empty = 1, True
    while data := file.read(READ_CHARS):
        empty = False
        if not data.endswith(b"\n"):
            data += file.readline()
        if first_line == 1:
            data = data.removeprefix(b"\xef\xbb\xbf")
        lines = _decoded(data, first_line)
        yield first_line, lines
        first_line += lines.count("\n")
    if empty:
        yield 1, ""  # so that whoever imports an empty file still learns that on_conflict is wrong


def _decoded(data: Any, first_line: int) -> str:
    if isinstance(data, str):
        return data
    try:
        return bytes(data).decode()
    except UnicodeDecodeError as error:
        line = first_line + data[: error.start].count(b"\n")
        raise InputError(f"line {line}: not UTF-8", field="line", line=line) from error
