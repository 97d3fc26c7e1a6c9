"""The sign-in service that the platform runs beside its API (OAuth2, P§1.1), below ``/oauth2/``.

A simulated customer agrees at once, so a browser is sent back without a page in between.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from xumm_desk.simulator.cast import Cast, Person
from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.platform.payload import Application
from xumm_desk.simulator.platform.platform import Platform

from .xapps import TOKEN_SECONDS, XApps


@dataclass(frozen=True, slots=True)
class _Consent:
    """What a customer has agreed to, until the code for it is used."""

    application: Application
    person: Person
    redirect: str
    challenge: str


class SignInService:
    """``auth``, ``token`` and ``userinfo``."""

    def __init__(self, platform: Platform, cast: Cast, xapps: XApps, network: str) -> None:
        self._platform = platform
        self._cast = cast
        self._xapps = xapps
        self._network = network
        self._consents: dict[str, _Consent] = {}
        self.node = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        match request.method, request.match_info["tail"].strip("/"):
            case "GET", "auth":
                return self._auth(request)
            case "POST", "token":
                return await self._token(request)
            case "GET" | "POST", "userinfo":
                return self._user_info(request)
        return _refused("invalid_request", 404)

    def _auth(self, request: web.Request) -> web.StreamResponse:
        asked = request.query
        application = self._platform.applications.get(asked.get("client_id", ""))
        redirect = asked.get("redirect_uri", "")
        if application is None or urlsplit(redirect).scheme not in ("http", "https"):
            return _refused("invalid_request")
        person = self._cast.named(asked.get("customer") or self._cast.customers[0].name)
        code = str(uuid.uuid4())
        challenge = asked.get("code_challenge", "")
        self._consents[code] = _Consent(application, person, redirect, challenge)
        # The Python SDK looks for the longer name, everybody else for the standard's.
        back = {"code": code, "authorization_code": code, "state": asked.get("state", "")}
        mark = "&" if urlsplit(redirect).query else "?"
        return web.Response(status=302, headers={"Location": f"{redirect}{mark}{urlencode(back)}"})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        consent = self._consents.pop(form.get("code", ""), None)
        if consent is None:
            return _refused("invalid_grant")
        key, secret = _basic(request.headers.get("Authorization", ""))
        key, secret = form.get("client_id") or key, form.get("client_secret") or secret
        proven = secret == consent.application.secret
        if consent.challenge and not proven:
            proven = _challenge(form.get("code_verifier", "")) == consent.challenge
        if key != consent.application.key or not proven:
            return _refused("invalid_client", 401)
        return web.json_response(
            {
                "access_token": self._xapps.sign_in(consent.application, consent.person),
                "token_type": "bearer",
                "expires_in": TOKEN_SECONDS,
                "refresh_token": str(uuid.uuid4()),
            }
        )

    def _user_info(self, request: web.Request) -> web.StreamResponse:
        try:
            session = self._xapps.session(request.headers.get("Authorization", ""))
        except RefusedError:
            return _refused("invalid_token", 401)
        account = session.claims["account"]
        names = {p.account.address: p.name for p in self._cast.payers()}
        known: dict[str, Any] = {
            "sub": account,
            "email": f"{account}@{urlsplit(self._platform.base).hostname}",
            "picture": f"{self._platform.base}/practice/icon.png",
            "account": account,
            "name": names.get(account, ""),
            "domain": "",
            "blocked": False,
            "source": "practice",
            "force_dtag": False,
            "kycApproved": False,
            "proSubscription": False,
            "networkType": self._network,
            "networkEndpoint": self.node,
        }
        return web.json_response(known)


def _refused(error: str, status: int = 400) -> web.Response:
    return web.json_response({"error": error}, status=status)


def _basic(header: str) -> tuple[str, str]:
    kind, _, text = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        key, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return key, secret


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
