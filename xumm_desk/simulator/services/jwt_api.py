"""Answer the calls below ``/api/v1/jwt/``: those of a signed-in user (P§1.1), without a secret."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from xumm_desk.simulator.platform.create_validation import RefusedError, is_uuid4
from xumm_desk.simulator.platform.developer_api import DeveloperApi
from xumm_desk.simulator.platform.http_shapes import json_answer, path_parts, read_json
from xumm_desk.simulator.platform.platform import Platform

from .app_storage import UserData
from .xapps import Session, XApps

PREFIX = "/api/v1/jwt"
_SHARED = frozenset({"curated-assets", "hookhash", "payload", "rates", "xrpl-tx"})
"""Calls that the platform answers here as it does under its keys."""


class JwtApi:
    """Authorisation by one-time token, then calls that carry a JSON web token."""

    def __init__(
        self, platform: Platform, developer: DeveloperApi, xapps: XApps, user_data: UserData
    ) -> None:
        self._platform = platform
        self._developer = developer
        self._xapps = xapps
        self._user_data = user_data

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call; the error shapes are those of the developer API."""
        return await self._developer.shaped(request, self._answer)

    async def _answer(
        self, request: web.Request, call: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        parts = path_parts(request, PREFIX)
        if (request.method, parts) == ("GET", ["authorize"]):
            return json_answer(self._authorize(request), headers)
        if (request.method, parts) == ("GET", ["rails"]):
            return self._developer.rails(headers)
        session = self._xapps.session(request.headers.get("Authorization", ""))
        own = await self._own(request, session, parts)
        if own is not None:
            return json_answer(own, headers)
        if parts[0] not in _SHARED:
            raise LookupError
        return await self._developer.serve(request, session.application, parts, call, headers)

    def _authorize(self, request: web.Request) -> Any:
        key = request.headers.get("X-API-Key", "").strip().lower()
        token = request.headers.get("X-API-OTT", "")
        if not is_uuid4(key) or not is_uuid4(token):
            raise RefusedError(812, 403)
        application = self._platform.applications.get(key)
        if application is None:
            raise RefusedError(811, 403)
        if application.disabled:
            raise RefusedError(810, 403)
        return self._xapps.authorize(application, token)

    async def _own(self, request: web.Request, session: Session, parts: list[str]) -> Any:
        key, user = session.application.key, session.user
        match request.method, parts:
            case "GET", ["ping"]:
                return {"pong": True, **session.claims}
            case "GET", ["userdata"]:
                return self._user_data.keys(key, user)
            case "GET", ["userdata", names]:
                return self._user_data.read(key, user, names.split(","))
            case "POST", ["userdata", name]:
                return self._user_data.write(key, user, name, await read_json(request))
            case "DELETE", ["userdata", name]:
                return self._user_data.remove(key, user, name)
            case "GET", ["nftoken-detail", token] if re.fullmatch("[0-9A-Fa-f]{64}", token):
                # The practice ledger holds no tokens of this kind.
                nothing = dict.fromkeys(("issuer", "owner", "name", "image"))
                return nothing | {"token": token.upper()}
        return None
