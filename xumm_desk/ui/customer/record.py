"""What the customer's screen may know of a request: a record without addresses, identifiers,
errors, notes or other customers' data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, fiat, networks
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import sale_of
from xumm_desk.engine.runtime.registry import RequestRow

from .phases import (
    COUNTING,
    PHASE_BY_STATUS,
    PHASE_TEXTS,
    SCAN_SENTENCES,
    Phase,
    PhaseText,
    Purpose,
)

OTHER_NETWORK: Final = "OTHER"
"""Stands for a network that this program does not know."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One request for the customer's eyes; by default none, and the screen says welcome.

    `headline` is the price, `detail` what is paid for it where that is another asset. `code` is the
    text in the QR code, "" while there is none. `deadline` is in monotonic seconds of the engine's
    clock; `expiry_seconds` is the whole time of which it is the end. `network` is a network's key.
    """

    shop: str = ""
    headline: str = ""
    detail: str = ""
    purpose: Purpose = Purpose.PAYMENT
    code: str = ""
    phase: Phase = Phase.IDLE
    deadline: float | None = None
    expiry_seconds: int = 0
    network: str = networks.DEFAULT
    practice: bool = False


def customer_record(
    row: RequestRow | None,
    *,
    shop: str = "",
    practice: bool = False,
    network: str = networks.DEFAULT,
) -> CustomerRecord:
    """The record of a row; of None, the idle screen of a shop on `network`."""
    idle = CustomerRecord(
        shop=isolate(shop), practice=practice, network=_network_mark(network, practice)
    )
    if row is None:
        return idle
    spec = row.request.spec
    purpose = _purpose(spec)
    headline, detail = _headline(spec, purpose)
    phase = PHASE_BY_STATUS[row.verdict.status]
    if row.verdict.foreign_network and phase in (Phase.PAID, Phase.SIGNED):
        phase = Phase.ASK  # it was paid with what the shop does not count as money
    return replace(
        idle,
        headline=headline,
        detail=detail,
        purpose=purpose,
        code=row.request.qr_link or "" if phase is Phase.SCAN else "",
        phase=phase,
        deadline=row.deadline if phase in COUNTING else None,
        expiry_seconds=spec.expire_minutes * 60,
        network=_network_mark(spec.network, practice),
    )


def phase_at(record: CustomerRecord, monotonic: float | None) -> Phase:
    """The phase at this monotonic second; None where nothing is counted."""
    if record.phase is not Phase.SCAN:
        return record.phase
    over = monotonic is not None and record.deadline is not None and record.deadline <= monotonic
    # A code whose time is up must not be scanned; a GET decides what comes next.
    return Phase.PLEASE_WAIT if over or not record.code else Phase.SCAN


def phase_text(record: CustomerRecord, phase: Phase) -> PhaseText:
    """The sentence and the shape of the screen in this phase of this record."""
    text = PHASE_TEXTS[phase]
    if phase is Phase.SCAN:
        return replace(text, sentence=SCAN_SENTENCES[record.purpose])
    return text


def _network_mark(key: str, practice: bool) -> str:
    if practice:
        return networks.DEFAULT  # the practice stripe says it already
    return key if networks.network_by_key(key) else OTHER_NETWORK


def _purpose(spec: RequestSpec) -> Purpose:
    if spec.tx_type == "SignIn":
        return Purpose.SIGN_IN
    return Purpose.PAYMENT if spec.tx_type == "Payment" else Purpose.SIGNATURE


def _headline(spec: RequestSpec, purpose: Purpose) -> tuple[str, str]:
    if purpose is Purpose.SIGN_IN:
        return Message("Sign in"), ""
    if purpose is Purpose.SIGNATURE:
        return Message("Please sign"), ""
    asked = spec.amount
    if asked is None:
        return Message("You choose the amount"), ""
    sale = sale_of(spec)
    if sale is not None and sale.quote is not None and sale.quote.is_conversion:
        return fiat.format_fiat(sale.quote.price), amount.format_amount(asked)
    return amount.format_amount(asked), ""
