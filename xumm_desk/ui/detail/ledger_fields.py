"""What the ledger says of a request's transactions, and where a public explorer shows them."""

from __future__ import annotations

from collections.abc import Iterator

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, networks
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.wire import json_fields
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.time_format import local_and_utc

from .field_list import Section

NOTHING_YET = (
    Message("Nothing on the ledger yet"),
    Message("A transaction is looked up when somebody has signed it."),
)
NO_TRANSACTION = (
    Message("No transaction"),
    Message("This request asks for a signature only: nothing goes to the ledger."),
)


def ledger_sections(row: RequestRow, *, practice: bool = False) -> list[Section]:
    """A section for each transaction of the request, the reported one first."""
    request = row.request
    found = list(_transactions(request))
    if not found:
        return _reported_only(request, practice=practice)
    sections = []
    for number, tx in enumerate(found, start=1):
        title = (
            _("Transaction {number} of {count}", number=number, count=len(found))
            if len(found) > 1
            else ""
        )
        link, note = _explorer(request.spec.network, tx.txid, practice=practice)
        sections.append(Section(title, _fields(request, tx), link, note))
    return sections


def why_no_ledger(request: Request) -> tuple[str, str]:
    """Title and sentence where there is no transaction to show."""
    return NOTHING_YET if request.spec.is_submitted else NO_TRANSACTION


def _transactions(request: Request) -> Iterator[LedgerTx]:
    known: set[str] = set()
    reported = [request.ledger] if request.ledger is not None else []
    for tx in (*reported, *(payment.tx for payment in request.payments)):
        if tx.txid not in known:
            known.add(tx.txid)
            yield tx


def _fields(request: Request, tx: LedgerTx) -> tuple[tuple[str, str], ...]:
    asset = networks.asset_of_id(json_fields.int_at(tx.tx, "NetworkID"))
    fee = amount.parse_amount(tx.tx.get("Fee"), asset)
    closed = json_fields.time_at({"at": tx.closed_at}, "at")
    tag = json_fields.int_at(tx.tx, "DestinationTag")
    matched = next((p.matched_by for p in request.payments if p.tx.txid == tx.txid), "")
    fields = (
        (_("Transaction"), tx.txid),
        (_("State"), _("validated") if tx.validated else _("not validated yet")),
        (_("Result"), tx.result or ""),
        (_("Ledger"), str(tx.ledger_index or "")),
        (_("Closed", context="ledger"), local_and_utc(closed, "").strip()),
        (_("Delivered"), tr(amount.format_amount(tx.delivered)) if tx.validated else ""),
        (_("Fee"), tr(amount.format_amount(fee))),
        (_("Network"), request.spec.network),
        (_("From"), json_fields.string_at(tx.tx, "Account") or ""),
        (_("To"), json_fields.string_at(tx.tx, "Destination") or ""),
        (_("Tag"), "" if tag is None else str(tag)),
        (_("Sequence"), json_fields.string_at(tx.tx, "Sequence") or ""),
        (_("Valid up to ledger"), json_fields.string_at(tx.tx, "LastLedgerSequence") or ""),
        (_("Assigned"), _("by hand") if matched == "hand" else ""),
    )
    return tuple((name, value) for name, value in fields if value)


def _reported_only(request: Request, *, practice: bool) -> list[Section]:
    """The wallet's word for a transaction that no node has shown yet."""
    txid = request.shown_txid
    if txid is None:
        return []
    answer, blob = request.platform, request.blob
    network = request.spec.network
    if answer is not None:
        network = (answer.dispatched_nodetype or answer.environment_nodetype or network).upper()
    if request.ledger_never:
        state = _("It can never be in a ledger any more.")
    elif request.ledger_silent:
        state = _("No ledger node has answered.")
    else:
        state = _("No node has it in a validated ledger yet.")
    looked = request.ledger_index
    last = blob.last_ledger if blob is not None else None
    fields = (
        (_("Transaction"), txid),
        (_("State"), state),
        (_("The wallet's node said"), (answer.dispatched_result or "") if answer else ""),
        (_("Looked for up to ledger"), str(looked or "")),
        (_("Valid up to ledger"), str(last or "")),
        (_("Network"), network),
    )
    link, note = _explorer(network, txid, practice=practice)
    return [Section("", tuple((n, v) for n, v in fields if v), link, note)]


def _explorer(network: str, txid: str, *, practice: bool) -> tuple[str, str]:
    """The link to the explorer of the network, or why there is none."""
    if practice:
        return "", _("A practice payment is on no public ledger, so no explorer shows it.")
    link = networks.explorer_link(network, txid)
    if link:
        return link, ""
    return "", _("No public explorer is known for the network {network}.", network=network)
