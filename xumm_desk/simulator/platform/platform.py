"""The platform's payloads, applications and push tokens."""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from xumm_desk.simulator.runtime.clock import Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches

from .create_validation import CreateRequest, RefusedError, is_uuid4
from .frame_hub import FrameHub
from .payload import Application, Body, Payload, custom_meta_of, meta_of, payload_of, response_of

NOT_FOUND, TAKEN = 404, 409
TOKEN_LIFE = 30 * 86_400


@dataclass(slots=True)
class PushToken:
    """A customer's permission to be pushed by one application; times unix seconds (P§7).
    `reachable` is False while none of his devices takes pushes."""

    token: str
    application: str
    user: str
    issued: float
    expires: float
    payload: str
    reachable: bool = True


class Platform:
    """All payloads of all applications."""

    def __init__(
        self, clock: Clock, store: DocumentStore, switches: FaultSwitches, hub: FrameHub
    ) -> None:
        self.clock = clock
        self.switches = switches
        self.hub = hub
        self.applications: dict[str, Application] = {}
        self.payloads: dict[str, Payload] = {}
        self.tokens: dict[str, PushToken] = {}
        self.on_created: list[Callable[[Payload], None]] = []
        self._stale: dict[str, tuple[float, Payload]] = {}
        self.base = ""
        self.socket_base = ""
        self._store = store
        self._identifiers: dict[tuple[str, str], str] = {}
        self._born: dict[str, float] = {}

    # -- state ----------------------------------------------------------------

    def load(self) -> None:
        """Load everything in the state file."""
        for key, document in self._store.all_of("application"):
            self.applications[key] = Application(**document)
        for uuid_, document in self._store.all_of("payload"):
            self.payloads[uuid_] = payload = Payload(**document)
            self._remember_identifier(payload)
        for token, document in self._store.all_of("token"):
            self.tokens[token] = PushToken(**document)

    def add_application(self, application: Application) -> None:
        """Register or change an application."""
        self.applications[application.key] = application
        self._store.put("application", application.key, application.as_dict())

    def save(self, payload: Payload) -> None:
        """Save the present state of a payload."""
        self._store.put("payload", payload.uuid, payload.as_dict())

    # -- developer's calls ------------------------------------------------------

    def create(self, application: Application, asked: CreateRequest, call: str) -> Payload:
        """Store a new payload; RefusedError(409) when its identifier was ever used (P§1.4)."""
        identifier = asked.custom_meta["identifier"]
        if identifier is not None and (application.key, identifier) in self._identifiers:
            raise RefusedError(TAKEN)
        now = self.clock.now()
        minutes = asked.expire_minutes
        if self.switches.expire_cap_minutes:
            minutes = min(minutes, self.switches.expire_cap_minutes)
        user = self._user_of(application, asked.user_token)
        payload = Payload(
            uuid=call,
            application=application.key,
            request_json=asked.request_json,
            options=asked.options,
            custom_meta=asked.custom_meta,
            created=now,
            expires=now + minutes * 60,
            pushed=user is not None,
            pushed_to=user,
        )
        self.payloads[payload.uuid] = payload
        self._born[payload.uuid] = time.monotonic()
        self._remember_identifier(payload)
        self.save(payload)
        for listener in self.on_created:
            listener(payload)
        return payload

    def created_answer(self, payload: Payload) -> Body:
        """The answer to a create call (P§2.3)."""
        page = f"{self.base}/sign/{payload.uuid}"
        following = {"always": page}
        if payload.pushed:
            following["no_push_msg_received"] = f"{page}/qr"
        return {
            "uuid": payload.uuid,
            "next": following,
            "refs": {
                "qr_png": f"{page}_q.png",
                "qr_matrix": f"{page}_q.json",
                "qr_uri_quality_opts": ["m", "q", "h"],
                "websocket_status": f"{self.socket_base}/sign/{payload.uuid}",
            },
            "pushed": payload.pushed,
        }

    def find(self, application: Application, uuid_: str) -> Payload:
        """An own payload by uuid; RefusedError(404) for unknown and foreign ones alike."""
        payload = self.payloads.get(uuid_.lower())
        if payload is None or payload.application != application.key:
            raise RefusedError(NOT_FOUND, 404)
        return payload

    def find_by_identifier(self, application: Application, identifier: str) -> Payload:
        """An own payload by its exact identifier; RefusedError(404)."""
        uuid_ = self._identifiers.get((application.key, identifier))
        if uuid_ is None:
            raise RefusedError(NOT_FOUND, 404)
        return self.payloads[uuid_]

    def hold_back(self, payload: Payload, milliseconds: int) -> None:
        """Let the developer go on seeing the payload as it is now for a while (P§5.2 no. 3)."""
        until = time.monotonic() + milliseconds / 1000
        self._stale[payload.uuid] = (until, copy.deepcopy(payload))

    def visible(self, payload: Payload) -> bool:
        """Whether a back-end already knows a fresh payload (P§2.3, visibility delay)."""
        born = self._born.get(payload.uuid, 0.0)
        return time.monotonic() >= born + self.switches.visibility_delay_ms / 1000

    def answer(self, payload: Payload) -> Body:
        """The complete GET answer (P§3.1)."""
        until, old = self._stale.get(payload.uuid, (0.0, payload))
        if time.monotonic() < until:
            payload = old
        now = self.clock.now()
        return {
            "meta": meta_of(payload, now),
            "application": self.application_of(payload),
            "payload": payload_of(payload, now),
            "response": response_of(payload, self.switches.empty_as),
            "custom_meta": custom_meta_of(payload),
        }

    def application_of(self, payload: Payload) -> Body:
        """The ``application`` object; the token only on the payload that issued it last."""
        application = self.applications[payload.application]
        token = self.tokens.get(payload.issued_token or "")
        issued = token.token if token is not None and token.payload == payload.uuid else None
        return {
            "name": application.name,
            "description": "A practice application",
            "disabled": int(application.disabled),
            "uuidv4": application.key,
            "icon_url": f"{self.base}/practice/icon.png",
            "issued_user_token": issued,
        }

    def cancel(self, payload: Payload) -> Body:
        """Cancel if the rules of P§4 allow it; the answer says so either way."""
        now = self.clock.now()
        meta = meta_of(payload, now) | {"expired": True}
        reason = self._why_not(payload, now)
        if reason == "OK":
            payload.cancelled = True
            payload.expires = now
            self.save(payload)
            if self.switches.cancel_event == "cancelled":
                self.hub.publish(payload.uuid, "cancelled", {"cancelled": True})
            elif self.switches.cancel_event == "expired":
                self.hub.publish(payload.uuid, "expired", {"expired": True})
        return {
            "result": {"cancelled": reason == "OK", "reason": reason},
            "meta": meta,
            "custom_meta": custom_meta_of(payload),
        }

    @staticmethod
    def _why_not(payload: Payload, now: float) -> str:
        if payload.cancelled:
            return "ALREADY_CANCELLED"
        if payload.resolved:
            return "ALREADY_RESOLVED"
        if payload.expired(now):
            return "ALREADY_EXPIRED"
        return "ALREADY_OPENED" if payload.app_open_count else "OK"

    # -- push tokens ------------------------------------------------------------

    def grant(self, payload: Payload, user: str, life: float = TOKEN_LIFE) -> None:
        """Issue or extend the user's push token after a signature (P§7)."""
        now = self.clock.now()
        token = self.token_for(payload.application, user)
        if token is None:
            name = str(uuid.uuid4())
            token = PushToken(name, payload.application, user, now, now + life, payload.uuid)
            self.tokens[name] = token
        token.expires = now + life
        token.payload = payload.uuid
        payload.issued_token = token.token
        self._store.put("token", token.token, asdict(token))

    def token_for(self, application: str, user: str | None) -> PushToken | None:
        """The user's token for an application, expired or not."""
        for token in self.tokens.values():
            if (token.application, token.user) == (application, user):
                return token
        return None

    def token_state(self, application: Application, token: object) -> Body:
        """One entry of a ``user-tokens`` answer."""
        known = self.tokens.get(str(token))
        if known is None or known.application != application.key:
            return {"user_token": token, "active": False}
        return {
            "user_token": token,
            "active": known.expires > self.clock.now(),
            "issued": int(known.issued),
            "expires": int(known.expires),
        }

    def _user_of(self, application: Application, token: str | None) -> str | None:
        known = self.tokens.get(token or "")
        if known is None or known.application != application.key:
            return None
        return known.user if known.reachable and known.expires > self.clock.now() else None

    def change_token(
        self, token: PushToken, *, expires: float | None, revoked: bool, reachable: bool | None
    ) -> None:
        """Let a token end at another time, take it back as its user can in the wallet, or switch
        all of his devices off or on."""
        if revoked:
            del self.tokens[token.token]
            self._store.drop("token", token.token)
            return
        token.expires = token.expires if expires is None else expires
        token.reachable = token.reachable if reachable is None else reachable
        self._store.put("token", token.token, asdict(token))

    def _remember_identifier(self, payload: Payload) -> None:
        identifier = payload.custom_meta.get("identifier")
        if identifier:
            self._identifiers[payload.application, identifier] = payload.uuid


def new_call() -> str:
    """A fresh call reference."""
    return str(uuid.uuid4())


def authenticate(applications: dict[str, Application], headers: Any) -> Application:
    """The application of a key pair; RefusedError with 812, 811, 813 or 810 (P§1.4)."""
    key, secret = headers.get("X-API-Key", ""), headers.get("X-API-Secret", "")
    if not is_uuid4(key) or not is_uuid4(secret):
        raise RefusedError(812, 403)
    application = applications.get(key.strip().lower())
    if application is None:
        raise RefusedError(811, 403)
    if application.secret != secret.strip().lower():
        raise RefusedError(813, 403)
    if application.disabled:
        raise RefusedError(810, 403)
    return application
