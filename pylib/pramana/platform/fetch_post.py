"""HTTP in a page: fetch, with nothing of the user's own (no cookies) and no redirect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import js
from pyodide.ffi import JsException

from pramana.platform.base import HttpResponse

__all__ = ["post"]


async def post(url: str, headers: Mapping[str, str], body: bytes, timeout_s: float) -> HttpResponse:
    """See `Platform.post`."""
    abort = js.AbortController.new()
    options = js.Object.new()
    options.method, options.signal = "POST", abort.signal
    options.redirect, options.credentials, options.cache = "error", "omit", "no-store"
    options.headers = js.Headers.new()
    for name, value in headers.items():
        options.headers.append(name, value)
    options.body = js.Uint8Array.new(len(body))
    options.body.assign(body)
    try:
        return await asyncio.wait_for(_fetched(url, options), timeout_s)
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {timeout_s:g} s") from error
    except JsException as error:
        # A browser does not say why: no network, no such host, or a server that does not let this origin in.
        raise ConnectionError(str(error)) from error
    finally:
        abort.abort()


async def _fetched(url: str, options: object) -> HttpResponse:
    response = await js.fetch(url, options)
    found = {str(name).lower(): str(value) for name, value in response.headers}
    data = await response.arrayBuffer()
    return HttpResponse(int(response.status), found, bytes(data.to_bytes()))
