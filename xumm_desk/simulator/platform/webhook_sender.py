"""Send webhooks for signed and rejected payloads (P§6)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import socket
from collections import deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .payload import Application, Body, Payload, custom_meta_of
from .phone_api import Resolution
from .platform import Platform

WAITS = (10, 60, 600, 600)
TIMEOUT_SECONDS = 15
ACCEPTED = (200, 201, 204)
_GIVEN_UP_LIMIT = 10
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery attempt; ``outcome`` is an HTTP status or a word."""

    payload: str
    number: int
    outcome: int | str


def sign_hook(secret: str, timestamp: str, raw: bytes, key: str = "first") -> str:
    """HMAC-SHA1 over timestamp and raw body; the key loses its first dash only (P§6.2)."""
    used = secret.replace("-", "") if key == "all" else secret.replace("-", "", 1)
    return hmac.new(used.encode(), timestamp.encode() + raw, hashlib.sha1).hexdigest()


class Webhooks:
    """Delivers resolutions with the real sender's patience and refusals (P§6.3)."""

    def __init__(self, platform: Platform) -> None:
        self.attempts: list[Attempt] = []
        self._platform = platform
        self._tasks: set[asyncio.Task[None]] = set()
        self._given_up: dict[str, deque[float]] = {}

    def on_resolved(self, resolution: Resolution) -> None:
        """Start to deliver if the application has a web address."""
        application = self._platform.applications[resolution.payload.application]
        if not application.webhook_url or self._blocked(application.webhook_url):
            return
        raw = self.body_of(application, resolution.payload, resolution.message)
        work = self._deliver(application, resolution.payload.uuid, raw)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def body_of(self, application: Application, payload: Payload, message: Body) -> bytes:
        """The body of P§6.1, stringified once: these very bytes are signed and sent."""
        token = self._platform.token_for(application.key, payload.handler)
        user_token: dict[str, Any] | None = None
        if token is not None:
            user_token = {
                "user_token": token.token,
                "token_issued": int(token.issued),
                "token_expiration": int(token.expires),
            }
        reported = {
            k: v for k, v in message.items() if k not in ("opened_by_deeplink", "custom_meta")
        }
        body = {
            "meta": {
                "url": application.webhook_url,
                "application_uuidv4": application.key,
                "payload_uuidv4": payload.uuid,
                "opened_by_deeplink": payload.opened_by_deeplink,
            },
            "custom_meta": custom_meta_of(payload),
            "payloadResponse": reported,
            "userToken": user_token,
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def note_given_up(self, url: str) -> None:
        """Remember that the last attempt for a payload ended with 404 just now."""
        self._given_up.setdefault(url, deque()).append(self._platform.clock.now())

    async def stop(self) -> None:
        """Give up every delivery."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, application: Application, uuid: str, raw: bytes) -> None:
        url = application.webhook_url
        if not self._platform.switches.webhook_loopback and not await _public(url):
            self.attempts.append(Attempt(uuid, 1, "Invalid URL"))
            return
        for number in range(1, len(WAITS) + 2):
            outcome = await self._try(application, uuid, raw, number)
            self.attempts.append(Attempt(uuid, number, outcome))
            if outcome in ACCEPTED:
                return
            if number > len(WAITS):
                if outcome == 404:
                    self.note_given_up(url)
                return
            if isinstance(outcome, str):
                # The sender's own timer runs to its end even when the connection failed.
                await self._platform.clock.sleep(TIMEOUT_SECONDS)
            await self._platform.clock.sleep(WAITS[number - 1])

    async def _try(self, application: Application, uuid: str, raw: bytes, number: int) -> int | str:
        timestamp = str(round(self._platform.clock.now()))
        key = self._platform.switches.webhook_key
        headers = {
            "content-type": "application/json",
            "user-agent": "xumm-webhook",
            "x-xumm-attempt": str(number),
            "x-xumm-payload": uuid,
            "x-xumm-request-timestamp": timestamp,
            "x-xumm-request-signature": sign_hook(application.secret, timestamp, raw, key),
        }
        patience = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.post(
                    application.webhook_url, data=raw, headers=headers, allow_redirects=False
                ) as response,
            ):
                return response.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return "no connection"

    def _blocked(self, url: str) -> bool:
        ends = self._given_up.get(url, deque())
        while ends and ends[0] < self._platform.clock.now() - _HOUR:
            ends.popleft()
        return len(ends) >= _GIVEN_UP_LIMIT


async def _public(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname, None, type=socket.SOCK_STREAM
        )
    except OSError:
        return True  # an unresolvable name passes this check and fails as a connection
    return all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)
