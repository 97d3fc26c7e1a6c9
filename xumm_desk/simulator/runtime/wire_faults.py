"""Count the calls that come in, and break HTTP answers on the wire: aborted, cut in half, lost."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .fault_switches import FaultSwitches

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PRICED = ("XRP", "XAH", "USD")
_WRONG_RATES: dict[str, object] = {
    "zero": 0,
    "negative": -2.4,
    "nan": float("nan"),
    "text": "two and a half",
}
_GATEWAY = "<!DOCTYPE html><html><head><title>{0}</title></head><body>{0} | xumm</body></html>"


class CallLog(Counter[str]):
    """Counts of ``"METHOD /path"`` (sockets ``"WS /sign/…"``, ledger ``"LEDGER tx"``)."""

    def add(self, method: str, path: str) -> None:
        """Count one call; a trailing slash makes no difference."""
        self[f"{method} {path.rstrip('/') or '/'}"] += 1

    def count(self, method: str, containing: str = "") -> int:
        """How many calls of a method had this text in their path."""
        return sum(
            n for call, n in self.items() if call.split(" ", 1)[0] == method and containing in call
        )


class _AbortedResponse(web.Response):
    """Stands for an answer whose connection is already gone."""


ABORTED = _AbortedResponse()


@web.middleware
async def abort_connection(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stay silent about a client that went away in the middle of a call: clients do."""
    try:
        return await handler(request)
    except (ConnectionError, web.RequestPayloadError) as error:
        log.debug("a client went away: %s", error)
        return _AbortedResponse()


def lose_answer(request: web.Request) -> None:
    """Cut the connection without a byte of answer."""
    if request.transport is not None:
        request.transport.abort()


def html_page(status: int, name: str) -> web.Response:
    """A proxy's page (P§1.3): not JSON."""
    text = _GATEWAY.format(f"{status}: {name}")
    return web.Response(status=status, text=text, content_type="text/html")


async def platform_faults(
    request: web.Request, switches: FaultSwitches, answer: Handler
) -> web.StreamResponse:
    """Answer a platform call with whatever faults are switched on."""
    if switches.refuse == "close":
        lose_answer(request)
        return _AbortedResponse()
    if switches.slow_response_seconds:
        await asyncio.sleep(switches.slow_response_seconds)
    if switches.refuse == "503":
        return html_page(503, "Service Temporarily Unavailable")
    if switches.html_502:
        return html_page(502, "Bad gateway")
    response = await answer(request)
    if response is ABORTED:
        return _AbortedResponse()
    if switches.half_body and isinstance(response, web.Response):
        return await _half(request, response)
    return response


async def ledger_faults(
    request: web.Request, switches: FaultSwitches, answer: Handler
) -> web.StreamResponse:
    """Answer a ledger call with whatever faults are switched on."""
    if switches.ledger_refuse == "close":
        lose_answer(request)
        return _AbortedResponse()
    if switches.ledger_slow_seconds:
        await asyncio.sleep(switches.ledger_slow_seconds)
    if switches.ledger_refuse == "503":
        return html_page(503, "Service Unavailable")
    return await answer(request)


async def broken_rates(
    rates: dict[str, Any], switches: FaultSwitches
) -> dict[str, Any] | web.Response:
    """Exchange rates with whatever fault is switched on for them alone."""
    if switches.rates_slow_seconds:
        await asyncio.sleep(switches.rates_slow_seconds)
    match switches.rates_fault:
        case "html":
            return html_page(200, "Just a moment")
        case "500":
            return html_page(500, "Internal Server Error")
        case "missing":
            return {key: value for key, value in rates.items() if key not in _PRICED}
        case fault if fault in _WRONG_RATES:
            return rates | dict.fromkeys(_PRICED, _WRONG_RATES[fault])
    return rates


async def _half(request: web.Request, whole: web.Response) -> web.StreamResponse:
    body = whole.body if isinstance(whole.body, bytes) else b""
    headers = {"Content-Length": str(len(body)), "Content-Type": "application/json"}
    partial = web.StreamResponse(status=whole.status, headers=headers)
    await partial.prepare(request)
    await partial.write(body[: len(body) // 2])
    await asyncio.sleep(0)
    if request.transport is not None:
        request.transport.close()
    return partial
