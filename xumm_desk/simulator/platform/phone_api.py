"""What the platform lets a phone do to a payload (P§10a)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xrpl.core.addresscodec import is_valid_classic_address

from xumm_desk.simulator.runtime.keys import address_of, decode_blob, txid_of

from .create_validation import RefusedError
from .payload import Body, Payload, custom_meta_of, meta_of, payload_of, response_of, return_urls
from .platform import Platform, new_call

ALREADY_RESOLVED, FOREIGN_HANDLER, NO_UPDATE = 409, 403, 509
BLOB_MISSING, BLOB_BAD, TXID_BAD, TXID_FOREIGN, MULTISIGN_BAD = 800, 801, 802, 803, 804
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(slots=True)
class Resolution:
    """A payload was signed or rejected: what webhooks are told about it."""

    payload: Payload
    message: Body


@dataclass(slots=True)
class PhoneApiListeners:
    """Listeners for resolutions and for phones that opened a payload."""

    resolved: list[Callable[[Resolution], None]] = field(default_factory=list)
    opened: list[Callable[[Payload, str], None]] = field(default_factory=list)


class PhoneApi:
    """The phone's side of the platform: open, sign, report the dispatch, reject."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.listeners = PhoneApiListeners()

    def open(self, uuid: str, user: str, origin: str = "QR") -> Body:
        """A phone fetches it; RefusedError 404, or 403 when another user resolved it."""
        payload = self._find(uuid)
        if payload.handler not in (None, user):
            raise RefusedError(FOREIGN_HANDLER, 403)
        now = self._platform.clock.now()
        if not payload.expired(now):
            payload.app_open_count += 1
        payload.origintype = payload.origintype or origin
        self._platform.save(payload)
        self._platform.hub.publish(payload.uuid, "opened", {"opened": True})
        for listener in self.listeners.opened:
            listener(payload, user)
        return self._answer(payload, now)

    def patch(self, uuid: str, user: str, body: object, *, unchecked: bool = False) -> Body:
        """One of the three PATCH bodies; RefusedError with the phone-side codes of P§1.4.

        Expiry and cancellation are not looked at, on purpose (P§10a). ``unchecked`` lets a
        scripted fault store what a careful server would refuse.
        """
        payload = self._find(uuid)
        if not isinstance(body, dict):
            raise RefusedError(NO_UPDATE)
        if "dispatched" in body and "signed_blob" not in body:
            return self._dispatched(payload, user, body)
        if payload.resolved:
            raise RefusedError(ALREADY_RESOLVED)
        if body.get("reject"):
            return self._reject(payload, user, body)
        if not unchecked:
            _check_signed(body)
        return self._sign(payload, user, body)

    def signers(self, uuid: str) -> list[str]:
        """The accounts that may sign, for whoever hands the code to somebody; empty for any."""
        payload = self._platform.payloads.get(uuid.lower())
        named = payload.options.get("signers") if payload is not None else None
        return list(named or [])

    def _find(self, uuid: str) -> Payload:
        payload = self._platform.payloads.get(uuid.lower())
        if payload is None:
            raise RefusedError(404, 404)
        return payload

    def _sign(self, payload: Payload, user: str, body: Body) -> Body:
        switches, hub = self._platform.switches, self._platform.hub
        before = switches.publish_before_store_ms
        if before:
            self._platform.hold_back(payload, before)
        blob = str(body["signed_blob"]).upper()
        fields = decode_blob(blob) or {}
        payload.hex = blob
        payload.txid = str(body["tx_id"]).upper()
        payload.signer = address_of(str(body.get("signpubkey") or fields.get("SigningPubKey")))
        payload.account = fields.get("Account") or payload.signer
        payload.multisign_account = str(body.get("multisigned") or "")
        payload.signmethod = body.get("signmethod")
        payload.environment = dict(body.get("environment") or {})
        self._resolve(payload, user, body)
        hub.publish(payload.uuid, "pre_signed", {"pre_signed": True})
        if switches.resolve_at == "patch1" or not payload.options["submit"]:
            self._announce(payload)
        return {"reference_call_uuidv4": payload.patch_call, "signed": True}

    def _dispatched(self, payload: Payload, user: str, body: Body) -> Body:
        if not payload.signed or payload.handler != user:
            raise RefusedError(NO_UPDATE)
        report = body.get("dispatched")
        if not isinstance(report, dict):
            raise RefusedError(NO_UPDATE)
        first = not payload.dispatched
        payload.dispatched = {
            "to": report.get("to"),
            "nodetype": str(report.get("nodetype") or "").upper() or None,
            "result": report.get("result"),
        }
        self._platform.save(payload)
        self._platform.hub.publish(payload.uuid, "dispatched", {"dispatched": True})
        if first and self._platform.switches.resolve_at == "patch2":
            self._announce(payload)
        return {"signed": True}

    def _reject(self, payload: Payload, user: str, body: Body) -> Body:
        before = self._platform.switches.publish_before_store_ms
        if before:
            self._platform.hold_back(payload, before)
        payload.rejected = True
        self._resolve(payload, user, body)
        self._announce(payload)
        return {"reference_call_uuidv4": payload.patch_call, "signed": False}

    def _resolve(self, payload: Payload, user: str, body: Body) -> None:
        payload.handler = user
        payload.resolved_at = self._platform.clock.now()
        payload.origintype = body.get("origintype") or payload.origintype
        payload.patch_call = new_call()
        if payload.signed and (body.get("permission") or {}).get("push"):
            self._platform.grant(payload, user)
        self._platform.save(payload)

    def _announce(self, payload: Payload) -> None:
        message = self.resolve_message(payload)
        self._platform.hub.publish(payload.uuid, "resolved", message)
        for listener in self.listeners.resolved:
            listener(Resolution(payload, message))

    def resolve_message(self, payload: Payload) -> Body:
        """The resolve message of P§5.1."""
        switches = self._platform.switches
        custom = custom_meta_of(payload)
        if switches.ws_blob == "omit":
            del custom["blob"]
        message: Body = {
            "payload_uuidv4": payload.uuid,
            "reference_call_uuidv4": payload.patch_call,
            "signed": payload.signed,
            "user_token": payload.issued_token is not None,
            "return_url": return_urls(payload),
        }
        if payload.signed:
            message["txid"] = payload.txid
        elif switches.txid_on_reject != "absent":
            message["txid"] = None if switches.txid_on_reject == "null" else ""
        message["opened_by_deeplink"] = payload.opened_by_deeplink
        message["custom_meta"] = custom
        return message

    def _answer(self, payload: Payload, now: float) -> Body:
        meta: dict[str, Any] = meta_of(payload, now)
        meta["custom_instruction"] = payload.custom_meta.get("instruction")
        shown = payload_of(payload, now)
        if shown["tx_type"] == "SignIn":
            inner = {k: v for k, v in payload.request_json.items() if k != "TransactionType"}
            shown["request_json"] = inner
        return {
            "meta": meta,
            "application": self._platform.application_of(payload),
            "payload": shown | {"hash": ""},
            "response": response_of(payload, self._platform.switches.empty_as),
        }


def _check_signed(body: Body) -> None:
    blob, txid = body.get("signed_blob"), body.get("tx_id")
    if not isinstance(txid, str) or len(txid) != 64 or not set(txid) <= _HEX:
        raise RefusedError(TXID_BAD)
    if not isinstance(blob, str) or not blob or len(blob) % 2 or not set(blob) <= _HEX:
        raise RefusedError(BLOB_MISSING)
    if decode_blob(blob) is None:
        raise RefusedError(BLOB_BAD)
    if txid_of(blob) != txid.upper():
        raise RefusedError(TXID_FOREIGN)
    member = body.get("multisigned")
    if member and not is_valid_classic_address(str(member)):
        raise RefusedError(MULTISIGN_BAD)
