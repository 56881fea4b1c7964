"""WebKit by the W3C's WebDriver protocol: Debian's WebKitGTK, in a virtual display. Playwright's own WebKit cannot be
had there, and it cannot drive this one.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

DRIVER, DISPLAY = "WebKitWebDriver", "Xvfb"
TIMEOUT_S = 120
"""WebKit compiles in an interpreter at first: a start can take ten times as long as elsewhere."""


def missing() -> list[str]:
    """The Debian packages that are not there."""
    needed = {"webkit2gtk-driver": shutil.which(DRIVER), "xvfb": shutil.which(DISPLAY)}
    return [package for package, found in needed.items() if found is None] + (
        [] if _browsers() else ["libwebkit2gtk-4.1-0"]
    )


def _browsers() -> list[Path]:
    return sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))


class Session:
    """One window. Methods block; what fails raises RuntimeError with the driver's words."""

    def __init__(self, driver: str) -> None:
        options = {"binary": str(_browsers()[-1]), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        created = _ask("POST", f"{driver}/session", wanted)
        self._url = f"{driver}/session/{created['sessionId']}"
        milliseconds = TIMEOUT_S * 1000
        _ask("POST", f"{self._url}/timeouts", {"script": milliseconds, "pageLoad": milliseconds})

    def goto(self, url: str) -> None:
        _ask("POST", f"{self._url}/url", {"url": url})

    def reload(self) -> None:
        _ask("POST", f"{self._url}/refresh", {})

    def run(self, script: str) -> Any:
        """What the body of an async function returns."""
        wrapped = f"""const done = arguments[arguments.length - 1];
            (async () => {{ {script} }})().then(
                (value) => done({{ value }}),
                (error) => done({{ error: `${{error.code ?? error.name}}: ${{error.message}}` }}));"""
        answer = _ask("POST", f"{self._url}/execute/async", {"script": wrapped, "args": []})
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def close(self) -> None:
        _ask("DELETE", self._url)


@contextmanager
def session(home: Path) -> Iterator[Session]:
    """A window of a browser whose files lie under `home`."""
    with ExitStack() as ending:
        screen = _start(
            ending, [DISPLAY, "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp"]
        )
        assert screen.stdout is not None
        display = screen.stdout.readline().decode().strip()
        port = _free_port()
        environment = {**os.environ, "DISPLAY": f":{display}", "HOME": str(home), "XDG_DATA_HOME": str(home)}
        _start(ending, [DRIVER, f"--port={port}"], environment)
        driver = f"http://127.0.0.1:{port}"
        _wait(driver)
        window = Session(driver)
        ending.callback(window.close)
        yield window


def _start(
    ending: ExitStack, command: list[str], environment: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=quiet)

    def stop() -> None:
        process.terminate()
        process.wait(TIMEOUT_S)
        if process.stdout is not None:
            process.stdout.close()

    ending.callback(stop)
    return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(driver: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            _ask("GET", f"{driver}/status")
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _ask(method: str, url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S + 10) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None
