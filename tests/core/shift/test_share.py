"""What a request adds to a shift, and what a later shift says about an earlier one's sales."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from core.builders import ISSUER
from xumm_desk.core.money.amount import Amount, IssuedAmount, XrpAmount
from xumm_desk.core.shift.money import Asset
from xumm_desk.core.shift.money_lines import ChangeKind
from xumm_desk.core.shift.share import Kind
from xumm_desk.core.shift.wording import change_sentence
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.status import Status

from .pure_journal import PureJournal
from .shift_facts import START, intent, later, money_fact, sale_spec

XRP = Asset("MAINNET", "XRP")
FIVE = XrpAmount(5_000_000)
CLOSED = START + timedelta(hours=1)


def sale(name: str = "s1", number: int = 7, asked: Amount = FIVE, **more: object) -> PureJournal:
    """A journal with one sale of € 12.00, not paid."""
    journal = PureJournal()
    journal.append(name, intent(sale_spec(name, asked, number=number, **more)))  # type: ignore[arg-type]
    return journal


def paid(
    journal: PureJournal, name: str, txid: str, money: Amount | None = FIVE, **more: object
) -> None:
    """The ledger reports a payment for it."""
    spec = next(fact.value for one, fact in journal.facts if one == name)
    fact = money_fact(spec, txid * 64, money, kind=FactKind.PAYMENT, **more)  # type: ignore[arg-type]
    journal.append(name, fact)


def sentences(journal: PureJournal) -> list[str]:
    """What the open shift says about earlier ones."""
    return [str(change_sentence(change)) for change in journal.report().changes]


def test_a_sale_that_is_paid_in_its_shift_is_no_change_of_an_earlier_one() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    report = journal.report()
    [line] = report.lines
    assert (line.count, line.worth and line.worth.value) == (Decimal(5_000_000), Decimal("12.00"))
    assert report.changes == ()
    assert report.counts[Kind.SALE].ended == {Status.PAID: 1}


def test_a_payment_of_an_earlier_sale_counts_in_the_later_shift_with_a_line() -> None:
    journal = sale()
    first = journal.close(CLOSED)
    paid(journal, "s1", "A")
    assert '"payments":0' in first.text or '"assets":[]' in first.text
    assert [line.count for line in journal.report().lines] == [Decimal(5_000_000)]
    assert sentences(journal) == ["#7 of an earlier shift was paid: 5.00 XRP."]
    assert [one.became for one in journal.report().settled] == ["Paid"]


def test_a_second_payment_counts_again_and_makes_a_check_that_is_carried_over() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    journal.close(CLOSED)
    paid(journal, "s1", "B")
    assert sentences(journal) == [
        "#7 of an earlier shift was paid once more: 5.00 XRP.",
        "#7 of an earlier shift: its status was “Paid” and is “Check” now.",
    ]
    [item] = journal.report().unresolved
    assert (item.item.key, item.item.status, item.carried_from) == ("s1", "check", 0)
    journal.close(CLOSED)
    [item] = journal.report().unresolved
    assert item.carried_from == 2
    journal.close(CLOSED)
    assert [one.carried_from for one in journal.report().unresolved] == [2]


def test_a_refund_is_negative_in_the_shift_in_which_it_was_paid() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    journal.close(CLOSED)
    back = XrpAmount(2_000_000)
    spec = sale_spec("r1", back, cents=480, number=7, refund_of="s1", part=back)
    journal.append("r1", intent(spec))
    assert journal.report().lines == ()
    paid(journal, "r1", "C", back)
    [line] = journal.report().lines
    assert (line.count, line.worth and line.worth.value) == (Decimal(-2_000_000), Decimal("-4.80"))
    totals = journal.report().figures.assets[XRP]
    assert [totals.received, totals.refunded, totals.net] == [
        Decimal(0),
        Decimal(2_000_000),
        Decimal(-2_000_000),
    ]
    assert sentences(journal) == ["Refund of #7, a sale of an earlier shift: −2.00 XRP."]


def test_a_payment_of_two_requests_counts_for_the_first_one_only() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    journal.close(CLOSED)
    journal.append("s2", intent(sale_spec("s2", FIVE, number=8)))
    paid(journal, "s2", "A")
    assert journal.report().lines == ()
    assert sentences(journal) == [
        "A payment was reported for #8 that counts for s1; it is counted once."
    ]


def test_a_price_paid_in_parts_is_exactly_that_price_over_all_shifts() -> None:
    journal = sale(cents=1000, asked=XrpAmount(3_000_000), tip=100)
    worth: list[Decimal | None] = []
    tips: list[Decimal | None] = []
    for txid in "ABC":
        paid(journal, "s1", txid, XrpAmount(1_000_000))
        [line] = journal.report().lines
        worth.append(line.worth.value if line.worth else None)
        tips.append(line.tip.value if line.tip else None)
        journal.close(CLOSED)
    assert worth == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert tips == [None, None, Decimal("1.00")]


def test_money_in_another_asset_than_was_priced_has_no_price() -> None:
    journal = sale()
    paid(journal, "s1", "A", IssuedAmount("USD", ISSUER, Decimal("3.5")))
    figures = journal.report().figures
    assert figures.prices == {}
    assert list(figures.unpriced) == list(figures.assets)


def test_one_currency_in_both_notations_is_one_asset() -> None:
    journal = sale()
    for txid, code in (("A", "USD"), ("B", "00" * 12 + "555344" + "00" * 5)):
        paid(journal, "s1", txid, IssuedAmount(code, ISSUER, Decimal("0.1")))
    [(asset, totals)] = journal.report().figures.assets.items()
    assert (asset.issuer, totals.received, totals.payments) == (ISSUER, Decimal("0.2"), 2)


def test_exact_numbers_of_any_size_are_added_without_rounding() -> None:
    journal = sale()
    paid(journal, "s1", "A", IssuedAmount("USD", ISSUER, Decimal("9e79")))
    paid(journal, "s1", "B", IssuedAmount("USD", ISSUER, Decimal("1e-90")))
    [totals] = journal.report().figures.assets.values()
    assert Fraction(totals.received) == 9 * 10**79 + Fraction(1, 10**90)


def test_money_whose_amount_nobody_knows_is_said_and_in_no_sum() -> None:
    journal = sale()
    paid(journal, "s1", "A", None)
    assert journal.report().lines == ()
    assert [change.kind for change in journal.report().changes] == [ChangeKind.AMOUNT_UNKNOWN]
    paid(journal, "s1", "A")
    assert [line.count for line in journal.report().lines] == [Decimal(5_000_000)]


def test_a_report_that_takes_back_what_a_closed_shift_counted_is_negative_in_the_next() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    first = journal.close(CLOSED)
    paid(journal, "s1", "A", result="tecPATH_DRY")
    [line] = journal.report().lines
    assert (line.count, line.payments) == (Decimal(-5_000_000), -1)
    assert journal.closed[0] == first


def test_a_test_network_is_summed_apart_and_never_the_shops_money() -> None:
    journal = sale()
    paid(journal, "s1", "A")
    spec = sale_spec("t1", XrpAmount(9_000_000), network="TESTNET")
    journal.append("t1", intent(spec), money_fact(spec, "B" * 64, XrpAmount(9_000_000)))
    report = journal.report()
    assert {asset.network for asset in report.figures.assets} == {"MAINNET", "TESTNET"}
    assert report.figures.prices["MAINNET", "EUR"].sales == Decimal("12.00")
    assert not report.is_own("TESTNET")


def decision(kind: DecisionKind, by: str, text: str = "") -> Fact:
    """What a person decided about the sale as it stands."""
    value = Decision(kind, by, text, revision=1).to_json()
    return make_fact(later(500), Source.OPERATOR, FactKind.DECISION, value)


def test_what_a_person_decided_is_listed_in_the_shift_of_the_decision() -> None:
    journal = sale()
    journal.append("s1", decision(DecisionKind.REVIEWED, "Ben"))
    journal.append("s1", decision(DecisionKind.NOTE, "Ben", "a private word"))
    [one] = journal.report().decided
    assert (one.label, one.what) == ("#7", "Reviewed by Ben.")
    journal.close(CLOSED)
    assert journal.report().decided == ()
    assert "private" not in journal.closed[0].text


@pytest.mark.parametrize("count", [0, 1, 3])
def test_open_requests_are_counted_from_shift_to_shift(count: int) -> None:
    journal = PureJournal()
    for number in range(3):
        name = f"s{number}"
        journal.append(name, intent(sale_spec(name, FIVE, number=number)))
    journal.close(CLOSED)
    for number in range(count):
        paid(journal, f"s{number}", "ABC"[number])
    counts = journal.report().counts[Kind.SALE]
    assert (counts.open_before, counts.begun, sum(counts.ended.values())) == (3, 0, count)
    assert counts.open_after == counts.open_before + counts.begun - count + counts.reopened
