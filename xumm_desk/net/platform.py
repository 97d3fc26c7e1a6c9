"""Talks to the platform's REST side (P§1 to §4); the only place that knows HTTP and the keys.

Failures are values with a sentence for a person. Must not know what an answer means for a row.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from xumm_desk.core import snapshot, wire
from xumm_desk.core.order import Order
from xumm_desk.core.outcome import Answer, Application, Failure, Fault
from xumm_desk.core.pace import Budget
from xumm_desk.core.wire import Json, JsonObject
from xumm_desk.version import __version__

from . import hosts, tls

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_TIMEOUT: Final = 25.0
"""Seconds for each read and write of a call."""

_CONNECT: Final = 5.0
_POOL: Final = 60.0
_CONNECTIONS: Final = 8
_OK: Final = range(200, 300)
_TOO_MANY: Final = 429
MAX_ANSWER: Final = 1 << 20
_RETRY: Final = {Fault.BUSY: 5.0}


class Keys:
    """The application's key and secret; neither shows itself in a log or a traceback."""

    __slots__ = ("_key", "_secret")

    def __init__(self, key: str, secret: str) -> None:
        self._key = key.strip()
        self._secret = secret.strip()

    def __repr__(self) -> str:
        return "Keys(…)"

    def headers(self) -> dict[str, str]:
        """The two headers of P§1.2."""
        return {"X-API-Key": self._key, "X-API-Secret": self._secret}

    @property
    def secret(self) -> str:
        """For the webhook's signature only."""
        return self._secret


