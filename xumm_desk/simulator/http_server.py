"""Routes: which address leads to which part of the simulated world."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from xumm_desk.simulator.platform.create_validation import RefusedError, is_uuid4
from xumm_desk.simulator.platform.developer_api import PREFIX
from xumm_desk.simulator.platform.http_shapes import fatal, soft_error
from xumm_desk.simulator.platform.web_pages import icon
from xumm_desk.simulator.runtime.wire_faults import (
    abort_connection,
    ledger_faults,
    lose_answer,
    platform_faults,
)
from xumm_desk.simulator.services.jwt_api import PREFIX as JWT_PREFIX

from .control_api import Control

if TYPE_CHECKING:
    from .simulator import Simulator


def build(simulator: Simulator) -> web.Application:
    """The web application of one simulator."""
    server = _Server(simulator)
    app = web.Application(client_max_size=1 << 20, middlewares=[abort_connection])
    app.add_routes(Control(simulator).routes())
    app.router.add_get("/practice/icon.png", icon)
    app.router.add_route("*", "/api/v1/app/payload/{uuid}", server.phone)
    app.router.add_route("*", PREFIX + "/{tail:.*}", server.developer)
    app.router.add_route("*", JWT_PREFIX + "/{tail:.*}", server.jwt)
    app.router.add_route("*", "/oauth2/{tail:.*}", simulator.sign_in.handle)
    app.router.add_route("*", "/ledger", server.ledger)
    app.router.add_route("*", "/ledger/", server.ledger)
    app.router.add_route("*", "/ledger/whole", server.whole_ledger)
    app.router.add_route("GET", "/sign/{name}", server.sign)
    app.router.add_route("GET", "/sign/{name}/qr", server.sign)
    app.router.add_route("*", "/{tail:.*}", server.nowhere)
    return app


class _Server:
    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator

    async def developer(self, request: web.Request) -> web.StreamResponse:
        self._sim.calls.add(request.method, request.path)
        return await platform_faults(request, self._sim.switches, self._sim.developer_api.handle)

    async def jwt(self, request: web.Request) -> web.StreamResponse:
        self._sim.calls.add(request.method, request.path)
        return await platform_faults(request, self._sim.switches, self._sim.jwt_api.handle)

    async def ledger(self, request: web.Request) -> web.StreamResponse:
        api = self._sim.ledger_server
        return await ledger_faults(request, self._sim.switches, api.handle)

    async def whole_ledger(self, request: web.Request) -> web.StreamResponse:
        """A second node, which has the whole history and never fails."""
        return await self._sim.whole_ledger_server.handle(request)

    async def sign(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        switches = self._sim.switches
        if request.headers.get("Upgrade", "").lower() != "websocket":
            self._sim.calls.add("GET", request.path)

            async def page(inner: web.Request) -> web.StreamResponse:
                return await self._sim.pages.handle(inner, name)

            return await platform_faults(request, switches, page)
        self._sim.calls.add("WS", request.path)
        if switches.refuse_sockets:
            lose_answer(request)
            return web.Response()

        async def socket(inner: web.Request) -> web.StreamResponse:
            return await self._sim.status_socket.serve(inner, name)

        return await platform_faults(request, switches, socket)

    async def phone(self, request: web.Request) -> web.StreamResponse:
        uuid = request.match_info["uuid"]
        user = request.headers.get("X-Practice-User", "00000000-0000-4000-8000-000000000001")
        if not is_uuid4(uuid):
            return fatal(request, 404, "Endpoint unknown or method invalid for given endpoint")
        try:
            if request.method == "GET":
                origin = request.query.get("from", "UNKNOWN")
                return web.json_response(self._sim.phone_api.open(uuid, user, origin))
            if request.method == "PATCH":
                body = json.loads(await request.read())
                return web.json_response(self._sim.phone_api.patch(uuid, user, body))
        except RefusedError as refusal:
            return soft_error(uuid, refusal.code, refusal.status)
        except ValueError:
            return fatal(request, 400, "The body is not JSON")
        return fatal(request, 404, "Endpoint unknown or method invalid for given endpoint")

    @staticmethod
    async def nowhere(request: web.Request) -> web.StreamResponse:
        return fatal(request, 404, "Endpoint unknown or method invalid for given endpoint")
