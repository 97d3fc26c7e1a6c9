"""A sale's identifier is made of its number, fits the platform, and differs for every sale."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.request.outage_code import outage_spec
from xumm_desk.core.sale import numbering
from xumm_desk.core.sale.sale import Sale, request_label, sale_of

from .test_sale import spec_with

NOW = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
LONGEST = 40


def test_the_identifier_names_till_day_and_number() -> None:
    made = numbering.make_identifier(Sale(number=1042, till="Till 2"), NOW, "3fa91c0d77aa")
    assert made == "till2-20261130-1042-3fa91c0d"


@given(st.integers(0, 10**9), st.text(max_size=60))
def test_every_identifier_fits_the_platform(number: int, till: str) -> None:
    made = numbering.make_identifier(Sale(number=number, till=till), NOW, "0123456789ab")
    assert len(made) <= LONGEST
    assert made.isascii()


def test_counts_by_till_and_by_day_or_running() -> None:
    day = date(2026, 11, 30)
    assert numbering.series_of(numbering.DAILY, day) == "2026-11-30"
    assert numbering.series_of(numbering.RUNNING, day) == ""
    assert numbering.count_key("2", "2026-11-30") != numbering.count_key("1", "2026-11-30")


def test_a_request_carries_its_sale_and_people_call_it_by_number() -> None:
    sale = Sale(number=1042, till="2", reference="Table 4")
    made = numbering.with_sale(spec_with(None), sale, "2-20261130-1042-3fa91c0d", "Café Uno")
    assert sale_of(made) == sale
    assert request_label(made) == "#1042"
    assert made.instruction == "Café Uno, sale #1042, Table 4"
    assert request_label(spec_with({"mine": 1})) == "till-1"


def test_the_wallet_s_text_is_in_the_language_that_is_given() -> None:
    sale = Sale(number=1042, reference="Table 4")

    def say(text: Message) -> str:
        return {"{shop}, sale {number}": "\u2068{shop}\u2069, Verkauf {number}"}.get(
            text.id, text.id
        ).format(**text.values)

    made = numbering.with_sale(spec_with(None), sale, "x", "Café Uno", say)
    assert made.instruction == "Café Uno, Verkauf #1042, Table 4"
    plain = numbering.with_sale(spec_with(None), sale, "x", "", say)
    assert plain.instruction == "#1042, Table 4"


def test_private_data_and_a_note_that_are_there_are_kept() -> None:
    spec = spec_with({"mine": 1})
    meta = spec.body["custom_meta"]
    assert isinstance(meta, dict)
    meta["instruction"] = "Pay here"
    made = numbering.with_sale(spec, Sale(number=1), "x")
    assert made.instruction == "Pay here"
    assert sale_of(made) is None


def test_an_outage_code_is_the_same_sale() -> None:
    sale = Sale(number=7)
    made = numbering.with_sale(spec_with(None), sale, "sale-7")
    assert sale_of(outage_spec(made, identifier="sale-7-b", entropy="0" * 64)) == sale


def test_the_counts_ahead_of_a_daily_one_are_those_of_the_next_days() -> None:
    found = numbering.counts_ahead("Bar|2026-12-30", 3)
    assert found == ("Bar|2026-12-30", "Bar|2026-12-31", "Bar|2027-01-01")


@given(st.text(max_size=20), st.text(max_size=12))
def test_another_count_has_none_ahead(till: str, series: str) -> None:
    key = numbering.count_key(till, series)
    found = numbering.counts_ahead(key, 7)
    assert found[0] == key
    assert len(found) in (1, 7)
    assert numbering.counts_ahead("Bar|", 7) == ("Bar|",)
    assert numbering.counts_ahead("Bar|9999-12-30", 7) == ("Bar|9999-12-30",)
