"""An embedder behind HTTP: `POST {url}/embeddings` in OpenAI's format, which most model servers speak.

The key goes into one header and nowhere else: what a server says is shown without it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import random
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import time
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

from pramana.errors import EmbedderAuthError, EmbedderError, EmbedderUnreachableError, InputError
from pramana.platform import HttpResponse, current

__all__ = ["HttpEmbedder"]

BATCH = 96
RETRIES = 4
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 60.0
SHOWN_CHARS = 300
"""Of what a server said."""
ENCODINGS = ("float", "base64")


class Post(Protocol):
    """Sends a request: `platform.Platform.post`."""

    async def __call__(
        self, url: str, headers: Mapping[str, str], body: bytes, timeout_s: float
    ) -> HttpResponse:
        """Return what the server answered, whatever its status; OSError if it did not."""
        ...


class HttpEmbedder:
    """Embeds by asking a server in OpenAI's format: OpenAI itself, Ollama, llama.cpp, vLLM, LM Studio.

    A busy server (429, 5xx, no answer) is asked again, after `Retry-After` if it says so. In a page the server must
    allow the page's origin (CORS), and a key in a page is readable by its user.

    Args:
        url: of the API, without `/embeddings`: "https://api.openai.com/v1", "http://localhost:11434/v1".
        model: its name there.
        dim: floats per vector, which is checked.
        api_key: sent as a bearer token.
        id: stored with a database, and must match when that is opened again; the model's name by default.
        batch: texts per request, at most.
        timeout_s: of one request.
        encoding: "float", or "base64", which is a quarter of the size where the server knows it.

    Raises:
        InputError: an argument is not as said above.
    """

    def __init__(
        self,
        url: str,
        model: str,
        dim: int,
        *,
        api_key: str | None = None,
        id: str | None = None,
        batch: int = BATCH,
        timeout_s: float = 60.0,
        encoding: str = "float",
        post: Post | None = None,
    ) -> None:
        self._endpoint = _endpoint(url)
        if not isinstance(model, str) or not model:
            raise InputError("model must be the name of a model", field="model")
        if isinstance(dim, bool) or not isinstance(dim, int) or dim < 1:
            raise InputError("dim must be the model's number of floats", field="dim")
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            raise InputError("batch must be at least 1", field="batch")
        if not isinstance(timeout_s, (int, float)) or not 0 < timeout_s < float("inf"):
            raise InputError("timeout_s must be a number of seconds above 0", field="timeout_s")
        if encoding not in ENCODINGS:
            raise InputError(f"encoding is one of {', '.join(ENCODINGS)}", field="encoding")
        self.id = model if id is None else id
        self.dim = dim
        self._model, self._batch, self._timeout_s, self._encoding = model, batch, float(timeout_s), encoding
        self._key = _key(api_key)
        self._post = post

    def __repr__(self) -> str:
        return f"<HttpEmbedder {self.id!r} at {_shown(self._endpoint)}>"

    async def embed(self, texts: Sequence[str]) -> array[float]:
        """Return a flat array of `len(texts) · dim` floats.

        Raises:
            EmbedderAuthError: the key is not accepted (401, 403).
            EmbedderUnreachableError: no answer, or too busy, at the last attempt too.
            EmbedderError: the request was refused, or the answer is not that of so many vectors of `dim` floats.
        """
        flat = array("f")
        for start in range(0, len(texts), self._batch):
            part = list(texts[start : start + self._batch])
            flat.extend(self._vectors(await self._asked(part), len(part)))
        return flat

    async def _asked(self, texts: list[str]) -> bytes:
        wanted = {"model": self._model, "input": texts, "encoding_format": self._encoding}
        body = json.dumps(wanted).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        post = self._post or current().post
        for attempt in range(RETRIES + 1):
            pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311
            try:
                answer = await post(self._endpoint, headers, body, self._timeout_s)
            except OSError as error:
                why, status = self._clean(f"{type(error).__name__}: {error}"), {}
            else:
                if answer.status == 200:
                    return answer.body
                if answer.status != 429 and answer.status < 500:
                    raise self._refused(answer)
                why, status = f"it says {answer.status}: {self._said(answer)}", {"status": answer.status}
                asked_for = _retry_after_s(answer.headers.get("retry-after", ""))
                if asked_for is not None:
                    pause = asked_for
            if attempt == RETRIES or pause > LONGEST_PAUSE_S:
                break
            await asyncio.sleep(pause)
        raise EmbedderUnreachableError(
            f"the embedder {self.id!r} at {_shown(self._endpoint)} cannot be reached ({why}); try again later",
            id=self.id,
            **status,
        )

    def _refused(self, answer: HttpResponse) -> EmbedderError:
        at = f"the embedder {self.id!r} at {_shown(self._endpoint)}"
        if answer.status in (401, 403):
            needed = "needs an api_key" if self._key is None else "does not accept the api_key"
            said = f"{at} {needed} ({answer.status}: {self._said(answer)})"
            return EmbedderAuthError(said, id=self.id, status=answer.status)
        said = f"{at} refused the request ({answer.status}: {self._said(answer)})"
        return EmbedderError(said, id=self.id, status=answer.status)

    def _said(self, answer: HttpResponse) -> str:
        text = answer.body.decode(errors="replace")
        with suppress(ValueError, KeyError, TypeError):  # of another form, it is shown as it is
            text = str(json.loads(text)["error"]["message"])
        return self._clean(text)

    def _clean(self, text: str) -> str:
        """One line without the key, which some servers repeat; cut only after that."""
        shown = " ".join(text.split())
        if self._key is not None:
            shown = shown.replace(self._key, "…")
        return shown[:SHOWN_CHARS]

    def _vectors(self, body: bytes, count: int) -> array[float]:
        """The vectors in the order of the texts, whatever order they came in."""
        try:
            items = json.loads(body)["data"]
            by_index = {item["index"]: item["embedding"] for item in items}
        except (ValueError, KeyError, TypeError) as error:
            raise self._unusable("something else than OpenAI's list of embeddings") from error
        if len(items) != count or by_index.keys() != set(range(count)):
            raise self._unusable(
                f"{len(items)} vectors for {count} texts", expected=[count, self.dim], got=[len(items), -1]
            )
        flat = array("f")
        for index in range(count):
            vector = self._floats(by_index[index])
            if len(vector) != self.dim:
                raise self._unusable(
                    f"vectors of {len(vector)} floats where {self.dim} were expected",
                    expected=[count, self.dim],
                    got=[count, len(vector)],
                )
            flat.extend(vector)
        return flat

    def _floats(self, embedding: Any) -> array[float]:
        try:
            if isinstance(embedding, str):
                return array("f", base64.b64decode(embedding, validate=True))
            return array("f", embedding)
        except (TypeError, ValueError, OverflowError, binascii.Error) as error:
            raise self._unusable("an embedding that is not a list of floats, or its base64") from error

    def _unusable(self, what: str, **details: Any) -> EmbedderError:
        return EmbedderError(f"the embedder {self.id!r} returned {what}", id=self.id, **details)


def _endpoint(url: Any) -> str:
    """The address to post to; what the API's address says after a "?" stays at the end."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (ValueError, AttributeError, TypeError):
        usable = False
    if not usable:
        raise InputError("url must be that of an API, like https://api.openai.com/v1", field="url")
    if parts.username is not None or parts.password is not None:
        raise InputError("url must be without a user or password; pass api_key", field="url")
    endpoint: str = urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/embeddings", fragment=""))
    return endpoint


def _shown(endpoint: str) -> str:
    """The address without what follows a "?", which may hold a key."""
    return urlunsplit(urlsplit(endpoint)._replace(query=""))


def _key(api_key: Any) -> str | None:
    if api_key is None:
        return None
    # Not quoted in the error: it is a key.
    if not isinstance(api_key, str) or not api_key or not api_key.isascii() or not api_key.isprintable():
        raise InputError("api_key must be printable ASCII", field="api_key")
    return api_key


def _retry_after_s(value: str) -> float | None:
    """Seconds of a `Retry-After`, which is a number or a date; None if it is neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime  # seldom needed, and slow to load

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except (ValueError, TypeError):
        return None
