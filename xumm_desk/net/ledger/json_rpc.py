"""Ask a ledger node over HTTP (JSON-RPC, P§9.4), on one kept client.

xrpl-py opens a client of its own for each request: a TLS context costs 30 ms of the window's thread
and half a megabyte until the next collection, and every question needs a new connection.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from xumm_desk.net import tls
from xumm_desk.net.proxies import ProxyChoice

from .xrpl_import import import_xrpl

if TYPE_CHECKING:
    import httpx

_CLIENTS: Final = "xrpl.asyncio.clients"
_KEPT: Final = 15.0
"""Seconds for which an unused connection is kept; servers close theirs after a minute or so."""

_MOST: Final = 32 * 2**20
"""Bytes of an answer; the longest page of an account's history has some two megabytes."""


class JsonRpcClient:
    """One node; `request` is that of xrpl-py's clients."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._proxies = ProxyChoice()
        self._opened: tuple[str | None, httpx.AsyncClient] | None = None
        self._opening = asyncio.Lock()

    async def request(self, asked: Any) -> Any:
        """The library's response to the library's request `asked`. Raises what `httpx` raises, and
        `XRPLRequestFailureException` where the answer is none."""
        client = await self._client()
        import httpx  # noqa: PLC0415 - loaded by the line above, in a thread

        body = import_xrpl(f"{_CLIENTS}.utils").request_to_json_rpc(asked)
        try:
            return await self._post(client, body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # The node may have closed the kept connection at that moment; a question may be asked
            # twice.
            return await self._post(client, body)

    async def close(self) -> None:
        """Close its connections."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened[1].aclose()

    async def _post(self, client: httpx.AsyncClient, body: dict[str, Any]) -> Any:
        chunks, size = [], 0
        async with client.stream("POST", self._url, json=body) as response:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > _MOST:
                    raise _failure(response.status_code, "the answer is too long")
                chunks.append(chunk)
        raw = b"".join(chunks)
        try:
            return import_xrpl(f"{_CLIENTS}.utils").json_to_response(json.loads(raw))
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise _failure(response.status_code, raw.decode(errors="replace")) from None

    async def _client(self) -> httpx.AsyncClient:
        proxy = await self._proxies.for_url(self._url)
        wanted = proxy.url if proxy is not None else None
        async with self._opening:
            if self._opened is not None and self._opened[0] == wanted:
                return self._opened[1]
            await self.close()
            opened = await asyncio.to_thread(_open, wanted)
            self._opened = wanted, opened
            return opened


def _open(proxy: str | None) -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 - costs 100 ms, on a worker thread

    import_xrpl(_CLIENTS)
    return httpx.AsyncClient(
        verify=tls.client_context(),
        timeout=None,  # noqa: S113 - whoever asks waits for as long as it wants
        limits=httpx.Limits(keepalive_expiry=_KEPT),
        proxy=proxy,
        trust_env=False,
    )


def _failure(status: int, text: str) -> Exception:
    error: Exception = import_xrpl(f"{_CLIENTS}.exceptions").XRPLRequestFailureException(
        {"error": status, "error_message": text}
    )
    return error