class XummPlatform:
    """The platform, asked over one HTTP client for the program's whole life. The library is loaded
    by the first call, in a worker thread: a window is painted before it needs it."""

    def __init__(
        self, api: str, keys: Keys, *, timeout: float = _TIMEOUT, connect: float = _CONNECT
    ) -> None:
        self.api = api
        self.budget = Budget()
        self._host = urlsplit(api).hostname or ""
        self._keys = keys
        self._patience = (timeout, connect)
        self._opening: asyncio.Task[httpx.AsyncClient] | None = None

    async def close(self) -> None:
        """Close every connection."""
        opening, self._opening = self._opening, None
        if opening is not None:
            await (await opening).aclose()

    async def ping(self) -> Application | Failure:
        """Whose keys these are (P§1.5)."""
        answer = await self._call("GET", "ping")
        if isinstance(answer, Failure):
            return answer
        application = wire.child(wire.child(answer.value, "auth"), "application")
        if wire.flag(answer.value, "pong") is not True or not application:
            return Failure(Fault.BROKEN, f"{self._host} does not answer like the Xumm platform.")
        return Application(
            wire.text(application, "name") or "(no name)",
            wire.text(application, "uuidv4") or "",
            wire.flag(application, "disabled") or False,
        )

    async def create(self, order: Order) -> Answer | Failure:
        """POST the order once (P§2); a lost answer is `Fault.LOST`, never repeated here."""
        body: JsonObject = dict(order.body)
        if order.user_token:
            body["user_token"] = order.user_token
        return await self._call("POST", "payload", body)

    async def read(self, uuid: str) -> Answer | Failure:
        """GET one request (P§3)."""
        return await self._call("GET", f"payload/{quote(uuid, safe='')}")

    async def find(self, identifier: str) -> Answer | Failure:
        """GET one request by our identifier (P§3)."""
        return await self._call("GET", f"payload/ci/{quote(identifier, safe='')}")

    async def cancel(self, uuid: str) -> Answer | Failure:
        """DELETE one request (P§4)."""
        return await self._call("DELETE", f"payload/{quote(uuid, safe='')}")

    def socket_of(self, uuid: str, given: str | None) -> str:
        """See `hosts.socket_of`."""
        return hosts.socket_of(self.api, uuid, given)

    def link_of(self, uuid: str) -> str:
        """See `hosts.link_of`."""
        return hosts.link_of(self.api, uuid)

    async def _call(
        self, method: str, path: str, body: JsonObject | None = None
    ) -> Answer | Failure:
        client = await self._client()
        import httpx  # noqa: PLC0415 - loaded by now

        try:
            request = client.build_request(
                method,
                f"{self.api}/{path}",
                content=wire.dump(body).encode() if body is not None else None,
                headers={"Content-Type": "application/json"} if body is not None else None,
            )
            response = await client.send(request, stream=True)
            try:
                raw = await _read_bounded(response)
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            log.info("%s %s: %s", method, _route(path), type(error).__name__)
            return Failure(Fault.UNREACHABLE, self._unreachable(error))
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            log.info("%s %s: %s", method, _route(path), type(error).__name__)
            return Failure(
                Fault.LOST,
                f"The connection to {self._host} broke before the answer came."
                " It is asked again by itself.",
            )
        self._learn(response)
        return self._judge(response, raw)

    async def _client(self) -> httpx.AsyncClient:
        """The client, which the first call opens; a call that is given up leaves it opening."""
        if self._opening is None or self._opening.cancelled():
            self._opening = asyncio.create_task(asyncio.to_thread(self._open))
        return await asyncio.shield(self._opening)

    def _open(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 - costs 100 ms, on a worker thread

        timeout, connect = self._patience
        return httpx.AsyncClient(
            headers={
                **self._keys.headers(),
                "Accept": "application/json",
                "User-Agent": f"xumm-desk/{__version__}",
            },
            verify=tls.context(),
            timeout=httpx.Timeout(timeout, connect=connect, pool=_POOL),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
            # A proxy from the environment must not see what stays on this machine.
            trust_env=not hosts.is_loopback(self._host),
            follow_redirects=False,
        )

    def _learn(self, response: httpx.Response) -> None:
        headers: Mapping[str, Json] = dict(response.headers)
        self.budget.learn(
            time.monotonic(),
            wire.whole(headers, "x-ratelimit-limit"),
            wire.whole(headers, "x-ratelimit-remaining"),
        )

    def _judge(self, response: httpx.Response, raw: bytes | None) -> Answer | Failure:
        """Status first, then JSON if there is any, both error shapes (P§1.3)."""
        status = response.status_code
        value = _parse(raw)
        body = value if isinstance(value, dict) else {}
        code = wire.whole(wire.child(body, "error"), "code")
        if status == _TOO_MANY:
            wait = _retry_after(response)
            self.budget.refused(time.monotonic(), wait)
            sentence = "The platform asks us to slow down. Calls go on by themselves shortly."
            return Failure(Fault.BUSY, sentence, code, wait)
        good = status in _OK
        if good and isinstance(value, dict) and value.get("error") is None:
            return Answer(snapshot.redacted(value))
        if isinstance(value, str) or status >= 500 or good:
            return self._broken(status, value)
        reference = wire.text(wire.child(body, "error"), "reference") or wire.text(
            body, "reference"
        )
        return self._refused(status, code or wire.whole(body, "code"), reference)

    def _broken(self, status: int, value: JsonObject | str) -> Failure:
        what = value if isinstance(value, str) else "an error"
        if what == "a web page":
            return Failure(
                Fault.BROKEN,
                f"{self._host} answered with a web page (HTTP {status}) instead of data. The"
                " platform or a proxy has trouble: try again in a minute.",
            )
        return Failure(
            Fault.BROKEN,
            f"{self._host} has trouble (HTTP {status}, {what}). It is asked again by itself.",
        )

    def _refused(self, status: int, code: int | None, reference: str | None) -> Failure:
        support = f" (reference {reference})" if reference else ""
        if code == 810:
            return Failure(
                Fault.DISABLED,
                "This application is disabled on the platform. Enable it in the developer"
                f" console, or use other keys{support}.",
                code,
            )
        if status in (401, 403) or code in (811, 812, 813, 814):
            return Failure(Fault.KEYS, _KEYS.get(code or 0, _KEYS[813]) + f"{support}.", code)
        if code == 409 or status == 409:
            return Failure(Fault.TAKEN, "The platform already has this identifier.", code)
        if status == 404:
            return Failure(Fault.MISSING, "The platform does not know this request.", code)
        rule = _REFUSALS.get(code or 0, f"it answered HTTP {status}, code {code or 'none'}")
        return Failure(Fault.REFUSED, f"The platform refused the request: {rule}{support}.", code)

    def _unreachable(self, error: Exception) -> str:
        if hosts.is_loopback(self._host):
            return f"Nothing answers at {self.api}. Start the platform there, or set another one."
        if "CERTIFICATE" in str(error).upper():
            return (
                f"The certificate of {self._host} is not trusted. Check this PC's clock, or a"
                " proxy that inspects traffic."
            )
        return (
            f"{self._host} cannot be reached. Check this PC's internet connection; nothing was"
            " sent."
        )


_KEYS: Final = {
    811: "The API key is not known to the platform. Copy key and secret again",
    812: "API key or secret is missing or not written as the platform gave it. Copy both again",
    813: "The API secret does not belong to this API key. Copy both again",
    814: "These are the documentation's keys. Use those of your own application",
}
_REFUSALS: Final = {
    413: "a text in it is too long",
    599: "it was empty",
    600: "it holds no transaction",
    601: "the transaction blob cannot be decoded",
    602: "the transaction type is not known",
    603: "the transaction cannot be encoded; an amount, address or hex field is written wrongly",
    604: "it holds both txjson and txblob",
    605: "it could not be stored; try again later",
    609: "the destination is on a list of known scams. Do not send it again",
}


async def _read_bounded(response: httpx.Response) -> bytes | None:
    """The body, None when it is larger than any answer of the platform."""
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > MAX_ANSWER:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _parse(raw: bytes | None) -> JsonObject | str:
    if raw is None:
        return "too large an answer"
    text = raw.decode("utf-8", "replace")
    value = wire.parse_object(text)
    if isinstance(value, str) and text.lstrip()[:1] == "<":
        return "a web page"
    return value


def _retry_after(response: httpx.Response) -> float:
    headers: Mapping[str, Json] = dict(response.headers)
    seconds = wire.whole(headers, "retry-after")
    return float(min(max(seconds, 1), 600)) if seconds is not None else _RETRY[Fault.BUSY]


def _route(path: str) -> str:
    """The path for the log: a request's id is a bearer secret of sorts."""
    head, _, tail = path.rpartition("/")
    return f"{head}/{tail[:8]}…" if head else path
