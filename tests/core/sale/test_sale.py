"""A sale survives the journal and fits the platform's limit; damaged data is no sale."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money import fiat
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource, quote_from_json
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.sale import sale as sale_module
from xumm_desk.core.sale.sale import MAX_NOTE, MAX_REFERENCE, Sale, sale_of

AT = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
LONGEST_BLOB = 1500


def spec_with(blob: object) -> RequestSpec:
    return RequestSpec.from_json(
        {
            "identifier": "till-1",
            "network": "MAINNET",
            "txjson": {"TransactionType": "Payment"},
            "body": {"txjson": {"TransactionType": "Payment"}, "custom_meta": {"blob": blob}},  # type: ignore[dict-item]
        }
    )


rates = st.builds(
    Rate,
    st.decimals("0.000001", "99999999", places=6),
    st.just("EUR"),
    st.sampled_from(RateSource),
    st.just(AT),
)
quotes = st.builds(
    Quote,
    st.integers(1, 10**9).map(lambda units: fiat.from_minor(units, "EUR")),
    st.one_of(
        st.integers(1, 10**15).map(XrpAmount),
        st.integers(1, 10**12).map(
            lambda n: IssuedAmount(
                "524C555344000000000000000000000000000000", ISSUER, Decimal(n).scaleb(-6)
            )
        ),
    ),
    rates,
    st.one_of(st.none(), rates),
)


def texts(most: int) -> st.SearchStrategy[str]:
    return st.text(max_size=most).map(str.strip)


sales = st.builds(
    Sale,
    number=st.integers(0, 10**9),
    series=st.sampled_from(["", "2026-11-30"]),
    till=texts(20),
    cashier=texts(40),
    quote=st.one_of(st.none(), quotes),
    reference=texts(MAX_REFERENCE),
    note=texts(MAX_NOTE),
    refund_of=texts(40),
    part=st.one_of(st.none(), quotes.map(lambda quote: quote.amount)),
)


@given(sales)
def test_a_sale_survives_the_journal_and_fits_the_platforms_limit(made: Sale) -> None:
    blob = made.to_blob()
    assert sale_of(spec_with(json.loads(json.dumps(blob)))) == made
    assert len(json.dumps(blob, ensure_ascii=False, separators=(",", ":"))) <= LONGEST_BLOB


def test_a_tip_is_part_of_the_price() -> None:
    price = fiat.from_decimal(Decimal("13.75"), "EUR")
    quote = Quote(price, XrpAmount(5_729_167), Rate(Decimal("2.4"), "EUR", RateSource.TYPED, AT))
    made = Sale(number=7, quote=quote, tip=fiat.from_decimal(Decimal("1.25"), "EUR"))
    read = sale_of(spec_with(made.to_blob()))
    assert read is not None
    assert (read.tip, read.price) == (made.tip, price)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["sale", "number", "quote", "price", "currency", "amount", "rate", "at", "tip"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=12,
)


@given(json_values)
def test_damaged_private_data_never_raises(blob: object) -> None:
    found = sale_of(spec_with(blob))
    assert found is None or found.number >= 0
    if isinstance(blob, dict):
        quote_from_json(blob)


def test_private_data_as_text_is_read_too() -> None:
    assert sale_of(spec_with(json.dumps(Sale(number=3).to_blob()))) == Sale(number=3)
    assert sale_of(spec_with("[" * 5000)) is None


def test_a_sale_is_called_by_its_number() -> None:
    assert sale_module.number_label(Sale(number=1042)) == "#1042"


def test_a_refund_is_called_after_its_sale() -> None:
    blob = Sale(number=1042, refund_of="1-20261130-1042-ab").to_blob()
    assert sale_module.request_label(spec_with(blob)) == "Refund of #1042"
    unnumbered = Sale(number=0, refund_of="desk-1").to_blob()
    assert sale_module.request_label(spec_with(unnumbered)) == "Refund of desk-1"
    assert sale_module.refunded_identifier(spec_with(blob)) == "1-20261130-1042-ab"
    assert sale_module.refunded_identifier(spec_with("text")) == ""


def test_what_is_missing_is_rounded_up() -> None:
    price = fiat.from_decimal(Decimal("30.50"), "EUR")
    rate = Rate(Decimal("2.4"), "EUR", RateSource.PLATFORM, AT)
    asked = XrpAmount(12_000_000)
    sale = Sale(number=7, quote=Quote(price, asked, rate))
    missing = sale_module.missing_price(asked, XrpAmount(11_500_000), sale)
    assert missing is not None
    assert fiat.value_text(missing) == "1.28"
    for paid in (asked, XrpAmount(0), None, IssuedAmount("USD", ISSUER, Decimal(1))):
        assert sale_module.missing_price(asked, paid, sale) is None
