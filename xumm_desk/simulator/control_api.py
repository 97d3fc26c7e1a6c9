"""Control calls below ``/practice/``, for tests and for the practice panel."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .behaviours import BEHAVIOURS
from .ledger import account_settings
from .phone import PhoneRefusedError
from .report import payload_summary
from .scripted_customers import NO_DELAYS, Delays, Script

if TYPE_CHECKING:
    from .simulator import Simulator

Call = Callable[[web.Request], Awaitable[Any]]
_RECENT = 200


class Control:
    """The practice mode's own calls (JSON, loopback only)."""

    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator

    def routes(self) -> list[web.RouteDef]:
        """All routes, to be put into the server."""
        calls: list[tuple[str, str, Call]] = [
            ("GET", "info", self._info),
            ("GET", "behaviours", self._behaviours),
            ("GET", "payloads", self._payloads),
            ("POST", "phone/{uuid}/{verb}", self._phone),
            ("POST", "customer/{uuid}", self._customer),
            ("GET", "customers", self._customers),
            ("PUT", "customers", self._set_customers),
            ("GET", "acts/{after}", self._acts),
            ("GET", "switches", self._switches),
            ("PUT", "switches", self._set_switches),
            ("GET", "market", self._market),
            ("PUT", "market", self._set_market),
            ("GET", "clock", self._clock),
            ("POST", "clock", self._set_clock),
            ("POST", "settle", self._settle),
            ("POST", "ledger/close", self._close_ledger),
            ("POST", "fund", self._fund),
            ("PUT", "account/{address}", self._set_account),
            ("PUT", "line", self._set_line),
            ("PUT", "token/{issuance_id}", self._set_token),
            ("GET", "push_tokens", self._push_tokens),
            ("PUT", "push_token/{customer}", self._set_push_token),
            ("PUT", "application", self._application),
            ("POST", "xapp", self._open_xapp),
            ("GET", "messages", self._messages),
            ("POST", "drop_sockets", self._drop),
            ("GET", "calls", self._calls),
            ("GET", "webhooks", self._webhooks),
            ("GET", "books", self._books),
        ]
        return [
            web.route(method, f"/practice/{path}", self._guarded(call))
            for method, path, call in calls
        ]

    @staticmethod
    def _guarded(call: Call) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return web.json_response(await call(request))
            except PhoneRefusedError as refusal:
                return web.json_response({"error": refusal.reason}, status=409)
            except LookupError as missing:
                return web.json_response({"error": f"there is no {missing}"}, status=404)
            except (ValueError, TypeError) as wrong:
                return web.json_response({"error": str(wrong)}, status=400)

        return handle

    async def _info(self, _: web.Request) -> Any:
        return self._sim.info() | {
            "clock": self._sim.clock.now(),
            "speed": self._sim.clock.speed,
            "ledger_index": self._sim.node_ledger.last,
            "sockets": self._sim.hub.count(),
            "customers": self._sim.customers.script.as_dict(),
        }

    async def _behaviours(self, _: web.Request) -> Any:
        return {name: way.description for name, way in BEHAVIOURS.items()}

    async def _payloads(self, _: web.Request) -> Any:
        sim = self._sim
        now, holding = sim.clock.now(), sim.phone.holding()
        recent = list(sim.platform.payloads.values())[-_RECENT:]
        lines = [
            payload_summary(p, now)
            | {"in_hand": holding.get(p.uuid), "story": sim.customers.progress.get(p.uuid)}
            for p in reversed(recent)
        ]
        return {"payloads": lines}

    async def _phone(self, request: web.Request) -> Any:
        uuid, verb = request.match_info["uuid"].lower(), request.match_info["verb"]
        body = await _body(request)
        customer, phone = body.get("customer"), self._sim.phone
        if verb == "scan":
            return {"ok": True, "payload": await phone.scan(uuid, customer)}
        if verb == "sign":
            action = await phone.sign(uuid, body.get("behaviour", "pays"), customer)
            return {"ok": True, **action.as_dict()}
        if verb == "decline":
            await phone.decline(uuid, customer)
            return {"ok": True}
        if verb in ("walk_off", "close"):
            await phone.walk_off(uuid)
            return {"ok": True}
        raise LookupError(f"verb {verb!r}")

    async def _customer(self, request: web.Request) -> Any:
        body = await _body(request)
        payload = self._sim.platform.payloads[request.match_info["uuid"].lower()]
        behaviour = body.get("behaviour", "pays")
        delays = Delays(**body["delays"]) if body.get("delays") else NO_DELAYS
        self._sim.customers.send(payload, behaviour, delays)
        return {"ok": True, "behaviour": behaviour}

    async def _customers(self, _: web.Request) -> Any:
        return self._sim.customers.script.as_dict()

    async def _set_customers(self, request: web.Request) -> Any:
        self._sim.customers.set_script(Script.read(await _body(request)))
        return self._sim.customers.script.as_dict()

    async def _acts(self, request: web.Request) -> Any:
        customers = self._sim.customers
        return {
            "customers": customers.script.as_dict(),
            "last": customers.count,
            "acts": customers.acts_after(int(request.match_info["after"])),
        }

    async def _switches(self, _: web.Request) -> Any:
        return self._sim.switches.as_dict()

    async def _set_switches(self, request: web.Request) -> Any:
        self._sim.switches.update(await _body(request))
        return self._sim.switches.as_dict()

    async def _market(self, _: web.Request) -> Any:
        return self._sim.market.as_dict()

    async def _set_market(self, request: web.Request) -> Any:
        self._sim.market.set(await _body(request))
        return self._sim.market.as_dict()

    async def _clock(self, _: web.Request) -> Any:
        return {"now": self._sim.clock.now(), "speed": self._sim.clock.speed}

    async def _set_clock(self, request: web.Request) -> Any:
        body = await _body(request)
        if "speed" in body:
            self._sim.clock.set_speed(float(body["speed"]))
        if "advance" in body:
            await self._sim.clock.advance(float(body["advance"]))
        self._sim.remember_time()
        return {"now": self._sim.clock.now(), "speed": self._sim.clock.speed}

    async def _settle(self, _: web.Request) -> Any:
        await self._sim.settle()
        return {"ok": True}

    async def _close_ledger(self, _: web.Request) -> Any:
        return {"ledger_index": self._sim.node_ledger.close_now()}

    async def _fund(self, request: web.Request) -> Any:
        body = await _body(request)
        return {"ok": True, "txid": self._sim.fund(str(body["address"]), int(body["drops"]))}

    async def _set_account(self, request: web.Request) -> Any:
        address, body = request.match_info["address"], await _body(request)
        return account_settings.set_account(self._sim.node_ledger, address, body)

    async def _set_line(self, request: web.Request) -> Any:
        return account_settings.set_line(self._sim.node_ledger, await _body(request))

    async def _set_token(self, request: web.Request) -> Any:
        issuance_id, body = request.match_info["issuance_id"], await _body(request)
        return account_settings.set_token(self._sim.node_ledger, issuance_id, body)

    async def _push_tokens(self, _: web.Request) -> Any:
        names = {person.user: person.name for person in self._sim.cast.payers()}
        return [
            {
                "customer": names.get(token.user, ""),
                "issued": int(token.issued),
                "expires": int(token.expires),
                "reachable": token.reachable,
            }
            for token in self._sim.platform.tokens.values()
        ]

    async def _set_push_token(self, request: web.Request) -> Any:
        body = await _body(request)
        user = self._sim.cast.named(request.match_info["customer"]).user
        application = str(body.get("key", self._sim.key))
        token = self._sim.platform.token_for(application, user)
        if token is None:
            raise LookupError("push token of this customer")
        expires = body.get("expires")
        if body.get("expired"):
            expires = self._sim.clock.now() - 1
        reachable = body.get("reachable")
        self._sim.platform.change_token(
            token,
            expires=None if expires is None else float(expires),
            revoked=bool(body.get("revoked")),
            reachable=None if reachable is None else bool(reachable),
        )
        return {"ok": True}

    async def _application(self, request: web.Request) -> Any:
        body = await _body(request)
        application = self._sim.platform.applications[str(body.get("key", self._sim.key))]
        if "webhookurl" in body:
            application.webhook_url = str(body["webhookurl"])
        if "disabled" in body:
            application.disabled = bool(body["disabled"])
        self._sim.platform.add_application(application)
        return application.as_dict() | {"secret": "kept"}

    async def _open_xapp(self, request: web.Request) -> Any:
        body = await _body(request)
        application = self._sim.platform.applications[str(body.get("key", self._sim.key))]
        cast = self._sim.cast
        person = cast.named(str(body.get("customer", cast.customers[0].name)))
        payload = body.get("payload")
        token = self._sim.xapps.open(application, person, str(payload) if payload else None)
        return {"ok": True, "ott": token, "account": person.account.address, "user": person.user}

    async def _messages(self, _: web.Request) -> Any:
        return list(self._sim.xapps.messages)

    async def _drop(self, _: web.Request) -> Any:
        return {"dropped": self._sim.drop_sockets()}

    async def _calls(self, _: web.Request) -> Any:
        return dict(self._sim.calls)

    async def _webhooks(self, _: web.Request) -> Any:
        return [
            {"payload": a.payload, "attempt": a.number, "outcome": a.outcome}
            for a in self._sim.webhooks.attempts
        ]

    async def _books(self, _: web.Request) -> Any:
        return self._sim.report()


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        return {}
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("the body is a JSON object")
    return body
