"""Never more is paid back than came, whatever becomes of the refunds, in any asset."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import CUSTOMER, ISSUER, MODERATE, SHOP, STRANGER
from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount, as_decimal
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.refund import refund
from xumm_desk.core.refund.amounts import (
    fraction_of,
    less,
    none_of,
    of_fraction,
    part_worth,
    plus,
    worth_at_sale,
)
from xumm_desk.core.refund.refund import RefundBalance, RefundOrder, RefundState
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale.sale import Sale, sale_of
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.evidence import LedgerTx, Payment
from xumm_desk.core.state.lifecycle import Request, new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import duplicate_sales
from xumm_desk.core.wire.json_fields import Json, JsonObject

AT: Final = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
PAYER: Final = CUSTOMER.address
TOKEN: Final = "0000012F" + "AB" * 20
QUOTE: Final = Quote(
    fiat.from_minor(1200, "EUR"),
    XrpAmount(5_000_000),
    Rate(Decimal("2.4"), "EUR", RateSource.PLATFORM, AT),
)


def sale_request() -> Request:
    """A sale of 5 XRP, not paid."""
    body: JsonObject = {
        "txjson": {
            "TransactionType": "Payment",
            "Destination": SHOP,
            "Amount": "5000000",
        },
        "custom_meta": {"blob": Sale(number=1042, quote=QUOTE).to_blob()},
    }
    made = request_spec.parse_body(body, identifier="1-20261130-1042-ab", network="TESTNET")
    assert isinstance(made, RequestSpec), made
    return new_request(made, AT)


def payment(
    amount: Amount, txid: str = "A1", account: str = PAYER, to: str = SHOP, **more: Json
) -> Payment:
    """A validated payment."""
    tx: JsonObject = {"TransactionType": "Payment", "Account": account, "Destination": to, **more}
    return Payment(LedgerTx(txid, True, "tesSUCCESS", amount, tx, 990), "tag")


def paid(*payments: Payment) -> Request:
    """The sale with these payments."""
    return replace(sale_request(), payments=payments)


def order(part: Amount, name: str = "r1", **more: object) -> RefundOrder:
    """Pay back `part` to the payer."""
    known = RefundOrder("1-20261130-1042-ab", name, PAYER, part, part)
    return replace(known, **more)  # type: ignore[arg-type]


def state(request: Request, wanted: RefundOrder, status: Status) -> RefundState:
    """The refund of this order in this status, with the ledger's proof where it was paid."""
    spec = refund.make_refund(request, wanted)
    assert isinstance(spec, RequestSpec), spec
    made = new_request(spec, AT)
    if status in (Status.PAID, Status.PAID_LATE):
        sent = payment(wanted.pays, f"B{wanted.identifier}", SHOP, wanted.payer)
        made = replace(made, payments=(sent,))
    return RefundState(made, status)


def one(request: Request, *refunds: RefundState) -> RefundBalance:
    """The one balance of a request."""
    [found] = refund.refund_balances(request, refunds)
    return found


amounts = st.one_of(
    st.integers(1, 10**12).map(XrpAmount),
    st.integers(1, 10**12).map(lambda n: MptAmount(TOKEN, n)),
    st.integers(1, 10**12).map(lambda n: IssuedAmount("EUR", ISSUER, Decimal(n).scaleb(-6))),
)
steps = st.lists(
    st.tuples(st.integers(0, 7), st.fractions(0, 1), st.sampled_from(Status)), max_size=25
)


@MODERATE
@given(amounts, steps)
def test_no_order_of_refunds_and_ends_pays_back_more_than_came(
    came: Amount, happened: list[tuple[int, Fraction, Status]]
) -> None:
    """Each step begins the refund of that number with that share of what came, if it is not begun
    and not refused, else moves it to the status; an end stays."""
    request = paid(payment(came))
    states: dict[int, tuple[RefundOrder, Status]] = {}
    for number, share, status in happened:
        refunds = [state(request, *known) for known in states.values()]
        balances = refund.refund_balances(request, refunds)
        if number not in states:
            part = of_fraction(came, fraction_of(came) * share)
            wanted = order(part, f"r{number}")
            if not refund.why_order_refused(wanted, balances):
                states[number] = (wanted, Status.WAITING)
        elif states[number][1] not in refund._WITHOUT_MONEY | {Status.PAID, Status.PAID_LATE}:
            states[number] = (states[number][0], status)
        now = one(request, *(state(request, *known) for known in states.values()))
        assert as_decimal(now.refunded) + as_decimal(now.reserved) <= as_decimal(came)
        assert as_decimal(now.left) >= 0
        assert plus(plus(now.refunded, now.reserved), now.left) == plus(came, none_of(came))


