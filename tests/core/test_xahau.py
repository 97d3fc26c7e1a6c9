"""On Xahau money is called XAH, wherever it is shown; it is never called XRP."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from xumm_desk.core.export import record, text_formats
from xumm_desk.core.export.columns import NAMES
from xumm_desk.core.money import amount, networks
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.request import field_rules, form_input, request_spec
from xumm_desk.core.request.form_input import FormInput
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.evidence import LedgerTx, UnmatchedPayment
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.core.wire.json_fields import Json, JsonObject
from xumm_desk.ui.detail.timeline import fact_text

from .builders import (
    ISSUER,
    PAYMENT,
    SHOP,
    answer,
    apply_all,
    blob,
    created,
    get,
    on_ledger,
    signed,
)

ID = 21338
MADE = signed({**PAYMENT, "NetworkID": ID})


def asked(**changed: Json) -> RequestSpec | tuple[field_rules.FieldError, ...]:
    body: JsonObject = {"txjson": {**PAYMENT, **changed}}
    return request_spec.parse_body(body, identifier="order-1", network="XAHAUTESTNET")


def story(delivered: Json) -> tuple[Request, list[Fact]]:
    made = asked()
    assert isinstance(made, RequestSpec)
    got = get(MADE, nodetype="XAHAUTESTNET", network_id=ID)
    proof = on_ledger(MADE, delivered=delivered)
    facts = [created(), answer(got), blob(MADE), proof]
    return apply_all(made, *facts), facts


@pytest.mark.parametrize("delivered", ["1500000", "1400000", "1600000"])
def test_every_word_about_it_says_xah(delivered: str) -> None:
    request, facts = story(delivered)
    verdict = judge(request, ledger=True)
    assert verdict.status is (Status.PAID if delivered == "1500000" else Status.CHECK)
    words = [
        *reasons(request, verdict),
        status_sentence(request, verdict),
        *(part for c in verdict.checks for part in (c.expected, c.actual, c.advice)),
        *(fact_text(fact) for fact in facts),
        text_formats.csv_record(record.make_record(request, ledger=True), NAMES),
    ]
    assert "1.50 XAH" in " ".join(words)
    assert not [text for text in words if "XRP" in text]


def test_a_payment_without_request_is_called_so_too() -> None:
    raw: JsonObject = {
        "tx_json": {"Destination": SHOP, "NetworkID": ID},
        "meta": {"delivered_amount": "1500000"},
    }
    payment_without_request = UnmatchedPayment(
        raw, LedgerTx.from_json(raw), "", datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert payment_without_request.amount == "1.50 XAH"
    raw["tx_json"] = {"Destination": SHOP}
    assert amount.format_amount(LedgerTx.from_json(raw).delivered) == "1.50 XRP"


@pytest.mark.parametrize("key", networks.NETWORKS)
def test_the_ledger_s_number_names_the_same_asset(key: str) -> None:
    network = networks.NETWORKS[key]
    assert networks.asset_of_id(network.network_id) == networks.asset_of(key) == network.asset
    assert networks.asset_of_id(None) == networks.asset_of(None) == "XRP"


def test_what_it_is_called_changes_no_comparison() -> None:
    assert XrpAmount(5, "XAH") == XrpAmount(5)
    assert amount.amounts_equal(XrpAmount(5, "XAH"), XrpAmount(5))
    assert amount.asset_label(amount.total([XrpAmount(5, "XAH"), XrpAmount(6)])) == "XAH"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("100000000000000001", "Amount: is more XAH than exists"),
        (
            {"currency": "XAH", "issuer": ISSUER, "value": "5"},
            "Currency: XAH is the money of XAHAUTESTNET itself, which nobody issues",
        ),
        (
            {"mpt_issuance_id": "01" * 24, "value": "5"},
            "Amount: there are no multi-purpose tokens on XAHAUTESTNET",
        ),
    ],
)
def test_what_cannot_be_asked_for_on_xahau(value: Json, words: str) -> None:
    problems = asked(Amount=value)
    assert not isinstance(problems, RequestSpec)
    assert problems[0].message.startswith(words)


def test_what_is_typed_there_is_refused_by_its_name() -> None:
    typed = FormInput(destination=SHOP, amount="0.0000001")
    problems = form_input.parse_form(typed, identifier="one", network="XAHAU")
    assert not isinstance(problems, RequestSpec)
    assert problems[0].message == "Amount: XAH has at most 6 decimals, this has 7"
