"""The platform's REST calls (P§1 to §4), the only module that holds the keys.

Failures are values with a sentence for a person.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from xumm_desk.core import api_keys as key_rules
from xumm_desk.core.customers import token_states
from xumm_desk.core.customers.token_states import PushToken, TokenState
from xumm_desk.core.message import Message
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.clock_check import DateReading
from xumm_desk.core.state.timing import CallBudget
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.api_answers import (
    ApiAnswer,
    Application,
    Failure,
    FailureKind,
    SettingError,
)
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.net import tls
from xumm_desk.net.proxies import Proxy, ProxyChoice
from xumm_desk.version import __version__

from . import failures, url_policy

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_TIMEOUT: Final = 25.0
"""Seconds for each read and write of a call."""

_CONNECT: Final = 5.0
_POOL: Final = 60.0
_CONNECTIONS: Final = 8
_LIMIT: Final = 120.0
"""Seconds for a whole call: the library's own limits hold for single steps, and for some of a
proxy's not at all."""

MAX_ANSWER: Final = 1 << 20

_UNKNOWN_CURRENCY: Final = frozenset({FailureKind.REFUSED, FailureKind.NOT_FOUND})
"""How a question for rates fails where the platform does not know the currency."""


class ApiKeys:
    """The application's key and secret; neither shows itself in a log or a traceback."""

    __slots__ = ("_key", "_secret")

    def __init__(self, key: str, secret: str) -> None:
        self._key = key_rules.clean_key(key)
        self._secret = key_rules.clean_key(secret)

    def __repr__(self) -> str:
        return "Keys(…)"

    def headers(self) -> dict[str, str]:
        """The two headers of P§1.2."""
        return {"X-API-Key": self._key, "X-API-Secret": self._secret}

    def fault(self) -> str:
        """A sentence when one of the two cannot be sent in a header, else ""."""
        return key_rules.key_error(key_rules.KEY, self._key) or key_rules.key_error(
            key_rules.SECRET, self._secret
        )

    @property
    def secret(self) -> str:
        """For the webhook's signature only."""
        return self._secret


