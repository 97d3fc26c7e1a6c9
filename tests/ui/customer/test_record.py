"""What of a request reaches the customer's screen, and what of it never can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.sample_rows import MONO, SHOP, row, rows, samples
from xumm_desk.core.pricing.quote import RateSource
from xumm_desk.core.request.request_spec import RequestSpec, parse_body
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.customer.phases import PHASE_BY_STATUS, PHASE_TEXTS, Phase, Purpose
from xumm_desk.ui.customer.record import (
    OTHER_NETWORK,
    CustomerRecord,
    customer_record,
    phase_at,
    phase_text,
)

from .priced_rows import RLUSD, priced

MARK = "§"


def marked(value: Any, words: Iterator[str]) -> Any:
    """The same value with a text of a stranger in place of every text in it."""
    if isinstance(value, Enum) or value is None:
        return value
    if isinstance(value, str):
        return MARK + next(words)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{one.name: marked(getattr(value, one.name), words) for one in fields(value)},
        )
    if isinstance(value, Mapping):
        return {key: marked(one, words) for key, one in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return type(value)(marked(one, words) for one in value)
    return value


def hostile(honest: RequestRow, words: Iterator[str], kept: set[str]) -> RequestRow:
    """The row with strange texts everywhere but in its link and in what `kept` names."""
    made: RequestRow = marked(honest, words)
    spec, was = made.request.spec, honest.request.spec
    tx = dict(spec.txjson)
    for name in kept & {"TransactionType", "Amount"}:
        if name in was.txjson:
            tx[name] = was.txjson[name]
    network = was.network if "network" in kept else spec.network
    body: dict[str, Any] = dict(spec.body)
    plain: dict[str, Any] = dict(was.body)
    blob = plain.get("custom_meta", {}).get("blob")
    if "quote" in kept and blob:
        meta = body["custom_meta"]
        sale = {**meta["blob"]["sale"], "quote": blob["sale"]["quote"]}
        body["custom_meta"] = {**meta, "blob": {"sale": sale}}
    spec = replace(spec, txjson=tx, body=body, network=network)
    request = replace(made.request, spec=spec, qr_link=honest.request.qr_link)
    return replace(made, request=request)


every_row = st.sampled_from(
    [*rows(), priced(Status.WAITING), priced(Status.CHECK, "1.234", "KWD", RLUSD)]
)
kept_parts = st.sets(st.sampled_from(["TransactionType", "Amount", "network", "quote"]))


@given(every_row, st.lists(st.text(max_size=40), min_size=1), kept_parts)
def test_no_text_of_any_row_reaches_the_record(
    honest: RequestRow, texts: list[str], kept: set[str]
) -> None:
    words = (texts[at % len(texts)] for at in range(100_000))
    record = customer_record(hostile(honest, words, kept), shop="Shop")
    assert MARK not in repr(record)
    assert record.code in ("", honest.request.qr_link)
    assert record.shop == "Shop"


def test_the_record_has_no_address_identifier_or_check_of_a_real_row() -> None:
    for sample in samples():
        one = sample.row
        told = repr(replace(customer_record(one, shop="Shop"), code=""))
        request = one.request
        secrets = [request.identifier, request.uuid, request.txid, SHOP, request.spec.instruction]
        secrets += [text for check in one.verdict.checks for text in (check.name, check.advice)]
        assert not [secret for secret in secrets if secret and secret in told], one.identifier


def test_a_sale_shows_its_price_large_and_the_asset_below() -> None:
    record = customer_record(priced(Status.WAITING, "12.50", "EUR"))
    assert (record.headline, record.detail) == ("€\u00a012.50", "5.208334 XRP")
    record = customer_record(priced(Status.WAITING, "1234567", "JPY", RLUSD))
    assert record.headline == "¥\u00a01\u202f234\u202f567"
    assert record.detail == "12\u202f345.678901 RLUSD"
    assert customer_record(priced(Status.WAITING, "1.234", "KWD")).headline == "KWD\u00a01.234"


def test_a_price_in_the_asset_itself_is_said_once() -> None:
    record = customer_record(priced(Status.WAITING, "5.208334", "XRP", source=RateSource.SAME))
    assert (record.headline, record.detail) == ("5.208334 XRP", "")


def spec(network: str = "MAINNET", **tx: object) -> RequestSpec:
    body = {"txjson": {"TransactionType": "Payment", "Destination": SHOP, **tx}}
    made = parse_body(body, identifier="x", network=network)  # type: ignore[arg-type]
    assert isinstance(made, RequestSpec)
    return made


@pytest.mark.parametrize(
    ("wanted", "headline", "purpose"),
    [
        (spec(Amount="12500000"), "12.50 XRP", Purpose.PAYMENT),
        (spec("XAHAU", Amount="12500000"), "12.50 XAH", Purpose.PAYMENT),
        (spec(), "You choose the amount", Purpose.PAYMENT),
        (spec(TransactionType="SignIn"), "Sign in", Purpose.SIGN_IN),
        (spec(TransactionType="TrustSet"), "Please sign", Purpose.SIGNATURE),
    ],
)
def test_a_request_without_a_price_shows_what_it_asks(
    wanted: RequestSpec, headline: str, purpose: Purpose
) -> None:
    waiting = row(Status.WAITING)
    record = customer_record(replace(waiting, request=replace(waiting.request, spec=wanted)))
    assert (record.headline, record.detail, record.purpose) == (headline, "", purpose)


PHASES = {
    Status.CREATING: (Phase.PLEASE_WAIT, "One moment, please"),
    Status.WAITING: (Phase.SCAN, "Scan with the Xaman app to pay"),
    Status.OPENED: (Phase.PHONE, "Continue on your phone"),
    Status.PRE_SIGNED: (Phase.PHONE, "Continue on your phone"),
    Status.DISPATCHED: (Phase.CONFIRMING, "Confirming…"),
    Status.CONFIRMING: (Phase.CONFIRMING, "Confirming…"),
    Status.PAID: (Phase.PAID, "Thank you"),
    Status.PAID_LATE: (Phase.PAID, "Thank you"),
    Status.SIGNED: (Phase.SIGNED, "Thank you"),
    Status.DECLINED: (Phase.NOT_COMPLETED, "Not completed — please ask the cashier"),
    Status.CANCELLED: (Phase.NOT_COMPLETED, "Not completed — please ask the cashier"),
    Status.EXPIRED: (Phase.NOT_COMPLETED, "Not completed — please ask the cashier"),
    Status.FAILED: (Phase.NOT_COMPLETED, "Not completed — please ask the cashier"),
    Status.UNVERIFIED: (Phase.ASK, "Please ask the cashier"),
    Status.EXPIRED_OPENED: (Phase.ASK, "Please ask the cashier"),
    Status.CHECK: (Phase.ASK, "Please ask the cashier"),
}


@pytest.mark.parametrize("status", list(Status), ids=lambda status: status.value)
def test_each_status_has_its_phase_and_sentence(status: Status) -> None:
    record = customer_record(row(status))
    phase, sentence = PHASES[status]
    assert phase_at(record, MONO) is phase
    assert phase_text(record, phase).sentence == sentence


def test_every_status_and_phase_is_thought_of() -> None:
    assert set(PHASE_BY_STATUS) == set(Status)
    assert set(PHASE_TEXTS) == set(Phase)


def test_only_a_payment_is_thanked_for_in_green() -> None:
    signed = customer_record(row(Status.SIGNED))
    assert PHASE_TEXTS[signed.phase].tone is not PHASE_TEXTS[Phase.PAID].tone


def test_a_code_is_there_only_while_it_may_be_scanned() -> None:
    for sample in samples():
        record = customer_record(sample.row)
        assert bool(record.code) is (record.phase is Phase.SCAN)
    waiting = customer_record(row(Status.WAITING))
    assert phase_at(waiting, MONO + 271) is Phase.PLEASE_WAIT, "time is up: a GET decides"
    assert phase_at(waiting, None) is Phase.SCAN
    assert phase_at(replace(waiting, code=""), MONO) is Phase.PLEASE_WAIT


def test_a_network_that_nobody_knows_is_marked_without_its_name() -> None:
    waiting = row(Status.WAITING)
    odd = replace(waiting.request.spec, network="rAddress")
    record = customer_record(replace(waiting, request=replace(waiting.request, spec=odd)))
    assert record.network == OTHER_NETWORK
    practice = customer_record(waiting, practice=True)
    assert (practice.network, practice.practice) == ("MAINNET", True)


def test_no_request_is_a_welcome() -> None:
    record = customer_record(None, shop="Shop\u202e", practice=True)
    assert record == CustomerRecord(shop="Shop", practice=True)
    assert phase_at(record, MONO) is Phase.IDLE
