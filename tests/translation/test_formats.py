"""Numbers, money and times as each language writes them, with the digits that English has."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import babel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.bidi import strip_controls
from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import amount
from xumm_desk.core.money.amount import IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.state import clock_check
from xumm_desk.locale import formats, translation
from xumm_desk.locale.translation import tr

AT = datetime(2026, 11, 5, 14, 3, 9, 250_000, tzinfo=UTC)
TOKEN = "00000001" + "AB" * 20
LANGUAGES = ("en", "de", "fr", "pt_BR", "pl", "ja", "hi", "ar", "en_GB")

Use = Callable[[str], None]


def use_language(tag: str) -> None:
    translation.use_catalogue(gettext.NullTranslations(), tag)


@pytest.fixture(autouse=True)
def language() -> Iterator[Use]:
    yield use_language
    use_language("en")


@pytest.mark.parametrize(
    ("money", "english", "german"),
    [
        (XrpAmount(12_500_000), "12.50 XRP", "12,50 XRP"),
        (XrpAmount(1), "0.000001 XRP", "0,000001 XRP"),
        (XrpAmount(1_234_567_500_000), "1\u202f234\u202f567.50 XRP", "1\u202f234\u202f567,50 XRP"),
        (IssuedAmount("USD", "r", Decimal("-1234.5")), "-1\u202f234.5 USD", "-1\u202f234,5 USD"),
        (IssuedAmount("USD", "r", Decimal("1.5E+40")), "1.5E+40 USD", "1,5E+40 USD"),
        (MptAmount(TOKEN, 1234), None, None),
    ],
    ids=str,
)
def test_money(
    language: Use, money: amount.Amount, english: str | None, german: str | None
) -> None:
    said = amount.format_amount(money)
    if english is None or german is None:
        english = german = f"1\u202f234 {amount.asset_label(money)}"
    assert (said, tr(said)) == (english, english)
    language("de")
    assert (said, tr(said)) == (english, german)


def test_no_amount_is_no_text() -> None:
    assert tr(amount.format_amount(None)) == ""


@given(st.integers(0, 10**17), st.sampled_from(LANGUAGES))
def test_no_language_changes_a_digit(drops: int, tag: str) -> None:
    number = amount.format_number(XrpAmount(drops))
    use_language(tag)
    shown = strip_controls(tr(number))
    mark = babel.Locale.parse(tag).number_symbols["latn"]["decimal"]
    assert shown.replace(mark, ".") == str(number)
    assert re.sub(r"\D", "", shown) == re.sub(r"\D", "", number)


def test_an_amount_within_a_sentence(language: Use) -> None:
    language("de")
    said = Message("Paid {money}.", money=amount.format_amount(XrpAmount(12_500_000)))
    assert (said, tr(said)) == ("Paid 12.50 XRP.", "Paid 12,50 XRP.")


def test_times_in_english() -> None:
    local = AT.astimezone()
    assert formats.date_and_time(AT) == "2026-11-05 14:03:09"
    assert formats.time_of_day(AT) == f"{local:%H:%M:%S}"
    assert formats.time_to_the_millisecond(AT) == "14:03:09.250"
    assert formats.time_or_date(AT, AT) == f"{local:%H:%M:%S}"
    assert formats.time_or_date(AT, AT.replace(month=12)) == f"{local:%d} Nov {local:%H:%M}"
    assert formats.minute_or_day(AT, AT) == f"{local:%H:%M}"
    assert formats.minute_or_day(AT, AT.replace(month=12)) == f"{local:%d} Nov"
    assert formats.whole_number(1234) == "1\u202f234"


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (0, "0", "0"),
        (9_999, "9\u202f999", "9\u202f999"),
        (10_000, "10k", "10k"),
        (833_154, "833k", "833k"),
        (999_999, "999k", "999k"),
        (1_000_000, "1.0M", "1,0M"),
        (1_299_999, "1.2M", "1,2M"),
    ],
)
def test_a_count_in_few_letters_is_never_more(
    language: Use, count: int, english: str, german: str
) -> None:
    assert formats.short_number(count) == english
    language("de")
    assert formats.short_number(count) == german


def test_days_and_hours_of_a_report(language: Use) -> None:
    day, hour = AT.date(), AT.time()
    assert formats.long_date(day) == "Thu 5 Nov 2026"
    assert formats.short_date(day) == "Thu 5 Nov"
    assert formats.month_and_year(day) == "Nov 2026"
    assert formats.hour_and_minute(hour) == "14:03"
    language("de")
    assert formats.long_date(day) == "Do., 5. Nov. 2026"
    assert formats.short_date(day) == "Do., 5. Nov."
    assert formats.month_and_year(day) == "Nov. 2026"
    assert formats.hour_and_minute(hour) == "14:03"


@pytest.mark.parametrize(
    ("tag", "pattern", "day"),
    [
        ("en", "yyyy-MM-dd", "2026-11-05"),
        ("de", "dd.MM.yyyy", "05.11.2026"),
        ("fr", "dd/MM/yyyy", "05/11/2026"),
        ("nl", "dd-MM-yyyy", "05-11-2026"),
        ("es", "dd/MM/yyyy", "05/11/2026"),
        ("pt_BR", "dd/MM/yyyy", "05/11/2026"),
        ("ja", "yyyy/MM/dd", "2026/11/05"),
        ("ar", "yyyy-MM-dd", "2026-11-05"),
    ],
)
def test_a_day_in_figures(language: Use, tag: str, pattern: str, day: str) -> None:
    language(tag)
    assert formats.date_pattern() == pattern
    assert formats.numeric_date(AT.date()) == day
    assert formats.numeric_dates(AT.date(), AT.date()) == day
    assert formats.numeric_dates(AT.date(), AT.date()).count("–") == 0
    assert formats.numeric_dates(AT.date(), AT.date().replace(day=6)).startswith(f"{day} – ")


def test_a_plus_stays_before_a_number(language: Use) -> None:
    later = Formatted("+3.9", Decimal("3.9"))
    language("de")
    assert tr(later) == "+3,9"


def test_times_in_another_language(language: Use) -> None:
    language("de")
    local = AT.astimezone()
    assert formats.date_and_time(AT) == "05.11.2026, 14:03:09"
    assert formats.time_of_day(AT) == f"{local:%H:%M:%S}"
    assert formats.time_to_the_millisecond(AT) == "14:03:09.250"
    assert formats.time_or_date(AT, AT) == f"{local:%H:%M:%S}"
    assert formats.time_or_date(AT, AT.replace(month=12)) == f"{local.day}. Nov. {local:%H:%M}"
    assert formats.minute_or_day(AT, AT.replace(month=12)) == f"{local.day}. Nov."
    assert tr(Formatted("14:03:09", AT.time())) == "14:03:09"
    language("hi")
    assert tr(clock_check.clock_set_text(90, AT)).endswith("2:03:09 pm.")


def test_catalogue_and_numbers_change_together() -> None:
    translation.use_catalogue(gettext.NullTranslations(), "fr")
    assert tr(amount.format_amount(XrpAmount(1_500_000))) == "1,50 XRP"
    translation.use_catalogue(gettext.NullTranslations())
    assert tr(amount.format_amount(XrpAmount(1_500_000))) == "1.50 XRP"


@pytest.mark.parametrize("tag", ["xx", "", "de_XX", "not a tag"])
def test_an_unknown_language_changes_nothing(tag: str) -> None:
    with pytest.raises((babel.UnknownLocaleError, ValueError)):
        use_language(tag)
    assert tr(amount.format_amount(XrpAmount(1_500_000))) == "1.50 XRP"