class XummApi:
    """The platform, over one HTTP client for the program's whole life.

    The library is imported by the first call, in a worker thread: the window is painted before.
    """

    def __init__(
        self,
        api: str,
        keys: ApiKeys,
        *,
        timeout: float = _TIMEOUT,
        connect: float = _CONNECT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`timeout` and `connect` in seconds; `now` is the computer's clock in UTC,
        `monotonic` the one by which the budget is asked: they count a sleep differently."""
        self.api = api
        self.budget = CallBudget()
        self.date: DateReading | None = None
        self._now, self._monotonic = now, monotonic
        self._host = urlsplit(api).hostname or ""
        self._keys = keys
        self._timeouts = (timeout, connect)
        self._proxies = ProxyChoice()
        self._clients: dict[Proxy | None, asyncio.Task[httpx.AsyncClient]] = {}
        self._closed = False

    async def close(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._clients:
            _, opening = self._clients.popitem()
            try:
                await (await opening).aclose()
            except Exception as error:  # noqa: BLE001 - it is being thrown away
                log.info("closing the HTTP client: %s", failures.host_name(error))

    async def ping(self) -> Application | Failure:
        """Whose keys these are (P§1.5)."""
        answer = await self._call("GET", "ping")
        if isinstance(answer, Failure):
            return answer
        application = json_fields.object_at(
            json_fields.object_at(answer.value, "auth"), "application"
        )
        if json_fields.bool_at(answer.value, "pong") is not True or not application:
            return Failure(
                FailureKind.SERVER_ERROR,
                Message("{host} does not answer like the Xumm platform.", host=self._host),
            )
        return Application(
            json_fields.string_at(application, "name") or Message("(no name)"),
            json_fields.string_at(application, "uuidv4") or "",
            json_fields.bool_at(application, "disabled") or False,
        )

    async def create(self, spec: RequestSpec) -> ApiAnswer | Failure:
        """POST the request once (P§2); a lost answer is `FailureKind.ANSWER_LOST`, never repeated
        here."""
        body: JsonObject = dict(spec.body)
        if spec.user_token:
            body["user_token"] = spec.user_token
        return await self._call("POST", "payload", body)

    async def get_payload(self, uuid: str) -> ApiAnswer | Failure:
        """GET one request (P§3)."""
        return await self._call("GET", f"payload/{quote(uuid, safe='')}")

    async def get_by_identifier(self, identifier: str) -> ApiAnswer | Failure:
        """GET one request by our identifier (P§3)."""
        return await self._call("GET", f"payload/ci/{quote(identifier, safe='')}")

    async def cancel(self, uuid: str) -> ApiAnswer | Failure:
        """DELETE one request (P§4)."""
        return await self._call("DELETE", f"payload/{quote(uuid, safe='')}")

    async def rates(self, currency: str) -> ApiAnswer | Failure:
        """Prices of one XRP, XAH and USD in an ISO currency (P§1.5), with exact numbers."""
        answer = await self._call("GET", f"rates/{quote(currency, safe='')}", exact=True)
        if isinstance(answer, Failure) and answer.kind in _UNKNOWN_CURRENCY:
            words = Message("The platform has no rates in {currency}.", currency=currency)
            return replace(answer, kind=FailureKind.REFUSED, message=words)
        return answer

    async def issued_token(self, uuid: str) -> PushToken | Failure | None:
        """The push token that a signed request has issued (P§3, P§7); None if the platform names
        none. The only call whose answer keeps it: no other part of the program sees a token before
        a person asks to remember a customer."""
        answer = await self._call("GET", f"payload/{quote(uuid, safe='')}", keep_tokens=True)
        return answer if isinstance(answer, Failure) else token_states.issued_token(answer.value)

    async def token_states(self, tokens: Sequence[str]) -> tuple[TokenState, ...] | Failure:
        """Whether these push tokens can be used (P§1.5). Always as a body: a path is logged by
        proxies."""
        answer = await self._call("POST", "user-tokens", {"tokens": list(tokens)}, keep_tokens=True)
        if isinstance(answer, Failure):
            return answer
        states = token_states.parse_token_states(answer.value)
        if isinstance(states, str):
            return Failure(
                FailureKind.SERVER_ERROR,
                Message(
                    "{host} does not say which customers may be asked: {reason}.",
                    host=self._host,
                    reason=states,
                ),
            )
        return states

    def status_url(self, uuid: str, given: str | None) -> str:
        """See `url_policy.status_socket_url`."""
        return url_policy.status_socket_url(self.api, uuid, given)

    def payload_url(self, uuid: str) -> str:
        """See `url_policy.payload_url`."""
        return url_policy.payload_url(self.api, uuid)

    async def _call(
        self,
        method: str,
        path: str,
        body: JsonObject | None = None,
        *,
        exact: bool = False,
        keep_tokens: bool = False,
    ) -> ApiAnswer | Failure:
        """Make one call; whatever goes wrong becomes a failure that says whether anything was
        sent. `keep_tokens` leaves customers' tokens in the answer, which must not leave this
        module then."""
        progress, proxy = _Progress(), None
        try:
            async with asyncio.timeout(_LIMIT):
                if setting := self._keys.fault():
                    raise SettingError(setting)
                proxy = await self._proxies.for_url(self.api)
                client = await self._client(proxy)
                request = client.build_request(
                    method,
                    f"{self.api}/{path}",
                    content=json_fields.compact_json(body).encode() if body is not None else None,
                    headers={"Content-Type": "application/json"} if body is not None else None,
                    extensions={"trace": progress.note},
                )
                asked_at = self._monotonic()
                response = await client.send(request, stream=True)
                try:
                    raw = await _read_bounded(response)
                except Exception:
                    if response.status_code != failures.TOO_MANY:
                        raise
                    raw = b""  # refused, whatever the rest of the answer says
                finally:
                    await response.aclose()
            travel = self._monotonic() - asked_at
            return self._answered(response, raw, travel, exact=exact, keep_tokens=keep_tokens)
        except Exception as error:  # noqa: BLE001 - this is where the library is called
            log.info("%s %s: %s", method, _log_path(path), failures.host_name(error))
            if progress.sent:
                return failures.answer_lost(self._host)
            return failures.not_sent(self.api, self._host, proxy, error)

    async def _client(self, proxy: Proxy | None) -> httpx.AsyncClient:
        """The client that goes through `proxy`, which the first call opens; a call that is given
        up leaves it opening, and one that failed to open is opened anew by the next call."""
        if self._closed:
            raise SettingError(Message("This connection to the platform is closed already."))
        opening = self._clients.get(proxy)
        if opening is None or (opening.done() and (opening.cancelled() or opening.exception())):
            opening = asyncio.create_task(asyncio.to_thread(self._open, proxy))
            self._clients[proxy] = opening
        return await asyncio.shield(opening)

    def _open(self, proxy: Proxy | None) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 - costs 100 ms, on a worker thread

        timeout, connect = self._timeouts
        return httpx.AsyncClient(
            headers={
                **self._keys.headers(),
                "Accept": "application/json",
                "User-Agent": f"xumm-desk/{__version__}",
            },
            verify=tls.client_context(),
            timeout=httpx.Timeout(timeout, connect=connect, pool=_POOL),
            limits=httpx.Limits(
                max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS
            ),
            proxy=proxy.url if proxy is not None else None,
            # The library would read the environment in its own way, and raise at what it cannot.
            trust_env=False,
            follow_redirects=False,
        )

    def _answered(
        self,
        response: httpx.Response,
        raw: bytes | None,
        travel: float,
        *,
        exact: bool,
        keep_tokens: bool,
    ) -> ApiAnswer | Failure:
        """The meaning of an answer that took `travel` seconds, after its headers have updated the
        call budget."""
        headers: Mapping[str, Json] = dict(response.headers)
        now = self._monotonic()
        self.budget.update(
            now,
            json_fields.int_at(headers, "x-ratelimit-limit"),
            json_fields.int_at(headers, "x-ratelimit-remaining"),
        )
        served = failures.date_of(headers, "date")
        # An answer out of a cache carries the time of its making (RFC 9111 §5.1).
        if served is not None and "age" not in headers:
            self.date = DateReading(served, self._now(), travel)
        judged = failures.classify(
            self._host, response.status_code, raw, headers, exact=exact, keep_tokens=keep_tokens
        )
        if isinstance(judged, Failure) and judged.kind is FailureKind.RATE_LIMITED:
            self.budget.pause(now, judged.retry_after or 0.0)
        return judged


class _Progress:
    """Whether a call was sent. Only this proves "nothing was sent": the same exception of a library
    may come before and after."""

    __slots__ = ("sent",)

    def __init__(self) -> None:
        self.sent = False

    async def note(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow what the library does (httpcore's `trace`). A request to a proxy is not yet the
        call."""
        if event.endswith("send_request_headers.started"):
            self.sent = self.sent or info["request"].method != b"CONNECT"


async def _read_bounded(response: httpx.Response) -> bytes | None:
    """The body, None when it is larger than any answer of the platform."""
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > MAX_ANSWER:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _log_path(path: str) -> str:
    """The path for the log: a request's id is a bearer secret of sorts."""
    head, _, tail = path.rpartition("/")
    return f"{head}/{tail[:8]}…" if head else path
