"""Outage codes: the link letter by letter, which requests it carries, what the facts add up to."""

from __future__ import annotations

import itertools
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from core.builders import EURO, INVOICE, ISSUER, PAYMENT, SHOP, START, at, created, make_order
from xumm_desk.core.export import record
from xumm_desk.core.request import outage_code
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request, new_request, replay
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import duplicate_sales
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons, row_label, status_sentence
from xumm_desk.core.wire.json_fields import Json, JsonObject

ENTROPY = "0f" * 32


def asked(**changed: Json) -> RequestSpec:
    """An order for the sample payment with other fields; None leaves one out."""
    tx: JsonObject = {k: v for k, v in (PAYMENT | changed).items() if v is not None}
    return make_order(tx)


def shown(**changed: Json) -> RequestSpec:
    """The same as an outage code."""
    return outage_code.outage_spec(asked(**changed), identifier="out-1", entropy=ENTROPY)


def query(spec: RequestSpec) -> dict[str, str]:
    """What a wallet reads from the link."""
    parts = urlsplit(outage_code.outage_link(spec))
    assert (parts.scheme, parts.netloc, parts.path) == (
        "https",
        "xaman.app",
        f"/detect/request:{SHOP}",
    )
    return {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}


def test_the_link_of_a_payment_in_xrp() -> None:
    spec = shown()
    assert outage_code.outage_link(spec) == (
        f"https://xaman.app/detect/request:{SHOP}?amount=1.5&network={spec.network}&dt=495"
        f"&invoiceid={ENTROPY.upper()}"
    )


@pytest.mark.parametrize(
    ("drops", "decimals"),
    [
        ("1", "0.000001"),
        ("1000000", "1"),
        ("10000000", "10"),
        ("12345678", "12.345678"),
        ("100000000000000000", "100000000000"),
    ],
)
def test_amounts_of_xrp_are_exact_and_never_in_drops(drops: str, decimals: str) -> None:
    assert query(shown(Amount=drops))["amount"] == decimals


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("12.5", "12.5"),
        ("0.000000000000001", "0.000000000000001"),
        ("1e3", "1000"),
        ("123456789.012345", "123456789.012345"),
        ("1e-20", "0." + "0" * 19 + "1"),
    ],
)
def test_issued_values_are_plain_digits(value: str, told: str) -> None:
    assert query(shown(Amount={**EURO, "value": value}))["amount"] == told


def test_issued_currencies_name_code_and_issuer() -> None:
    code = "524C555344000000000000000000000000000000"
    for given in ("EUR", code, "A&#"):
        read = query(shown(Amount={**EURO, "currency": given}))
        assert (read["currency"], read["issuer"]) == (given, ISSUER)
    assert "%26%23" in outage_code.outage_link(shown(Amount={**EURO, "currency": "A&#"}))


@pytest.mark.parametrize("tag", [0, 1, 4294967295])
def test_a_tag_of_0_is_a_tag(tag: int) -> None:
    assert query(shown(DestinationTag=tag))["dt"] == str(tag)


def test_without_a_tag_the_invoice_id_alone_names_it() -> None:
    read = query(shown(DestinationTag=None))
    assert "dt" not in read
    assert read["invoiceid"] == ENTROPY.upper()


def test_an_invoice_id_of_the_shop_s_own_stays() -> None:
    assert query(shown(InvoiceID=INVOICE))["invoiceid"] == INVOICE