@pytest.mark.parametrize("status", list(Status))
def test_a_refund_reserves_its_amount_until_it_ends_without_money(status: Status) -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    now = one(request, state(request, order(XrpAmount(2_000_000)), status))
    if status in (Status.PAID, Status.PAID_LATE):
        assert (now.refunded, now.reserved) == (XrpAmount(2_000_000), XrpAmount(0))
    elif status in (Status.DECLINED, Status.CANCELLED, Status.EXPIRED, Status.FAILED):
        assert (now.refunded, now.reserved) == (XrpAmount(0), XrpAmount(0))
    else:
        assert (now.refunded, now.reserved) == (XrpAmount(0), XrpAmount(2_000_000))


IN_DOUBT: Final = (Status.CHECK, Status.UNVERIFIED, Status.EXPIRED_OPENED)


@pytest.mark.parametrize("status", IN_DOUBT)
def test_a_person_releases_or_confirms_what_a_refund_in_doubt_reserves(status: Status) -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    doubtful = state(request, order(XrpAmount(2_000_000)), status)
    now = one(request, replace(doubtful, outcome=DecisionKind.NOT_PAID))
    assert (now.refunded, now.reserved) == (XrpAmount(0), XrpAmount(0))
    assert now.left == XrpAmount(5_000_000)
    now = one(request, replace(doubtful, outcome=DecisionKind.ACCEPTED_AS_PAID))
    assert (now.refunded, now.reserved) == (XrpAmount(2_000_000), XrpAmount(0))


def test_the_ledger_outweighs_a_person_who_says_that_nothing_was_paid_back() -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    sent = state(request, order(XrpAmount(2_000_000)), Status.PAID)
    for outcome in (None, DecisionKind.NOT_PAID, DecisionKind.ACCEPTED_AS_PAID):
        now = one(request, replace(sent, status=Status.CHECK, outcome=outcome))
        assert (now.refunded, now.reserved) == (XrpAmount(2_000_000), XrpAmount(0))


def test_money_that_left_for_an_ended_refund_counts_all_the_same() -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    late = state(request, order(XrpAmount(2_000_000)), Status.PAID)
    assert one(request, replace(late, status=Status.CHECK)).left == XrpAmount(3_000_000)
    assert one(request, replace(late, status=Status.CANCELLED)).left == XrpAmount(3_000_000)


def test_payers_and_assets_are_counted_apart() -> None:
    euro = IssuedAmount("EUR", ISSUER, Decimal(3))
    request = paid(
        payment(XrpAmount(5), "A1", SourceTag=7),
        payment(XrpAmount(6), "A2", STRANGER.address),
        payment(XrpAmount(1), "A3", SourceTag=8),
        payment(euro, "A4"),
        payment(XrpAmount(9), "A5", to=STRANGER.address),
    )
    first, second, third = refund.refund_balances(request)
    assert (first.delivered, first.tags, first.tag) == (XrpAmount(6), (7, 8), None)
    assert (second.payer, second.delivered) == (STRANGER.address, XrpAmount(6))
    assert (third.delivered, third.tag) == (euro, None)
    back = state(request, order(euro), Status.PAID)
    assert [b.left for b in refund.refund_balances(request, [back])] == [
        XrpAmount(6),
        XrpAmount(6),
        none_of(euro),
    ]


def test_a_refund_in_another_asset_uses_up_its_part() -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    euro = IssuedAmount("EUR", ISSUER, Decimal(4))
    wanted = order(XrpAmount(2_000_000), pays=euro)
    whole = state(request, wanted, Status.PAID)
    assert one(request, whole).refunded == XrpAmount(2_000_000)
    half = payment(IssuedAmount("EUR", ISSUER, Decimal(2)), "B2", SHOP, PAYER)
    less_sent = replace(whole, request=replace(whole.request, payments=(half,)))
    assert one(request, less_sent).refunded == XrpAmount(1_000_000)


