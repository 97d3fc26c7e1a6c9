"""One payload, and the answers that are derived from what is stored of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

Body = dict[str, Any]


@dataclass(slots=True)
class Application:
    """One developer application: its key pair and what customers see of it."""

    key: str
    secret: str
    name: str
    webhook_url: str = ""
    disabled: bool = False

    def as_dict(self) -> Body:
        """For the state file."""
        return asdict(self)


@dataclass(slots=True)
class Payload:
    """Everything stored of a sign request (P§10a "State kept per payload"); times unix seconds.

    ``expired`` is not here on purpose: it is a comparison with the clock on every read.
    """

    uuid: str
    application: str
    request_json: Body
    options: Body
    custom_meta: Body
    created: float
    expires: float
    pushed: bool = False
    pushed_to: str | None = None
    cancelled: bool = False
    app_open_count: int = 0
    web_open_count: int = 0
    handler: str | None = None
    rejected: bool = False
    hex: str | None = None
    txid: str | None = None
    signer: str | None = None
    account: str | None = None
    multisign_account: str = ""
    signmethod: str | None = None
    origintype: str | None = None
    environment: Body = field(default_factory=dict)
    dispatched: Body = field(default_factory=dict)
    resolved_at: float | None = None
    issued_token: str | None = None
    patch_call: str | None = None

    @property
    def resolved(self) -> bool:
        """Handled by somebody: signed or rejected."""
        return self.handler is not None

    @property
    def signed(self) -> bool:
        """A blob was stored."""
        return bool(self.hex)

    def expired(self, now: float) -> bool:
        """Pure clock comparison (P§3.1): true later for paid payloads too."""
        return now >= self.expires

    @property
    def opened_by_deeplink(self) -> bool | None:
        """None until a phone opened it; False once the web page was loaded (P§3.1)."""
        return None if self.app_open_count == 0 else self.web_open_count == 0

    def as_dict(self) -> Body:
        """For the state file."""
        return asdict(self)


def stamp(moment: float | None) -> str | None:
    """Whole-second ISO text with Z, or None."""
    if moment is None:
        return None
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def return_urls(payload: Payload) -> dict[str, str | None]:
    """Return addresses with their placeholders filled (P§2.1)."""
    fills = {
        "{id}": payload.uuid,
        "{cid}": quote(payload.custom_meta.get("identifier") or "", safe=""),
        "{txid}": payload.txid or "",
        "{txblob}": payload.hex or "",
    }
    urls = payload.options.get("return_url") or {}
    filled: dict[str, str | None] = {}
    for side in ("app", "web"):
        url = urls.get(side)
        if isinstance(url, str):
            for mark, text in fills.items():
                url = url.replace(mark, text)
        filled[side] = url if isinstance(url, str) else None
    return filled


def meta_of(payload: Payload, now: float) -> Body:
    """The ``meta`` object of GET and DELETE (P§3.1)."""
    options, urls = payload.options, return_urls(payload)
    destination = payload.request_json.get("Destination", "")
    return {
        "exists": True,
        "uuid": payload.uuid,
        "multisign": options["multisign"],
        "submit": options["submit"],
        "pathfinding": options["pathfinding"],
        "pathfinding_fallback": options["pathfinding_fallback"],
        "force_network": options["force_network"],
        "destination": destination,
        "resolved_destination": destination,
        "resolved": payload.resolved,
        "signed": payload.signed,
        "cancelled": payload.cancelled,
        "expired": payload.expired(now),
        "pushed": payload.pushed,
        "app_opened": payload.app_open_count > 0,
        "opened_by_deeplink": payload.opened_by_deeplink,
        "return_url_app": urls["app"],
        "return_url_web": urls["web"],
        "is_xapp": False,
        "signers": options["signers"],
    }


def payload_of(payload: Payload, now: float) -> Body:
    """The ``payload`` object of GET."""
    request = payload.request_json
    return {
        "tx_type": request.get("TransactionType", ""),
        "tx_destination": request.get("Destination", ""),
        # Tag 0 turns into null on the real platform too (P§3.1).
        "tx_destination_tag": request.get("DestinationTag") or None,
        "request_json": request,
        "origintype": payload.origintype,
        "signmethod": payload.signmethod,
        "created_at": stamp(payload.created),
        "expires_at": stamp(payload.expires),
        "expires_in_seconds": int(payload.expires - now),
    }


def response_of(payload: Payload, empty: str | None) -> Body:
    """The ``response`` object of GET; ``empty`` stands in a rejected one's text fields."""
    blank = empty if payload.resolved else None
    sent, where = payload.dispatched, payload.environment
    account = payload.account
    if not payload.resolved:
        account = payload.request_json.get("Account")
    return {
        "hex": payload.hex or blank,
        "txid": payload.txid or blank,
        "resolved_at": stamp(payload.resolved_at),
        "dispatched_to": sent.get("to") or blank,
        "dispatched_nodetype": sent.get("nodetype") or blank,
        "dispatched_result": sent.get("result") or blank,
        "dispatched_to_node": bool(sent),
        "environment_nodeuri": where.get("nodeuri") or blank,
        "environment_nodetype": where.get("nodetype") or blank,
        "environment_networkid": where.get("networkid"),
        "multisign_account": payload.multisign_account if payload.resolved else None,
        "account": account or blank,
        "signer": payload.signer or blank,
        "user": payload.handler,
    }


def custom_meta_of(payload: Payload) -> Body:
    """The ``custom_meta`` object as it was sent, absent parts null."""
    return {k: payload.custom_meta.get(k) for k in ("identifier", "blob", "instruction")}


def payload_state(payload: Payload, now: float) -> str:
    """One word for a payload, in the decision order of P§3.2."""
    if payload.signed:
        return "signed"
    if payload.resolved:
        return "rejected"
    if payload.cancelled:
        return "cancelled"
    if payload.expired(now):
        return "expired" if payload.app_open_count == 0 else "expired after opening"
    return "opened" if payload.app_open_count else "created"
