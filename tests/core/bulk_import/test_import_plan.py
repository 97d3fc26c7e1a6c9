"""A file of requests: what is made of it, and every error by line and column."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import ISSUER, SHOP
from xumm_desk.core.bulk_import.csv_table import Table, parse_table
from xumm_desk.core.bulk_import.import_columns import NAMES, column_named, template
from xumm_desk.core.bulk_import.import_plan import ImportPlan, make_plan, priced_spec
from xumm_desk.core.bulk_import.import_row import ImportRules, NumberStyle
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.request.request_spec import RequestSpec

USD = AcceptedAsset("USD", ISSUER, pegged_to="USD", decimals=2)
RULES = ImportRules(
    network="TESTNET", destination=SHOP, expire="5", shop_currency="EUR", assets=(XRP, USD)
)


def plan(text: str, rules: ImportRules = RULES) -> ImportPlan:
    found = parse_table(text.encode())
    assert isinstance(found, Table), found
    return make_plan(found, rules)


def problems(text: str, rules: ImportRules = RULES) -> list[tuple[int, str, str]]:
    return [(one.line, one.column, str(one.message)) for one in plan(text, rules).problems]


def test_a_row_becomes_a_request_with_what_the_shop_has_set() -> None:
    [row] = plan("Amount;Currency;Destination-Tag;Reference\n12,50;xrp;7;Invoice 1\n").rows
    assert (row.line, row.reference, row.note, row.price) == (2, "Invoice 1", "", None)
    assert (row.spec.destination, row.spec.tag, row.spec.expire_minutes) == (SHOP, 7, 5)
    assert row.spec.amount == XrpAmount(12_500_000)
    assert row.identifier.startswith("import-")
    meta = row.spec.body["custom_meta"]
    assert isinstance(meta, dict)
    assert meta["identifier"] == row.identifier


def test_every_error_is_named_by_line_and_column() -> None:
    found = problems(
        "amount,currency,issuer,destination,tag,expire,reference\n"
        f"1,USD,,{SHOP},1,5,a\n"
        f"0,XRP,,{SHOP[:-1]},x,0,b\n"
        "1.1234567,,,,,,c\n"
        f'"1,234",,,,,,{"d" * 61}\n'
        "1,,,,,,e,surplus\n"
    )
    assert [(line, column) for line, column, _ in found] == [
        (2, "issuer"),
        (3, "amount"),
        (3, "destination"),
        (3, "tag"),
        (3, "expire"),
        (4, "amount"),
        (5, "amount"),
        (5, "reference"),
        (6, ""),
    ]
    assert "can be read as 1234 or as 1.234" in found[-3][2]


def test_a_number_in_doubt_is_refused_unless_a_person_says_what_it_means() -> None:
    text = "amount;tag\n1.234;1\n"
    assert "can be read as 1234 or as 1.234" in problems(text)[0][2]
    for style, drops in ((NumberStyle.POINT, 1_234_000), (NumberStyle.COMMA, 1_234_000_000)):
        rules = ImportRules(network="TESTNET", destination=SHOP, numbers=style)
        assert plan(text, rules).rows[0].spec.amount == XrpAmount(drops)
    assert plan("amount,tag\n1.234,1\n").rows[0].spec.amount == XrpAmount(1_234_000)


def test_a_header_that_is_not_understood_is_refused_as_a_whole() -> None:
    assert [(line, column) for line, column, _ in problems("amount,tga,amount\n1,2,3\n")] == [
        (1, "tga"),
        (1, "amount"),
    ]
    assert "must name the columns" in problems("1,2,3\n4,5,6\n".replace("1,2,3", "tag,note"))[0][2]
    assert "no row below" in problems("amount,tag\n")[0][2]
    assert problems("amount,\n1,x\n")[0][2] == "This cell stands in no column"


def test_the_same_rows_have_the_same_names_whatever_the_file_looks_like() -> None:
    one = plan("amount,tag,reference\n1,2,a\n3,4,b\n").rows
    other = plan("\ufeffReference;TAG;amount\r\n\r\nb;4;3\r\n a ;2; 1\r\n").rows
    assert {row.identifier for row in one} == {row.identifier for row in other}
    mended = plan("amount,tag,reference\n1,2,a\n3,5,b\n").rows
    assert mended[0].identifier == one[0].identifier
    assert mended[1].identifier != one[1].identifier


def test_equal_rows_are_two_requests_and_are_pointed_out() -> None:
    found = plan("amount,reference\n1,a\n1,a\n2,a\n")
    assert len({row.identifier for row in found.rows}) == 3
    assert [(one.line, one.column) for one in found.warnings] == [(3, ""), (4, "reference")]
    assert not found.problems


def test_a_batch_makes_equal_rows_new_ones() -> None:
    rules = ImportRules(network="TESTNET", destination=SHOP, batch="December")
    text = "amount,reference\n1,a\n"
    assert plan(text).rows[0].identifier != plan(text, rules).rows[0].identifier


def test_a_name_in_the_file_is_kept_and_may_stand_there_once() -> None:
    found = plan("amount,identifier\n1,one\n2,two\n3,one\n")
    assert [row.identifier for row in found.rows] == ["one", "two", "one"]
    assert [(one.line, one.column) for one in found.problems] == [(4, "identifier")]
    assert problems(f"amount,identifier\n1,{'x' * 41}\n")[0][:2] == (2, "identifier")


def test_sums_are_exact_and_by_asset() -> None:
    found = plan(
        "amount,currency,issuer,price,tag\n"
        f"0.1,,,,1\n0.2,,,,2\n1.5,USD,{ISSUER},,3\n2.25,USD,{ISSUER},,4\n,,,9.99,5\n,,,0.01,6\n"
    )
    assert not found.problems
    assert found.totals == (
        XrpAmount(300_000),
        IssuedAmount("USD", ISSUER, Decimal("3.75")),
    )
    assert found.prices == (FiatAmount("EUR", Decimal("10.00")),)


def test_a_price_is_converted_later_and_the_rest_is_checked_now() -> None:
    found = plan("price,currency,tag,memo\n19.90,USD,3,hello\n5,,4,\n")
    first, second = found.rows
    assert (first.asset, second.asset) == (USD, XRP)
    assert first.price == FiatAmount("EUR", Decimal("19.90"))
    at = datetime(2026, 11, 30, tzinfo=UTC)
    rate = Rate(Decimal("0.9"), "EUR", RateSource.PLATFORM, at)
    paid = IssuedAmount("USD", ISSUER, Decimal("22.12"))
    made = priced_spec(first, Quote(first.price, paid, rate), "TESTNET")
    assert isinstance(made, RequestSpec)
    assert (made.identifier, made.amount, made.tag) == (first.identifier, paid, 3)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("1,5,EUR,", "price"),
        (",5,USD,", "price_currency"),
        (",5,EUR,GBP", "currency"),
        (",x,EUR,", "price"),
        (",0.001,EUR,", "price"),
        (",,EUR,", "price"),
        (",,,XRP", "amount"),
    ],
)
def test_a_price_that_cannot_be_charged_is_refused(cells: str, column: str) -> None:
    found = problems(f"amount,price,price_currency,currency\n{cells}\nx,,,\n")
    assert (2, column) in [one[:2] for one in found]


def test_a_sign_in_asks_for_no_money() -> None:
    found = plan("type,amount,price,pathfinding\nSignIn,,,\nsignin,1,,\nCheck,1,,\n,1,,maybe\n")
    assert found.rows[0].spec.tx_type == "SignIn"
    wrong = [(one.line, one.column) for one in found.problems]
    assert wrong == [(3, "type"), (4, "type"), (5, "pathfinding")]


def test_the_template_is_a_file_without_errors() -> None:
    found = plan(template())
    assert not found.problems
    assert len(found.rows) == 2
    assert next(csv.reader(io.StringIO(template()))) == list(NAMES)


def test_titles_are_found_however_they_are_written() -> None:
    assert column_named(" Price Currency ") == "price_currency"
    assert column_named("ASSET") == "currency"
    assert column_named("amounts") is None


@given(st.lists(st.sampled_from(["1,a", "1,b", "2,a", "2,b", "3,"]), max_size=12), st.randoms())
def test_names_do_not_depend_on_the_order_of_the_rows(
    rows: list[str], chance: random.Random
) -> None:
    head, other = "amount,reference\n", list(rows)
    chance.shuffle(other)
    names = sorted(row.identifier for row in plan(head + "\n".join(rows)).rows)
    assert names == sorted(row.identifier for row in plan(head + "\n".join(other)).rows)
    assert len(set(names)) == len(rows)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_below_a_header_is_rows_or_problems(text: str) -> None:
    found = parse_table(f"amount,tag,price,identifier\n{text}".encode())
    if isinstance(found, Table):
        made = make_plan(found, RULES)
        assert made.problems or len(made.rows) == len(found.rows)
