"""Multi-purpose tokens (MPT, XLS-33): their ids and amounts, from the form to the verdict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core import addresscodec
from xrpl.core.binarycodec.types.amount import Amount as LedgerAmount

from core.builders import (
    CUSTOMER,
    EURO,
    INVOICE,
    ISSUER,
    MODERATE,
    PAYMENT,
    SHOP,
    STRANGER,
    Signed,
    answer,
    apply_all,
    at,
    blob,
    created,
    get,
    iso,
    make_order,
    on_ledger,
    signed,
)
from xumm_desk.core.money import amount, mpt
from xumm_desk.core.money.amount import AmountError, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.request import form_input, outage_code, request_spec
from xumm_desk.core.request.form_input import FormInput
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.evidence import LedgerTx
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import payment_matching
from xumm_desk.core.verdict.check import CheckState, Verdict
from xumm_desk.core.verdict.payment_matching import Candidate, Match
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons
from xumm_desk.core.wire.json_fields import Json, JsonObject


def token(issuer: str = ISSUER, number: int = 303) -> str:
    """The id of the token with that number of the issuer."""
    return f"{number:08X}{addresscodec.decode_classic_address(issuer).hex().upper()}"


TOKEN: Final = token()
TEN: Final[JsonObject] = {"mpt_issuance_id": TOKEN, "value": "10"}
ASKED: Final[JsonObject] = {**PAYMENT, "Amount": TEN}
PAID: Final = signed(ASKED)
OTHERS: Final = [token(number=304), token(SHOP), token(STRANGER.address)]


# Ids and amounts.


@given(st.integers(0, 2**32 - 1), st.binary(min_size=20, max_size=20))
@MODERATE
def test_an_id_holds_its_issuer(number: int, account: bytes) -> None:
    name = f"{number:08x}{account.hex()}"
    assert mpt.is_issuance_id(name) is any(account)
    expected = addresscodec.encode_classic_address(account) if any(account) else ""
    assert mpt.issuer_of(name) == mpt.issuer_of(name.upper()) == expected


@pytest.mark.parametrize(
    "text", ["", "00" * 24, TOKEN[:-1], TOKEN + "0", TOKEN[:-1] + "G", TOKEN[:-2] + " 0", "XRP"]
)
def test_what_is_no_id(text: str) -> None:
    assert not mpt.is_issuance_id(text)
    assert mpt.issuer_of(text) == ""


@given(st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 2**64)))
@MODERATE
def test_amounts_are_those_that_the_ledger_s_codec_takes(value: int) -> None:
    read = amount.parse_amount({"mpt_issuance_id": TOKEN.lower(), "value": str(value)})
    if value > mpt.MAX_VALUE:
        assert read is None
        return
    assert read == MptAmount(TOKEN, value)
    assert isinstance(read, MptAmount)
    told = LedgerAmount.from_value(amount.amount_json(read)).to_json()  # type: ignore[arg-type]
    assert amount.parse_amount(told) == read


@pytest.mark.parametrize(
    "value",
    [
        {"mpt_issuance_id": TOKEN},
        {"mpt_issuance_id": TOKEN, "value": 10},
        {"mpt_issuance_id": TOKEN, "value": None},
        {"mpt_issuance_id": TOKEN, "value": "10.0"},
        {"mpt_issuance_id": TOKEN, "value": "1e1"},
        {"mpt_issuance_id": TOKEN, "value": "-10"},
        {"mpt_issuance_id": TOKEN, "value": "+10"},
        {"mpt_issuance_id": TOKEN, "value": "0xA"},
        {"mpt_issuance_id": TOKEN, "value": ""},
        {"mpt_issuance_id": TOKEN, "value": "٣"},
        {"mpt_issuance_id": TOKEN, "value": "9" * 30},
        {"mpt_issuance_id": TOKEN[:-2], "value": "10"},
        {"mpt_issuance_id": 303, "value": "10"},
        {"mpt_issuance_id": [TOKEN], "value": "10"},
        {"value": "10"},
        {**EURO, "mpt_issuance_id": TOKEN},
    ],
)
def test_what_is_no_amount_of_a_token(value: Any) -> None:
    assert amount.parse_amount(value) is None


def test_two_tokens_are_never_one_asset() -> None:
    ten = MptAmount(TOKEN, 10)
    assert amount.amounts_equal(ten, amount.parse_amount({**TEN, "mpt_issuance_id": TOKEN.lower()}))
    assert not amount.amounts_equal(ten, MptAmount(TOKEN, 11))
    for other in (
        *(MptAmount(name, 10) for name in OTHERS),
        XrpAmount(10),
        IssuedAmount("EUR", ISSUER, Decimal(10)),
        None,
    ):
        assert not amount.same_asset(ten, other)
        assert not amount.same_asset(other, ten)
        assert amount.total([ten, other]) is None
    assert amount.total([ten, MptAmount(TOKEN, 5)]) == MptAmount(TOKEN, 15)


def test_it_is_shown_with_the_ends_of_its_id() -> None:
    shown = amount.format_amount(MptAmount(TOKEN, 1234567))
    assert shown == f"1\u202f234\u202f567 MPT 0000012F…{TOKEN[-4:]}"
    assert amount.full_asset_label(MptAmount(TOKEN, 1)) == TOKEN
    assert amount.issuer_of(MptAmount(TOKEN, 1)) == ISSUER


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=20))
@MODERATE
def test_no_issued_currency_looks_like_a_token(name: str) -> None:
    code = name.encode().hex().ljust(40, "0")
    assert amount.asset_label(IssuedAmount(code, ISSUER, Decimal(1))) != amount.asset_label(
        MptAmount(TOKEN, 1)
    )


# Asked for.


def test_a_body_asks_for_a_token_in_upper_case() -> None:
    """The platform's codec refuses hex digits in lower case (code 603)."""
    small: JsonObject = {**ASKED, "Amount": {**TEN, "mpt_issuance_id": TOKEN.lower()}}
    made = make_order(small)
    assert made.amount == MptAmount(TOKEN, 10)
    assert made.body["txjson"] == made.txjson == ASKED
    assert RequestSpec.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({**TEN, "value": "0"}, "Amount: must be more than zero"),
        ({**TEN, "value": "1.5"}, "value being a whole number"),
        ({**TEN, "value": 10}, "value being a whole number"),
        ({**TEN, "value": str(2**63)}, "at most 9223372036854775807"),
        ({**TEN, "issuer": ISSUER}, "mpt_issuance_id and value only"),
        ({**TEN, "mpt_issuance_id": TOKEN[2:]}, "mpt_issuance_id must be 48 hex digits"),
        ({**TEN, "mpt_issuance_id": None}, "mpt_issuance_id must be 48 hex digits"),
    ],
)
def test_amounts_that_are_refused(value: Json, words: str) -> None:
    body: JsonObject = {"txjson": {**ASKED, "Amount": value}}
    problems = request_spec.parse_body(body, identifier="one", network="TESTNET")
    assert not isinstance(problems, RequestSpec)
    [problem] = problems
    assert problem.field == "amount"
    assert words in problem.message