def test_the_request_of_a_refund_links_it_to_its_sale() -> None:
    request = paid(payment(XrpAmount(5_000_000), "AB" * 32))
    spec = refund.make_refund(
        request, order(XrpAmount(2_000_000), tag=0, cashier="Anna", note="cup", shop="Café")
    )
    assert isinstance(spec, RequestSpec)
    tx = spec.txjson
    assert (tx["Account"], spec.destination, spec.tag) == (SHOP, PAYER, 0)
    assert (spec.signers, spec.submit, tx["Amount"]) == ((SHOP,), True, "2000000")
    memos: Any = tx["Memos"]
    text = bytes.fromhex(memos[0]["Memo"]["MemoData"]).decode()
    assert text == f"Refund of #1042, transaction {'AB' * 32}"
    assert spec.instruction == "Café, Refund of #1042"
    sale = sale_of(spec)
    assert sale == Sale(
        1042,
        cashier="Anna",
        note="cup",
        refund_of="1-20261130-1042-ab",
        part=XrpAmount(2_000_000),
    )
    assert tx["InvoiceID"] == refund.invoice_of("r1") != refund.invoice_of("r2")


def test_why_nothing_can_be_refunded() -> None:
    request = paid(payment(XrpAmount(5)))
    balances = refund.refund_balances(request)
    why = refund.why_not_refundable
    assert why(request, Status.PAID, balances) == ""
    assert why(request, Status.CHECK, balances) == ""
    assert "has arrived" in why(request, Status.WAITING, balances)
    assert "shows no money" in why(request, Status.CHECK, ())
    assert "DEVNET" in why(request, Status.PAID, balances, "DEVNET")
    shared = replace(request, same_txid_as=frozenset({"other"}))
    assert "other" in why(shared, Status.CHECK, balances)
    whole = order(XrpAmount(5))
    open_one = state(request, whole, Status.OPENED)
    assert "open refund" in why(request, Status.PAID, refund.refund_balances(request, [open_one]))
    assert "refund itself" in why(open_one.request, Status.PAID, ())
    back = state(request, whole, Status.PAID)
    assert "paid back" in why(request, Status.PAID, refund.refund_balances(request, [back]))


def test_the_duplicate_guard_takes_no_refund_for_a_sale() -> None:
    request = paid(payment(XrpAmount(5)))
    back = state(request, order(XrpAmount(5)), Status.OPENED).request
    twin = replace(back.spec, identifier="other")
    assert duplicate_sales(twin, [back], lambda _: Status.OPENED) == []
    sold = replace(request.spec, body={**request.spec.body, "custom_meta": {}})
    like = replace(back, spec=replace(back.spec, txjson=sold.txjson))
    assert duplicate_sales(sold, [like], lambda _: Status.OPENED) == []
    assert duplicate_sales(sold, [request], lambda _: Status.OPENED)


def test_a_part_is_worth_its_share_of_the_price_of_the_sale() -> None:
    four = fiat.from_minor(400, "EUR")
    assert part_worth(QUOTE, four) == XrpAmount(1_666_667)
    assert worth_at_sale(QUOTE, XrpAmount(1_666_667)) == four
    assert worth_at_sale(QUOTE, XrpAmount(5_000_000)) == QUOTE.price
    assert worth_at_sale(QUOTE, IssuedAmount("EUR", ISSUER, Decimal(1))) is None


@MODERATE
@given(st.integers(1, 10**8), st.integers(1, 10**8), amounts)
def test_what_is_typed_in_the_shops_currency_comes_back_as_it_was_typed(
    whole: int, typed: int, charged: Amount
) -> None:
    quote = replace(QUOTE, price=fiat.from_minor(whole, "EUR"), amount=charged)
    price = fiat.from_minor(min(whole, typed), "EUR")
    part = part_worth(quote, price)
    assert as_decimal(part) <= as_decimal(charged)
    worth = worth_at_sale(quote, part)
    assert worth is not None
    assert worth.value >= price.value


def test_the_summary_says_how_much_of_how_much() -> None:
    request = paid(payment(XrpAmount(5_000_000)))
    say = refund.refund_summary
    assert say(request, refund.refund_balances(request)) == ""
    back = state(request, order(XrpAmount(1_666_667)), Status.PAID)
    open_one = state(request, order(XrpAmount(1_000_000), "r2"), Status.OPENED)
    assert say(request, [one(request, back)]) == "Refunded €\u00a04.00 of €\u00a012.00"
    assert say(request, [one(request, back, open_one)]) == (
        "Refunded €\u00a04.00 of €\u00a012.00 · Refund of €\u00a02.40 open"
    )
    plain = replace(request, spec=replace(request.spec, body={}))
    assert say(plain, [one(plain, back)]) == "Refunded 1.666667 XRP of 5.00 XRP"


def test_sums_of_issued_money_are_exact() -> None:
    small = IssuedAmount("EUR", ISSUER, Decimal("0.000000000000001"))
    large = IssuedAmount("EUR", ISSUER, Decimal("999999999999999"))
    assert less(plus(large, small), large) == small