def test_the_order_is_another_one_that_can_never_be_sent() -> None:
    memo: Json = [{"Memo": {"MemoData": "CAFE"}}]
    before, spec = asked(Memos=memo), shown(Memos=memo)
    assert spec.identifier == "out-1" != before.identifier
    assert (spec.amount, spec.destination, spec.tag) == (
        before.amount,
        before.destination,
        before.tag,
    )
    assert not {"txjson", "txblob"} & set(spec.body)
    assert "Memos" not in spec.txjson  # the link cannot carry them
    assert outage_code.is_outage_code(spec)
    assert not outage_code.is_outage_code(before)
    assert spec.is_payment
    assert RequestSpec.from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("spec", "ledger", "words"),
    [
        (asked(), True, ""),
        (asked(), False, "needs a ledger node"),
        (asked(Amount=None), True, "fixed amount"),
        (make_order({"TransactionType": "SignIn"}), True, "fixed amount"),
        (replace(asked(), signers=(SHOP,)), True, "cannot carry"),
        (asked(SendMax="2000000"), True, "cannot carry"),
        (replace(asked(), submit=False), True, "fixed amount"),
    ],
)
def test_why_there_is_none(spec: RequestSpec, ledger: bool, words: str) -> None:
    told = outage_code.why_unavailable(spec, ledger=ledger)
    assert (words in told) if words else (told == "")


def fact_of(spec: RequestSpec) -> Fact:
    """The code is shown."""
    value: dict[str, Json] = {"link": outage_code.outage_link(spec)}
    return facts.make_fact(at(1), Source.OPERATOR, FactKind.OUTAGE_CODE, value)


def intent_of(spec: RequestSpec) -> Fact:
    """It is on disk."""
    return facts.make_fact(START, Source.OPERATOR, FactKind.INTENT, spec.to_json())


def request_of(spec: RequestSpec) -> Request:
    """What both add up to."""
    request = replay([intent_of(spec), fact_of(spec)])
    assert request is not None
    return request


@pytest.mark.parametrize("ledger", [True, False])
def test_it_waits_and_says_who_alone_can_confirm_it(ledger: bool) -> None:
    spec = shown()
    request = request_of(spec)
    verdict = judge(request, ledger=ledger)
    assert (verdict.status, verdict.final) == (Status.WAITING, False)
    assert request.uuid is None
    assert request.qr_link == outage_code.outage_link(spec)
    assert row_label(request, verdict) == "Waiting · outage code"
    assert "only the ledger can confirm this. Not paid yet." in status_sentence(request, verdict)
    assert reasons(request, verdict) == [status_sentence(request, verdict)]
    exported = record.make_record(request, ledger=ledger)
    assert exported["reasons"] == ["Outage code: only the ledger can confirm this. Not paid yet."]
    assert exported["outage"] is True


def test_its_facts_may_come_in_any_order_again_and_again() -> None:
    spec = shown()
    told = [
        intent_of(spec),
        fact_of(spec),
        fact_of(spec),
        created(),
        facts.make_fact(at(2), Source.PLATFORM, FactKind.NOT_CREATED, {"why": "no", "down": True}),
        facts.make_fact(at(2), Source.PLATFORM, FactKind.NOT_CREATED, {"why": "no"}),
    ]
    sums = {repr(replay(list(some))) for some in itertools.permutations(told)}
    assert len(sums) == 1


def test_a_journal_row_that_names_another_place_is_no_code() -> None:
    value = '{"link":"https://evil.example/detect/request:r"}'
    fact = facts.fact_from_journal(at(1), "operator", "outage", value, None)
    assert fact is not None
    assert isinstance(fact.value, facts.Unreadable)
    one = replay([intent_of(shown()), fact])
    assert one is not None
    assert one.qr_link is None
    assert judge(one, ledger=True).status is Status.CREATING


def test_an_older_journal_s_refusal_says_nothing_of_an_outage() -> None:
    fact = facts.fact_from_journal(
        at(1), "platform", "not-created", '{"why":"no","code":603}', None
    )
    assert fact is not None
    assert fact.value == facts.CreateFailed("no", 603, platform_down=False)


def test_the_guard_warns_of_a_code_that_is_shown_and_of_a_lost_answer() -> None:
    code = request_of(shown())
    (rival,) = duplicate_sales(asked(), [code], lambda _: Status.WAITING)
    assert "is an outage code and may still be paid" in rival.message
    lost = replace(new_request(asked(), START), unsure=True)
    (rival,) = duplicate_sales(shown(), [lost], lambda _: Status.CREATING)
    assert "may still be paid" in rival.message
    assert "answer was lost" in rival.message
    assert duplicate_sales(shown(), [new_request(asked(), START)], lambda _: Status.WAITING) == []
