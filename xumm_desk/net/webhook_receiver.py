"""Receive the platform's webhooks (P§6) for shops with a tunnel or a proxy.

The signature over the raw bytes is checked. A call is only ever a reason to read, never a fact.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from xumm_desk.core.message import Message
from xumm_desk.core.wire import api_answers, json_fields
from xumm_desk.core.wire.json_fields import JsonObject

log = logging.getLogger(__name__)

SKEW: Final = 300
"""Seconds by which a call's time may differ from ours: each retry is signed afresh (P§6.2)."""

MAX_BODY: Final = 64 * 1024
_MAX_ATTEMPT: Final = 5
_SEEN_LIMIT: Final = 2000
_BODY_TIMEOUT: Final = 10.0
_CLOSE_TIMEOUT: Final = 1.0
_FIRST, _ALL = "the first dash", "all dashes"


class WebhookError(Exception):
    """The receiver cannot be opened; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """What a genuine call names: the platform's id, our identifier where the call carries it, and
    the customer's token, which shows itself nowhere. `token_expires` is unix seconds."""

    uuid: str
    identifier: str = ""
    token: str | None = field(default=None, repr=False)
    token_expires: int | None = None


def matching_secret_form(
    secret: str, timestamp: str, raw: bytes, signature: str, now: float
) -> str:
    """Which form of the secret signed `raw`; "" for none, or for a time too far from `now` (unix
    seconds).

    The platform removes the first dash only; the form without any dash proves the same secret and
    is accepted too (P§6.2).
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        return ""
    if abs(now - int(timestamp)) > SKEW:
        return ""
    sent = signature.strip().lower().encode("utf-8", "replace")
    found = ""
    # Both are always computed and compared, so that the time taken reveals nothing.
    for name, key in ((_ALL, secret.replace("-", "")), (_FIRST, secret.replace("-", "", 1))):
        made = hmac.new(key.encode(), timestamp.encode() + raw, hashlib.sha1).hexdigest()
        if hmac.compare_digest(made.encode(), sent):
            found = name
    return found


def parse_call(raw: bytes) -> WebhookCall | str:
    """Parse a genuine call's body (P§6.1); a string says what is wrong with it."""
    value = json_fields.parse_object(raw.decode("utf-8", "replace"))
    if isinstance(value, str):
        return value
    answer, meta = (
        json_fields.object_at(value, "payloadResponse"),
        json_fields.object_at(value, "meta"),
    )
    uuid = json_fields.string_at(answer, "payload_uuidv4") or json_fields.string_at(
        meta, "payload_uuidv4"
    )
    if uuid is None or not api_answers.is_uuid(uuid):
        return "it names no request"
    identifier = (
        json_fields.string_at(json_fields.object_at(value, "custom_meta"), "identifier") or ""
    )
    token, expires = _token(json_fields.object_at(value, "userToken"))
    return WebhookCall(uuid.lower(), identifier, token, expires)


def _token(value: JsonObject) -> tuple[str | None, int | None]:
    token = json_fields.string_at(value, "user_token")
    if token is None or not api_answers.is_uuid(token):
        return None, None
    return token, json_fields.int_at(value, "token_expiration")


class WebhookReceiver:
    """A small HTTP server on the running loop; `on_call` is called once for each genuine
    delivery."""

    def __init__(
        self, secret: str, on_call: Callable[[WebhookCall], None], *, now: Callable[[], float]
    ) -> None:
        self._secret = secret
        self._on_call = on_call
        self._now = now
        self._seen: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._runner: web.AppRunner | None = None

    def __repr__(self) -> str:
        return "Receiver(…)"

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        addresses = self._runner.addresses if self._runner is not None else []
        return int(addresses[0][1]) if addresses else 0

    async def open(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one. Raises `WebhookError`."""
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_route("*", "/{path:.*}", self._handle)
        # The signature covers the bytes as they came, so nothing may decompress them.
        runner = web.AppRunner(
            application,
            access_log=None,
            handle_signals=False,
            auto_decompress=False,
            shutdown_timeout=_CLOSE_TIMEOUT,
        )
        self._runner = runner
        try:
            await runner.setup()
            await web.TCPSite(runner, host, port).start()
        except (OSError, OverflowError, UnicodeError) as error:
            await self.close()
            raise WebhookError(_why_rejected(host, port, error)) from None
        log.info("webhooks are received at %s port %d", host, self.port)

    async def close(self) -> None:
        """Stop listening; calls that are being answered get a second."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return _answer(405)
        headers = request.headers
        timestamp = headers.get("x-xumm-request-timestamp", "")
        signature = headers.get("x-xumm-request-signature", "")
        if not timestamp or not signature:
            return _rejected("it is not signed")
        try:
            async with asyncio.timeout(_BODY_TIMEOUT):
                raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            log.warning("a webhook call was refused: its body is too large")
            return _answer(413)
        except TimeoutError:
            return _answer(408)
        matched = matching_secret_form(self._secret, timestamp, raw, signature, self._now())
        if not matched:
            return _rejected("its signature or its time is wrong")
        attempt = headers.get("x-xumm-attempt", "")
        self._deliver_once(raw, int(attempt) if attempt in _ATTEMPTS else 0, matched)
        return _answer(200)

    def _deliver_once(self, raw: bytes, attempt: int, matched: str) -> None:
        """Deliver a genuine call once. The attempt number is not signed, so it is bounded: nobody
        can turn one call into many."""
        hook = parse_call(raw)
        if isinstance(hook, str):
            log.warning("a signed webhook call could not be read: %s", hook)
            return
        key = hook.uuid, attempt
        if key in self._seen:
            return
        self._seen[key] = None
        while len(self._seen) > _SEEN_LIMIT:
            self._seen.popitem(last=False)
        log.info("webhook for %s…, signed without %s", hook.uuid[:8], matched)
        self._on_call(hook)


_ATTEMPTS: Final = frozenset(str(number) for number in range(1, _MAX_ATTEMPT + 1))


def _answer(status: int) -> web.Response:
    return web.Response(status=status, headers={"Server": "xumm-desk"})


def _rejected(why: str) -> web.Response:
    log.warning("a webhook call was refused: %s", why)
    return _answer(401)


def _why_rejected(host: str, port: int, error: Exception) -> str:
    words = str(error)
    if isinstance(error, OSError) and error.errno is not None:
        # Below 0 it is a name that leads nowhere, which the system's own list does not hold.
        words = os.strerror(error.errno) if error.errno > 0 else error.strerror or words
    return Message(
        "Webhooks cannot be received at {host} port {port} ({reason}). Choose"
        " another --webhook-port, or end the program that uses it.",
        host=host,
        port=port,
        reason=words,
    )
