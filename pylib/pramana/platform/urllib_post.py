"""HTTP in CPython: the standard library's client in a thread, which knows proxies and certificates."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from pramana.platform.base import HttpResponse

__all__ = ["post"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


async def post(url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> HttpResponse:
    """See `Platform.post`. Cancelled, the request itself goes on in its thread, and what it brings is dropped."""
    return await asyncio.to_thread(_post, url, dict(headers), body, timeout_s)


def _post(url: str, headers: dict[str, str], body: bytes, timeout_s: float) -> HttpResponse:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  # http(s), checked
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=timeout_s) as response:
            return _answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.headers, error.read())
    except urllib.error.URLError as error:
        raise error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason)) from error
    except (
        http.client.HTTPException
    ) as error:  # the server spoke something else than HTTP, or stopped halfway
        raise ConnectionError(f"{type(error).__name__}: {error}") from error


def _answer(status: int, headers: Any, body: bytes) -> HttpResponse:
    return HttpResponse(status, {name.lower(): value for name, value in headers.items()}, body)