def typed(**fields: str) -> RequestSpec | list[tuple[str, str]]:
    whole = {"destination": SHOP, "currency": TOKEN, "amount": "10", **fields}
    made = form_input.parse_form(FormInput(**whole), identifier="one", network="TESTNET")  # type: ignore[arg-type]
    return made if isinstance(made, RequestSpec) else [(p.field, p.message) for p in made]


@pytest.mark.parametrize(
    "fields",
    [{}, {"issuer": ISSUER}, {"currency": f" {TOKEN.lower()}\u200b"}, {"amount": " 10.0 "}],
)
def test_a_token_typed_as_currency(fields: dict[str, str]) -> None:
    made = typed(**fields)
    assert isinstance(made, RequestSpec), made
    assert made.txjson["Amount"] == TEN


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"amount": "1.5"}, "amount", "whole number of its smallest unit"),
        ({"amount": "0"}, "amount", "more than zero"),
        ({"amount": ""}, "amount", "Type a number"),
        ({"amount": str(2**63)}, "amount", "at most 9223372036854775807"),
        ({"issuer": SHOP}, "issuer", f"is issued by {ISSUER}"),
        ({"currency": TOKEN[:-1], "issuer": ISSUER}, "currency", "48 hex digits"),
    ],
)
def test_a_token_typed_wrongly(fields: dict[str, str], field: str, words: str) -> None:
    problems = typed(**fields)
    assert isinstance(problems, list)
    assert [name for name, _ in problems] == [field]
    assert words in problems[0][1]


def test_a_value_past_63_bits_is_never_rounded() -> None:
    assert amount.parse_mpt("9223372036854775807", TOKEN) == MptAmount(TOKEN, 2**63 - 1)
    with pytest.raises(AmountError, match="at most"):
        amount.parse_mpt("9223372036854775808", TOKEN)


def test_an_outage_code_cannot_carry_a_token() -> None:
    assert "not for multi-purpose tokens" in outage_code.why_unavailable(
        make_order(ASKED), ledger=True
    )
    assert outage_code.why_unavailable(make_order(), ledger=True) == ""


# Paid.


def judged(made: Signed = PAID, delivered: Json = TEN) -> Verdict:
    proof = on_ledger(made, delivered=delivered)
    told = apply_all(make_order(ASKED), created(), answer(get(made)), blob(made), proof)
    return judge(told, ledger=True)


def failing(verdict: Verdict) -> list[str]:
    return [check.name for check in verdict.checks if check.state is CheckState.FAILED]


def test_a_token_is_paid() -> None:
    verdict = judged()
    assert (verdict.status, failing(verdict)) == (Status.PAID, [])
    [check] = [check for check in verdict.checks if check.name == "Amount delivered"]
    assert check.actual == f"10 MPT 0000012F…{TOKEN[-4:]}"


