"""Read the signed statement of the newest version from its address.

Only https, or plain http on loopback for tests. Nothing is sent but the question itself: no
version, no name, no cookie. A redirect is followed on the same host only, and a body is given up
where it becomes too large.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from xumm_desk.core.message import Message
from xumm_desk.core.updates.envelope import MAX_BYTES
from xumm_desk.core.updates.release_keys import UpdateSource
from xumm_desk.core.updates.statement import ReleaseStatement
from xumm_desk.net import proxies, tls
from xumm_desk.net.platform.url_policy import is_loopback

from . import statement_signature

if TYPE_CHECKING:
    import httpx

_LIMIT: Final = 30.0
"""Seconds for the whole reading."""

_REDIRECTS: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"User-Agent": "xumm-desk", "Accept-Encoding": "identity"}
"""Without compression: a small body cannot become a large one."""


class StatementReader:
    """Reads what `source` names. Neither method raises; a string says why there is nothing."""

    def __init__(self, source: UpdateSource, *, limit: float = _LIMIT) -> None:
        self._source, self._limit = source, limit

    async def fetch(self) -> bytes | str:
        """The signed file as it came."""
        try:
            async with asyncio.timeout(self._limit):
                return await self._fetch()
        except TimeoutError:
            return Message("there was no answer within {count} seconds", count=round(self._limit))
        except Exception as error:  # noqa: BLE001 - whatever a server sends, a till goes on without
            return Message(
                "it could not be read ({reason})", reason=str(error) or type(error).__name__
            )

    async def verify(self, body: bytes) -> ReleaseStatement | str:
        """What a signed file states, if a release key has signed it."""
        keys = self._source.keys
        return await asyncio.to_thread(statement_signature.verify, body, keys)

    async def _fetch(self) -> bytes | str:
        address = self._source.address
        if not is_allowed(address):
            return Message("{address} is no https address", address=address)
        client = await asyncio.to_thread(_open, address)
        async with client:
            for _ in range(_REDIRECTS + 1):
                answer = await _ask(client, address)
                if not isinstance(answer, _Redirect):
                    return answer
                target = urljoin(address, answer.target)
                if not is_allowed(target) or _place(target) != _place(address):
                    return Message(
                        "its host sends to another one: {address}", address=f"{target[:200]!r}"
                    )
                address = target
        return Message("its host sends from one address to the next")


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where the host says that it is."""

    target: str


def is_allowed(address: str) -> bool:
    """Whether a statement may be read there."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


async def _ask(client: httpx.AsyncClient, address: str) -> bytes | _Redirect | str:
    async with client.stream("GET", address, headers=_HEADERS) as response:
        if response.status_code in _MOVED:
            return _Redirect(response.headers.get("location", ""))
        if response.status_code != 200:
            return Message("the answer was {status}", status=response.status_code)
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                return Message("the file is larger than {count} bytes", count=MAX_BYTES)
    return body


def _place(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _open(address: str) -> httpx.AsyncClient:
    """On a worker thread: the library costs 100 ms."""
    import httpx  # noqa: PLC0415

    proxy = proxies.choose_proxy(address)
    return httpx.AsyncClient(
        verify=tls.client_context(),
        timeout=None,  # noqa: S113 - the whole reading has a limit
        follow_redirects=False,
        proxy=proxy.url if proxy is not None else None,
        trust_env=False,
    )
