"""The whole state of the simulated world in one document, for tests to compare with."""

from __future__ import annotations

from typing import Any

from xumm_desk.simulator.ledger.ledger import Ledger
from xumm_desk.simulator.ledger.records import ValidatedTx
from xumm_desk.simulator.platform.payload import Payload, payload_state
from xumm_desk.simulator.platform.platform import Platform

from .phone import Phone


def payload_summary(payload: Payload, now: float) -> dict[str, Any]:
    """One payload as the control API lists it."""
    request = payload.request_json
    return {
        "uuid": payload.uuid,
        "application": payload.application,
        "state": payload_state(payload, now),
        "type": request.get("TransactionType"),
        "amount": request.get("Amount"),
        "destination": request.get("Destination"),
        "destination_tag": request.get("DestinationTag"),
        "identifier": payload.custom_meta.get("identifier"),
        "instruction": payload.custom_meta.get("instruction"),
        "created": payload.created,
        "expires": payload.expires,
        "expires_in_seconds": int(payload.expires - now),
        "opened": payload.app_open_count,
        "cancelled": payload.cancelled,
        "expired": payload.expired(now),
        "txid": payload.txid,
        "dispatched_result": payload.dispatched.get("result"),
        "handler": payload.handler,
    }


def entry_summary(entry: ValidatedTx, meant_for: str | None) -> dict[str, Any]:
    """One validated transaction as the books list it."""
    return {
        "hash": entry.txid,
        "ledger_index": entry.ledger_index,
        "type": entry.fields["TransactionType"],
        "account": entry.fields["Account"],
        "destination": entry.fields.get("Destination"),
        "destination_tag": entry.fields.get("DestinationTag"),
        "result": entry.result,
        "delivered": entry.meta.get("delivered_amount"),
        "meant_for": meant_for,
    }


def world_report(platform: Platform, ledger: Ledger, phone: Phone) -> dict[str, Any]:
    """Every payload, every transaction, and which payload each was meant to pay."""
    now = platform.clock.now()
    entries = [
        entry_summary(e, phone.intended_payload.get(e.txid)) for e in ledger.entries.values()
    ]
    paid: dict[str, list[str]] = {}
    for line in entries:
        if line["meant_for"] and line["result"] == "tesSUCCESS":
            paid.setdefault(line["meant_for"], []).append(line["hash"])
    payloads = [
        payload_summary(p, now) | {"paid_by": paid.get(p.uuid, [])}
        for p in platform.payloads.values()
    ]
    return {
        "payloads": payloads,
        "transactions": entries,
        "pending": [
            {
                "hash": p.txid,
                "meant_for": phone.intended_payload.get(p.txid),
                "never": p.override.never,
            }
            for p in ledger.pending.values()
        ],
        "deeds": [action.as_dict() for action in phone.actions],
        "balances": {a.address: str(a.balance) for a in ledger.state.accounts.values()},
        "ledger_index": ledger.last,
    }