@pytest.mark.parametrize(
    ("delivered", "advice"),
    [
        ({**TEN, "value": "9"}, f"1 MPT 0000012F…{TOKEN[-4:]} are missing"),
        ({**TEN, "value": "11"}, f"1 MPT 0000012F…{TOKEN[-4:]} too much were paid"),
        *(({**TEN, "mpt_issuance_id": name}, "Another currency") for name in OTHERS),
        (EURO, "Another currency"),
        ("10", "Another currency"),
        ({**TEN, "value": "1e1"}, "does not tell what was delivered"),
        ("unavailable", "does not tell what was delivered"),
        (None, "does not tell what was delivered"),
    ],
)
def test_what_arrived_is_something_else(delivered: Json, advice: str) -> None:
    verdict = judged(delivered=delivered)
    assert (verdict.status, failing(verdict)) == (Status.CHECK, ["Amount delivered"])
    assert advice in verdict.failed[0].advice


@pytest.mark.parametrize(
    "value",
    [
        {**TEN, "value": "9"},
        *({**TEN, "mpt_issuance_id": name} for name in OTHERS),
        EURO,
        "10",
    ],
)
def test_something_else_was_signed(value: Json) -> None:
    made = signed(ASKED, Amount=value)
    assert "Equals what we asked: Amount" in failing(judged(made, delivered=value))


def test_tokens_that_look_alike_are_distinguished_by_their_whole_ids() -> None:
    twin = TOKEN[:10] + ("0" if TOKEN[10] != "0" else "1") + TOKEN[11:]
    assert amount.format_amount(MptAmount(twin, 10)) == amount.format_amount(MptAmount(TOKEN, 10))
    verdict = judged(delivered={**TEN, "mpt_issuance_id": twin})
    [check] = verdict.failed
    assert check.expected.endswith(TOKEN)
    assert check.actual.endswith(twin)


@pytest.mark.parametrize("asked", [EURO, "10"])
def test_a_token_never_pays_what_was_asked_in_other_money(asked: Json) -> None:
    wanted: JsonObject = {**PAYMENT, "Amount": asked}
    made = signed(wanted)
    proof = on_ledger(made, delivered=TEN)
    told = apply_all(make_order(wanted), created(), answer(get(made)), blob(made), proof)
    assert failing(judge(told, ledger=True)) == ["Amount delivered"]


# Told by the ledger alone.


def payment(number: int = 1, delivered: Json = TEN, **tx: Json) -> JsonObject:
    body: JsonObject = {**ASKED, "Account": CUSTOMER.address, **tx}
    body["DeliverMax"] = body.pop("Amount")
    return {
        "tx_json": {key: value for key, value in body.items() if value is not None},
        "hash": f"{number:064X}",
        "validated": True,
        "ledger_index": 980 + number,
        "close_time_iso": iso(at(60)),
        "meta": {
            "TransactionResult": "tesSUCCESS",
            "delivered_amount": delivered,
            "TransactionIndex": number,
        },
    }


@pytest.mark.parametrize(("fields", "how"), [({}, "tag"), ({"InvoiceID": INVOICE}, "invoice")])
def test_a_payment_on_the_ledger_is_paired(fields: JsonObject, how: str) -> None:
    request = apply_all(make_order({**ASKED, **fields}), created())
    tx = LedgerTx.from_json(payment(1, TEN, **fields))
    assert payment_matching.is_incoming_payment(tx, [SHOP])
    assert tx.delivered == MptAmount(TOKEN, 10)
    found = payment_matching.match_payment(tx, [Candidate(request, Status.WAITING)])
    assert found == Match("order-1", how)


def test_two_requests_under_one_tag_are_distinguished_by_the_token() -> None:
    other: JsonObject = {**ASKED, "Amount": {**TEN, "mpt_issuance_id": OTHERS[0]}}
    claimants = []
    for name, asked in (("first", ASKED), ("second", other)):
        body: JsonObject = {"txjson": asked, "custom_meta": {"identifier": name}}
        made = request_spec.parse_body(body, identifier="", network="TESTNET")
        assert isinstance(made, RequestSpec)
        claimants.append(Candidate(apply_all(made, created()), Status.WAITING))
    tx = LedgerTx.from_json(payment(delivered={**TEN, "mpt_issuance_id": OTHERS[0]}))
    assert payment_matching.match_payment(tx, claimants) == Match("second", "tag")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("10",), None),
        (("6", "4"), "All payments together are what was asked"),
        (("10", "10"), "Refund 10 MPT"),
    ],
)
def test_payments_that_nobody_reported(parts: tuple[str, ...], words: str | None) -> None:
    told = [
        facts.make_fact(
            at(70 + number),
            Source.LEDGER,
            FactKind.PAYMENT,
            {**payment(number, {**TEN, "value": part}), "paired": "tag"},
        )
        for number, part in enumerate(parts, 1)
    ]
    request = apply_all(make_order(ASKED), created(), *told)
    verdict = judge(request, ledger=True)
    if words is None:
        assert (verdict.status, failing(verdict)) == (Status.PAID, [])
    else:
        assert verdict.status is Status.CHECK
        assert words in " ".join(reasons(request, verdict))
