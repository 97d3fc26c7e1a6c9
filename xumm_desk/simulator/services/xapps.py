"""Signed-in users: tokens of xApps and sign-ins, and messages pushed to phones (P§1.5).

The real platform signs its tokens with RS256 and publishes the keys. Here HS256 with the
application's secret is used, so that a token outlives a restart and needs no key of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Any

from xumm_desk.simulator.cast import Cast, Person
from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.platform.payload import Application, Body
from xumm_desk.simulator.platform.platform import Platform

from .account_profiles import IDENTIFIED

TOKEN_SECONDS = 86_400
BAD_TOKEN, NOT_FOUND = 813, 404
_MESSAGES_KEPT = 200


@dataclass(frozen=True, slots=True)
class Session:
    """Who a JSON web token speaks for: an application, a user, and the claims as they are."""

    application: Application
    user: str
    claims: Body


@dataclass(frozen=True, slots=True)
class _Opened:
    """An xApp that a customer has opened, until its one-time token is used."""

    application: str
    person: Person
    payload: str | None


class XApps:
    """Issues and checks tokens, and keeps what was pushed."""

    def __init__(self, platform: Platform, cast: Cast, network: str, network_id: int) -> None:
        self._platform = platform
        self._cast = cast
        self._network = network
        self._network_id = network_id
        self._opened: dict[str, _Opened] = {}
        self.node = ""
        self.messages: deque[Body] = deque(maxlen=_MESSAGES_KEPT)

    # -- one-time tokens ------------------------------------------------------

    def open(self, application: Application, person: Person, payload: str | None = None) -> str:
        """A customer opens the application's xApp; returns the one-time token."""
        token = str(uuid.uuid4())
        self._opened[token] = _Opened(application.key, person, payload)
        return token

    def take(self, application: Application, token: str) -> Body:
        """The data behind a one-time token; RefusedError(404) when it was used, or is foreign."""
        return self._data(self._take(application, token))

    def authorize(self, application: Application, token: str) -> Body:
        """Change a one-time token for its data and a JSON web token."""
        opened = self._take(application, token)
        claims = self._claims(application) | {"ott_uuidv4": token.lower()}
        claims |= {"user": opened.person.user, "account": opened.person.account.address}
        app = {"name": application.name, "uuidv4": application.key}
        return {"ott": self._data(opened), "app": app, "jwt": _signed(claims, application.secret)}

    def sign_in(self, application: Application, person: Person, scope: str = "XummPkce") -> str:
        """A JSON web token as the OAuth2 sign-in issues it."""
        claims = self._claims(application) | {
            "client_id": application.key,
            "state": "",
            "scope": scope,
            "nonce": "",
            "aud": application.key,
            "sub": person.account.address,
            "user": person.user,
            "account": person.account.address,
            "payload_uuidv4": str(uuid.uuid4()),
            "usertoken_uuidv4": self._token_of(application, person.user),
            "iss": self._platform.base,
        }
        return _signed(claims, application.secret)

    def session(self, authorization: str) -> Session:
        """Who an ``Authorization`` header speaks for; RefusedError(813) when nobody."""
        kind, _, token = authorization.partition(" ")
        claims = _read(token.strip()) if kind.lower() == "bearer" else None
        known = self._platform.applications
        application = known.get(str(claims.get("app_uuidv4"))) if claims else None
        if claims is None or application is None or not _holds(token.strip(), application.secret):
            raise RefusedError(BAD_TOKEN, 403)
        if claims["exp"] <= self._platform.clock.now():
            raise RefusedError(BAD_TOKEN, 403)
        if application.disabled:
            raise RefusedError(810, 403)
        return Session(application, str(claims["user"]), claims)

    def _take(self, application: Application, token: str) -> _Opened:
        opened = self._opened.get(token.strip().lower())
        if opened is None or opened.application != application.key:
            raise RefusedError(NOT_FOUND, 404)
        del self._opened[token.strip().lower()]
        return opened

    def _claims(self, application: Application) -> Body:
        now = int(self._platform.clock.now())
        return {
            "app_uuidv4": application.key,
            "app_name": application.name,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }

    def _token_of(self, application: Application, user: str) -> str:
        known = self._platform.token_for(application.key, user)
        return known.token if known is not None else str(uuid.uuid4())

    def _data(self, opened: _Opened) -> Body:
        address = opened.person.account.address
        origin: Body = {"type": "QR", "data": {}}
        if opened.payload:
            origin = {"type": "PAYLOAD", "data": {"payload": opened.payload}}
        return {
            "locale": "en",
            "version": "4.0.0",
            "account": address,
            "accountaccess": "FULL",
            "accounttype": "REGULAR",
            "style": "LIGHT",
            "origin": origin,
            "user": opened.person.user,
            "user_device": {"currency": "USD", "platform": "practice"},
            "account_info": {
                "account": address,
                "name": opened.person.name,
                "domain": "",
                "blocked": False,
                "source": "practice",
                "kycApproved": opened.person.name in IDENTIFIED,
                "proSubscription": False,
                "profile": {
                    "slug": None,
                    "profileUrl": None,
                    "accountSlug": None,
                    "payString": None,
                },
            },
            "nodetype": self._network,
            "nodewss": self.node,
            "networkid": self._network_id,
            "currency": "USD",
            "subscriptions": [],
        }

    # -- pushes ---------------------------------------------------------------

    def push(self, application: Application, body: object, kind: str) -> Body:
        """Push a message to a phone; ``pushed`` is False where no token allows it."""
        wanted = body if isinstance(body, dict) else {}
        user = self._user(application, wanted)
        message = {"kind": kind, "application": application.key, "user": user, "body": wanted}
        if user is not None:
            self.messages.append(message)
        if kind == "event":
            return {"pushed": user is not None, "uuid": str(uuid.uuid4())}
        return {"pushed": user is not None}

    def _user(self, application: Application, wanted: Body) -> str | None:
        now = self._platform.clock.now()
        cast = {p.account.address: p.user for p in self._cast.payers()}
        users = {wanted.get("user_uuid"), cast.get(str(wanted.get("user_account")))}
        for token in self._platform.tokens.values():
            if token.application != application.key or token.expires <= now:
                continue
            if wanted.get("user_token") == token.token or token.user in users:
                return token.user
        return None


def _signed(claims: Body, secret: str) -> str:
    head = _text(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = _text(json.dumps(claims, separators=(",", ":")).encode())
    return f"{head}.{body}.{_mac(f'{head}.{body}', secret)}"


def _holds(token: str, secret: str) -> bool:
    signed, _, mac = token.rpartition(".")
    return hmac.compare_digest(mac.encode(), _mac(signed, secret).encode())


def _mac(text: str, secret: str) -> str:
    return _text(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())


def _read(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
