"""A day of a shop in two shifts, with everything that the close of a shift can show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.builders import ISSUER, STRANGER
from xumm_desk.core.message import Message
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount, format_amount
from xumm_desk.core.shift.money import asset_of, quantity
from xumm_desk.core.shift.share import Decided, Unresolved
from xumm_desk.core.state.facts import FactKind

from .pure_journal import PureJournal
from .shift_facts import START, declined, intent, later, money_fact, sale_spec


def sample_journal(*, sales: int = 12) -> PureJournal:
    """A journal whose first shift is closed and whose second one is open."""
    journal = PureJournal()
    rlusd = "524C555344" + "0" * 30
    for number in range(1, 5):
        spec = sale_spec(f"early-{number}", XrpAmount(5_000_000), number=number, till="1")
        journal.append(spec.identifier, intent(spec, later(number)))
        if number < 3:
            paid = money_fact(
                spec,
                f"{number:064X}",
                XrpAmount(5_000_000),
                at=later(number + 30),
                kind=FactKind.PAYMENT,
            )
            journal.append(spec.identifier, paid)
    journal.close(START + timedelta(hours=5), shop="Bakery Sunrise")
    at = 20_000
    for number in range(5, 5 + sales):
        till, cashier = ("1", "Ana") if number % 3 else ("2", "Ben")
        asked = (
            XrpAmount(3_100_000 + number)
            if number % 4
            else IssuedAmount(rlusd, ISSUER, Decimal("9.75"))
        )
        spec = sale_spec(
            f"sale-{number}",
            asked,
            cents=900 + 35 * number,
            tip=90 if number % 2 else 0,
            number=number,
            till=till,
            cashier=cashier,
        )
        at += 300
        journal.append(spec.identifier, intent(spec, later(at)))
        fact = (
            declined(later(at + 20))
            if number % 6 == 0
            else money_fact(spec, f"{number:064X}", asked, at=later(at + 20), kind=FactKind.PAYMENT)
        )
        journal.append(spec.identifier, fact)
    # What changes the first shift: a late payment, a second one, and a refund.
    first = [sale_spec(f"early-{n}", XrpAmount(5_000_000), number=n) for n in range(1, 5)]
    late = money_fact(
        first[2], "AA" * 32, XrpAmount(5_000_000), at=later(at), kind=FactKind.PAYMENT
    )
    again = money_fact(
        first[0], "AB" * 32, XrpAmount(5_000_000), at=later(at), kind=FactKind.PAYMENT
    )
    journal.append("early-3", late)
    journal.append("early-1", again)
    refund = sale_spec(
        "refund-2",
        XrpAmount(2_500_000),
        cents=600,
        number=2,
        refund_of="early-2",
        part=XrpAmount(2_500_000),
    )
    journal.append(
        "refund-2",
        intent(refund, later(at + 60)),
        money_fact(
            refund, "AC" * 32, XrpAmount(2_500_000), at=later(at + 90), kind=FactKind.PAYMENT
        ),
    )
    # Without a price, and on a network that is not the shop's.
    plain = sale_spec("plain", XrpAmount(7_000_000), cents=None, number=90)
    test = sale_spec("test", XrpAmount(1_000_000_000), number=91, network="TESTNET")
    for spec, txid, money in (
        (plain, "AD", XrpAmount(7_000_000)),
        (test, "AE", XrpAmount(1_000_000_000)),
    ):
        paid = money_fact(spec, txid * 32, money, at=later(at + 120), kind=FactKind.PAYMENT)
        journal.append(spec.identifier, intent(spec, later(at + 100)), paid)
    short = sale_spec("short", XrpAmount(8_000_000), cents=1999, number=92, cashier="Ben")
    journal.append(
        "short",
        intent(short, later(at + 200)),
        money_fact(
            short, "AF" * 32, XrpAmount(6_500_000), at=later(at + 230), kind=FactKind.PAYMENT
        ),
    )
    money = XrpAmount(12_000_000)
    journal.payments.append(
        Unresolved(
            key="BB" * 32,
            label=Message("Payment from {account}", account=f"{STRANGER.address[:6]}…"),
            what=Message("Without a request"),
            why=Message("It carries no destination tag, so nothing says which sale it is for."),
            since=later(at + 240),
            status="unmatched",
            asset=asset_of("MAINNET", money),
            count=quantity(money),
            is_payment=True,
        )
    )
    journal.decided.append(
        Decided(
            "BC" * 32,
            Message("Payment of {amount}", amount=format_amount(XrpAmount(1))),
            Message("dismissed"),
            later(at + 300),
        )
    )
    return journal
