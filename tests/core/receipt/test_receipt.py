"""A receipt tells what arrived, and says so in words where nothing is proven."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printing import sample_receipts as sample
from printing.sample_receipts import QUOTE, RATE, SALE, SHOP, receipt_of
from ui import sample_rows

from core.builders import MODERATE
from xumm_desk.core.money import networks
from xumm_desk.core.pricing.quote import Rate, RateSource
from xumm_desk.core.receipt.receipt import Receipt, ReceiptLine, ReceiptShop, delivered
from xumm_desk.core.receipt.wording import OUTCOME_WORDS, PROVEN, Outcome
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.engine.runtime.registry import RequestRow


def lines(receipt: Receipt) -> dict[str, str]:
    """All labelled values."""
    every: tuple[ReceiptLine, ...] = (
        *receipt.sale_lines,
        receipt.total,
        *receipt.money_lines,
        *receipt.proof_lines,
    )
    return {line.label: line.value for line in every}


def test_the_receipt_of_a_paid_sale_holds_everything() -> None:
    row = sample.paid()
    receipt = receipt_of(row)
    assert (receipt.headline, receipt.title, receipt.number) == ("PAID", "Receipt", "#1042")
    assert (receipt.proven, receipt.training, receipt.sentence) == (True, False, "")
    assert receipt.shop_name == "Café Uno"
    found = lines(receipt)
    payer = found.pop("Payer")
    assert payer.startswith("r")
    assert "…" in payer
    assert found == {
        "Till": "Till 2",
        "Cashier": "Anna",
        "Date": "2026-03-14 12:54:37",
        "Reference": "Table 4",
        "Total": "€\u00a012.50",
        "Tip, included": "€\u00a01.25",
        "Paid": "5.208334 XRP",
        "Rate": "1 XRP = 2.40 EUR",
        "Rate from": "Xaman, 12:54:02",
        "Network": "MAINNET",
        "Transaction": row.request.txid,
    }
    assert receipt.link == f"https://livenet.xrpl.org/transactions/{row.request.txid}"


def test_the_amount_is_what_the_ledger_delivered_and_not_what_was_asked() -> None:
    receipt = receipt_of(sample.check())
    found = lines(receipt)
    assert found["Found on the ledger"] == "0.001 XRP"
    assert found["Asked for"] == "€\u00a012.50"
    assert "Paid" not in found
    assert "Total" not in found


@pytest.mark.parametrize("row", sample_rows.rows(), ids=lambda row: str(row.identifier)[:20])
def test_whatever_is_not_proven_says_so_in_words(row: RequestRow) -> None:
    receipt = receipt_of(row)
    proven = row.verdict.status in (Status.PAID, Status.PAID_LATE)
    assert receipt.proven is proven
    assert (receipt.title == "Receipt") is proven
    if not proven:
        assert receipt.headline in ("NOT PAID", "CHECK")
        assert "no proof of payment" in receipt.sentence
        assert {"Total", "Paid"}.isdisjoint(lines(receipt))
        assert "Printed" in lines(receipt)


def test_each_outcome_has_a_word_of_its_own() -> None:
    assert set(OUTCOME_WORDS) == set(Outcome)
    assert len(set(OUTCOME_WORDS.values())) == len(Outcome)


def test_paid_late_says_late() -> None:
    receipt = receipt_of(sample.paid_late())
    assert receipt.headline == "PAID LATE"
    assert receipt.sentence


def test_an_open_sale_may_still_be_paid() -> None:
    receipt = receipt_of(sample.waiting())
    assert receipt.headline == "NOT PAID"
    assert "may still be paid" in receipt.sentence
    assert receipt.link == ""


def test_a_refund_tells_whom_it_paid_and_for_which_sale() -> None:
    row = sample.refund()
    receipt = receipt_of(row, refund_of="#1042")
    found = lines(receipt)
    assert (receipt.headline, receipt.title) == ("REFUNDED", "Refund")
    assert found["Refund of"] == "#1042"
    assert (found["Paid back"], found["Sent"]) == ("€\u00a012.50", "5.208334 XRP")
    assert "Payer" not in found
    unpaid = receipt_of(sample.waiting(replace(SALE, refund_of="till-1042")))
    assert (unpaid.headline, unpaid.proven) == ("NOT REFUNDED", False)
    assert "no proof of a refund" in unpaid.sentence


def test_a_sale_shows_what_of_it_was_refunded() -> None:
    assert lines(receipt_of(sample.paid(), refunded="4.00 of 12.50"))["Refunded"] == "4.00 of 12.50"


@pytest.mark.parametrize(
    "shop",
    [replace(SHOP, practice=True), replace(SHOP, network="XAHAU"), replace(SHOP, network="")],
)
def test_practice_and_another_network_than_the_shops_are_training(shop: ReceiptShop) -> None:
    assert receipt_of(sample.paid(), shop).training


def test_a_test_network_is_training_even_where_the_shop_uses_it() -> None:
    row = sample.paid()
    there = replace(row.request, spec=replace(row.request.spec, network="TESTNET"))
    shop = replace(SHOP, network="TESTNET")
    assert receipt_of(replace(row, request=there), shop).training
    assert not receipt_of(row).training


def test_money_on_a_foreign_network_is_never_paid() -> None:
    row = sample.paid()
    verdict = judge(row.request, ledger=True, network="XAHAU")
    assert verdict.foreign_network == "MAINNET"
    receipt = receipt_of(replace(row, verdict=verdict), replace(SHOP, network="XAHAU"))
    assert (receipt.headline, receipt.proven, receipt.training) == ("CHECK", False, True)
    assert "MAINNET" in receipt.sentence


def test_what_went_to_another_account_did_not_arrive() -> None:
    row = sample.paid()
    ledger = row.request.ledger
    assert ledger is not None
    elsewhere = replace(ledger, tx={**ledger.tx, "Destination": sample_rows.ISSUER})
    assert delivered(replace(row.request, ledger=elsewhere)) is None
    failed = replace(ledger, result="tecPATH_PARTIAL")
    assert delivered(replace(row.request, ledger=failed)) is None


def test_a_request_of_no_till_goes_by_its_identifier() -> None:
    receipt = receipt_of(sample_rows.row(Status.PAID))
    assert (receipt.number, receipt.total.value) == ("1043", "3.333333 XRP")


@pytest.mark.parametrize("network", sorted(networks.NETWORKS))
def test_every_network_has_an_explorer(network: str) -> None:
    link = networks.explorer_link(network, "AB" * 32)
    assert link.startswith("https://")
    assert link.endswith("/" + "AB" * 32)
    assert networks.explorer_link(network, "") == ""
    assert networks.explorer_link("NOWHERE", "AB" * 32) == ""


def test_names_with_controls_are_one_harmless_line() -> None:
    shop = ReceiptShop(
        name="Shop\u202egnp.exe\n\n PAID\x1b[2J" + "x" * 500,
        address=("", " a ", *("line",) * 20),
        footer="bye\u2066",
    )
    receipt = receipt_of(sample.paid(), shop)
    assert receipt.shop_name.startswith("Shopgnp.exe PAID[2J")
    assert len(receipt.shop_name) == 400
    assert receipt.address == ("a", "line", "line", "line", "line", "line")
    assert receipt.footer == "bye"


@MODERATE
@given(
    st.decimals("0.0000000001", "99999999", places=10),
    st.sampled_from(["EUR", "JPY", "KWD"]),
    st.sampled_from(list(RateSource)),
)
def test_a_rate_keeps_all_its_digits(price: Decimal, currency: str, source: RateSource) -> None:
    rate = Rate(price, currency, source, RATE.at)
    sale = replace(SALE, quote=replace(QUOTE, price=replace(QUOTE.price, currency=currency)))
    assert sale.quote is not None
    sale = replace(sale, tip=None, quote=replace(sale.quote, rate=rate))
    found = lines(receipt_of(sample.paid(sale)))
    if source is RateSource.SAME:
        assert "Rate" not in found
        return
    shown = found["Rate"].removeprefix("1 XRP = ").removesuffix(f" {currency}")
    assert Decimal(shown) == price
    least = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    assert len(shown.partition(".")[2]) >= least


def test_only_money_that_arrived_is_proven() -> None:
    assert {Outcome.PAID, Outcome.PAID_LATE, Outcome.REFUNDED} == PROVEN
