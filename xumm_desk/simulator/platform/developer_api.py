"""The developer's HTTP calls: credentials, rate limits, error shapes, payloads."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from xumm_desk.simulator.runtime.clock import Clock
from xumm_desk.simulator.runtime.market_prices import MarketPrices
from xumm_desk.simulator.runtime.wire_faults import ABORTED, broken_rates, lose_answer
from xumm_desk.simulator.services import market_data
from xumm_desk.simulator.services.service_calls import ServiceCalls

from .create_validation import NO_BODY, RefusedError, is_uuid4, parse_create
from .http_shapes import fatal, json_answer, path_parts, read_json, soft_error
from .payload import Application
from .platform import Platform, authenticate, new_call

PREFIX = "/api/v1/platform"
Work = Callable[[web.Request, str, dict[str, str]], Awaitable[web.StreamResponse]]


class DeveloperApi:
    """Everything below ``/api/v1/platform/`` (P§1.5)."""

    def __init__(
        self,
        platform: Platform,
        general: RateLimit,
        creates: RateLimit,
        services: ServiceCalls,
        prices: MarketPrices,
    ) -> None:
        self._platform = platform
        self._services = services
        self._prices = prices
        self._general = general
        self._creates = creates
        self._nth = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        return await self.shaped(request, self._answer)

    async def shaped(self, request: web.Request, work: Work) -> web.StreamResponse:
        """Let `work` answer with a call reference and headers; its refusals get their shapes."""
        call = new_call()
        headers = {"X-Call-Ref": call}
        try:
            return await work(request, call, headers)
        except RefusedError as refusal:
            return soft_error(call, refusal.code, refusal.status, headers)
        except web.HTTPRequestEntityTooLarge:
            return fatal(request, 413, "request entity too large", call)
        except LookupError:
            return fatal(
                request, 404, "Endpoint unknown or method invalid for given endpoint", call
            )

    async def _answer(
        self, request: web.Request, call: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        parts = path_parts(request, PREFIX)
        if (request.method, parts) == ("GET", ["rails"]):
            return self.rails(headers)
        if request.method == "GET" and len(parts) == 2 and parts[0] == "kyc-status":
            return json_answer(self._services.kyc_of_account(parts[1]), headers)
        self._route(request.method, parts)
        application = authenticate(self._platform.applications, request.headers)
        return await self.serve(request, application, parts, call, headers)

    def rails(self, headers: dict[str, str]) -> web.Response:
        """``GET rails``, which needs no credentials."""
        return json_answer(market_data.rails(), headers)

    async def serve(
        self,
        request: web.Request,
        application: Application,
        parts: list[str],
        call: str,
        headers: dict[str, str],
    ) -> web.StreamResponse:
        """Answer a call of a known application; LookupError when there is no such call."""
        handler = self._route(request.method, parts)
        limit = self._creates if handler == self._create else self._general
        limited = self._limited(application, limit, headers)
        if limited is not None:
            return limited
        answer = await handler(request, application, parts, call)
        if isinstance(answer, web.Response):
            return answer
        if handler == self._create and self._platform.switches.lose_post_answer:
            self._platform.switches.lose_post_answer -= 1
            lose_answer(request)
            return ABORTED
        if handler == self._cancel and self._platform.switches.lose_cancel_answer:
            self._platform.switches.lose_cancel_answer -= 1
            lose_answer(request)
            return ABORTED
        return json_answer(answer, headers)

    def _route(self, method: str, parts: list[str]) -> Any:
        match method, parts:
            case "GET", ["ping"]:
                return self._ping
            case "POST", ["payload"]:
                return self._create
            case "GET", ["payload", "ci", _]:
                return self._read_by_identifier
            case "GET", ["payload", uuid] if is_uuid4(uuid):
                return self._read
            case "DELETE", ["payload", uuid] if is_uuid4(uuid):
                return self._cancel
            case "GET", ["rates", _]:
                return self._rates
            case "GET", ["curated-assets"]:
                return self._assets
            case "GET", ["user-token", _]:
                return self._token
            case "POST", ["user-tokens"]:
                return self._tokens
        service = self._services.route(method, parts)
        if service is None:
            raise LookupError
        return service

    def _limited(
        self, application: Application, limit: RateLimit, headers: dict[str, str]
    ) -> web.Response | None:
        switches = self._platform.switches
        self._nth += 1
        by_switch = switches.http_429_every and self._nth % switches.http_429_every == 0
        within = not by_switch and limit.take(application.key)
        if switches.rate_headers:
            headers["X-RateLimit-Limit"] = str(limit.limit)
            headers["X-RateLimit-Remaining"] = str(limit.remaining(application.key))
        if within:
            return None
        wait = switches.retry_after_seconds or limit.wait(application.key)
        if wait:
            headers["Retry-After"] = str(wait)
        if switches.http_429_body == "html":
            text = "<html><title>429 Too Many Requests</title></html>"
            return web.Response(status=429, text=text, content_type="text/html", headers=headers)
        if switches.http_429_body == "empty":
            return web.Response(status=429, headers=headers)
        return soft_error(headers["X-Call-Ref"], 429, 429, headers)

    async def _ping(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del parts
        known = {"uuidv4": app.key, "name": app.name, "webhookurl": app.webhook_url}
        known_flags: dict[str, Any] = {"disabled": int(app.disabled), "redirecturis": []}
        auth = {"quota": {}, "application": known | known_flags, "call": {"uuidv4": call}}
        return {"pong": True, "auth": auth}

    async def _create(
        self, request: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del parts
        asked = parse_create(await read_json(request))
        payload = self._platform.create(app, asked, call)
        return self._platform.created_answer(payload)

    async def _read(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del call
        payload = self._platform.find(app, parts[1])
        return self._fetched(payload)

    async def _read_by_identifier(
        self, _: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del call
        return self._fetched(self._platform.find_by_identifier(app, parts[2]))

    def _fetched(self, payload: Any) -> Any:
        if not self._platform.visible(payload):
            raise RefusedError(404, 404)
        self._platform.hub.publish(payload.uuid, "devapp_fetched", {"devapp_fetched": True})
        return self._platform.answer(payload)

    async def _cancel(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del call
        payload = self._platform.find(app, parts[1])
        self._platform.hub.publish(payload.uuid, "devapp_fetched", {"devapp_fetched": True})
        return self._platform.cancel(payload)

    async def _rates(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del app, call
        rates = self._prices.rates(parts[1].upper())
        if rates is None:
            raise RefusedError(400)
        return await broken_rates(rates, self._platform.switches)

    async def _assets(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del app, parts, call
        return market_data.curated_assets()

    async def _token(self, _: web.Request, app: Application, parts: list[str], call: str) -> Any:
        del call
        return {"tokens": [self._platform.token_state(app, parts[1])]}

    async def _tokens(
        self, request: web.Request, app: Application, parts: list[str], call: str
    ) -> Any:
        del parts, call
        body = await read_json(request)
        if isinstance(body, list):
            return {"tokens": [self._older_names(app, token) for token in body]}
        tokens = body.get("tokens") if isinstance(body, dict) else None
        if not isinstance(tokens, list):
            raise RefusedError(NO_BODY)
        return {"tokens": [self._platform.token_state(app, t) for t in tokens]}

    def _older_names(self, app: Application, token: object) -> dict[str, Any]:
        """For the Python SDK, which sends the bare list and reads other names (P§1.5)."""
        state = self._platform.token_state(app, token)
        issued, expires = state.get("issued", 0), state.get("expires", 0)
        return state | {"token_issued": issued, "token_expiration": expires}


WINDOW_SECONDS = 60.0


class RateLimit:
    """A sliding window of one minute per name (P§10)."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def take(self, name: str) -> bool:
        """Count a call; False when it is over the limit."""
        calls = self._window(name)
        if len(calls) >= self.limit:
            return False
        calls.append(self._clock.now())
        return True

    def remaining(self, name: str) -> int:
        """Calls left in the present minute."""
        return max(0, self.limit - len(self._window(name)))

    def wait(self, name: str) -> int:
        """Whole seconds until a call fits again."""
        calls = self._window(name)
        if len(calls) < self.limit or not calls:
            return 0
        return int(calls[0] + WINDOW_SECONDS - self._clock.now()) + 1

    def _window(self, name: str) -> deque[float]:
        calls = self._calls.setdefault(name, deque())
        edge = self._clock.now() - WINDOW_SECONDS
        while calls and calls[0] <= edge:
            calls.popleft()
        return calls
