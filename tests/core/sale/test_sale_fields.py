"""Single fields of a sale are those of the whole sale."""

from __future__ import annotations

from decimal import Decimal

import pytest
from store.history.stories import sale_spec

from core.builders import make_order
from xumm_desk.core.money.amount import Amount, IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.sale import sale_fields
from xumm_desk.core.sale.sale import sale_of

EUR = FiatAmount("EUR", Decimal("12.50"))
ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"


def test_they_are_those_of_the_sale() -> None:
    spec = sale_spec(7, till="T2", cashier="Berta")
    sale = sale_of(spec)
    assert sale is not None
    assert sale_fields.price_of(spec) == sale.price == FiatAmount("EUR", Decimal(7))
    assert (sale_fields.till_of(spec), sale_fields.cashier_of(spec)) == ("T2", "Berta")


def test_a_request_that_is_no_sale_has_none() -> None:
    spec = make_order()
    assert sale_fields.price_of(spec) is None
    assert (sale_fields.till_of(spec), sale_fields.cashier_of(spec)) == ("", "")


@pytest.mark.parametrize(
    ("price", "asked", "rate"),
    [
        (EUR, XrpAmount(5_000_000), Decimal("2.5")),
        (None, XrpAmount(5_000_000), None),
        (EUR, None, None),
        (EUR, XrpAmount(0), None),
        (FiatAmount("XRP", Decimal(5)), XrpAmount(5_000_000), None),
        (EUR, IssuedAmount("EUR", ISSUER, Decimal("12.5")), None),
        (EUR, IssuedAmount("USD", ISSUER, Decimal("1e-80")), None),
        (EUR, IssuedAmount("USD", ISSUER, Decimal("1e80")), None),
    ],
)
def test_the_rate_is_what_was_charged_for_one_unit(
    price: FiatAmount | None, asked: Amount | None, rate: Decimal | None
) -> None:
    assert sale_fields.charged_rate(price, asked) == rate
