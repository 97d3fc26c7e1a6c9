"""Numbers, money and times in the language that is spoken.

English is written out: it needs no babel, which costs 40 ms before the first window. What these
functions return follows the language like what `translation.tr` does.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime
from datetime import time as day_time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from xumm_desk.core.message import Formatted, Money

from .languages import spoken
from .words import spoken_again

if TYPE_CHECKING:
    from babel import Locale

_GROUP_MARK: Final = "\u202f"
"""Between groups of digits in every language: a narrow blank is no one's decimal mark."""


def is_right_to_left() -> bool:
    """Whether the language is written from right to left."""
    return spoken().is_right_to_left


def midnight(day: date) -> datetime:
    """The beginning of a day of this computer's time zone."""
    return datetime(day.year, day.month, day.day).astimezone()


def currency_names() -> dict[str, str]:
    """The currencies that are legal tender somewhere today, by ISO code, with their names in the
    language. Babel reads its data for it: not before a person asks."""
    from babel import Locale, numbers  # noqa: PLC0415 - see above
    from babel.core import get_global  # noqa: PLC0415

    language = spoken().locale or Locale("en")
    codes = {
        code
        for territory in get_global("territory_currencies")
        for code in numbers.get_territory_currencies(territory)
    }
    return {code: language.currencies.get(code, code) for code in sorted(codes)}


@spoken_again
def localized(text: Formatted) -> str:
    """A number or a time as the language writes it, with the digits that the English text shows."""
    locale = spoken().locale
    if locale is None:
        return str(text)
    from babel import dates  # noqa: PLC0415 - not for English

    if isinstance(text.value, Decimal):
        return _number(text, text.value, locale)
    if isinstance(text.value, datetime):
        return dates.format_datetime(text.value, "medium", locale=locale)
    if isinstance(text.value, day_time):
        return dates.format_time(text.value, "medium", locale=locale)
    return _price(text, text.value, locale)


@spoken_again
def whole_number(value: int) -> str:
    """A whole number with its digits grouped."""
    return localized(Formatted(f"{value:,}".replace(",", _GROUP_MARK), Decimal(value)))


@spoken_again
def short_number(value: int) -> str:
    """A count in few letters, with the prefixes of the SI: "833k", "1.2M". Never more than there
    are."""
    if value < 10_000:
        return whole_number(value)
    if value < 1_000_000:
        return f"{value // 1000}k"
    tenths = value // 100_000
    return f"{tenths // 10}{decimal_mark()}{tenths % 10}M"


@spoken_again
def time_of_day(at: datetime) -> str:
    """The local time of day, to the second; `at` is aware."""
    here = at.astimezone()
    return localized(Formatted(f"{here:%H:%M:%S}", here.time()))


def time_to_the_millisecond(at: datetime) -> str:
    """The time of day in the zone of `at`, the same in every language: it is copied into reports
    and compared."""
    return f"{at:%H:%M:%S.%f}"[:-3]


@spoken_again
def date_and_time(at: datetime) -> str:
    """Date and time of day in the zone of `at`, to the second."""
    return localized(Formatted(f"{at:%Y-%m-%d %H:%M:%S}", at))


@spoken_again
def time_or_date(at: datetime, now: datetime) -> str:
    """The local time of day; for another day than `now`, its date and time to the minute."""
    locale = spoken().locale
    # Not through `astimezone`: called for every row of every page.
    here, today = time.localtime(at.timestamp()), time.localtime(now.timestamp())
    if here[:3] == today[:3]:
        if locale is not None:
            return time_of_day(at)
        return f"{here.tm_hour:02d}:{here.tm_min:02d}:{here.tm_sec:02d}"
    if locale is None:
        month = _MONTHS[here.tm_mon - 1]
        return f"{here.tm_mday:02d} {month} {here.tm_hour:02d}:{here.tm_min:02d}"
    from babel import dates  # noqa: PLC0415 - not for English

    local = at.astimezone()
    day = dates.format_skeleton("MMMd", local, locale=locale)
    return f"{day} {dates.format_time(local, 'short', locale=locale)}"


@spoken_again
def minute_or_day(at: datetime, now: datetime) -> str:
    """The local time of day to the minute; for another day than `now`, that day without its
    year."""
    here = at.astimezone()
    if here.date() == now.astimezone().date():
        return hour_and_minute(here.time())
    locale = spoken().locale
    if locale is None:
        return f"{here.day:02d} {_MONTHS[here.month - 1]}"
    from babel import dates  # noqa: PLC0415 - not for English

    return dates.format_skeleton("MMMd", here, locale=locale)


@spoken_again
def date_pattern() -> str:
    """How a date is typed, in figures: "dd.MM.yyyy". Year, month, day in English, which is shown in
    every country, and where the marks between figures would turn with the direction of the text."""
    locale = spoken().locale
    if locale is None or is_right_to_left():
        return "yyyy-MM-dd"
    short = str(locale.date_formats["short"].pattern)
    for letter, figures in (("y", "yyyy"), ("M", "MM"), ("d", "dd")):
        short = re.sub(f"{letter}+", figures, short)
    return short


@spoken_again
def numeric_date(day: date) -> str:
    """A day in figures, as it is typed."""
    pattern = date_pattern().replace("yyyy", f"{day.year:04d}")
    return pattern.replace("MM", f"{day.month:02d}").replace("dd", f"{day.day:02d}")


@spoken_again
def numeric_dates(first: date, last: date) -> str:
    """The first and the last of some days in figures; one of them where they are the same."""
    begin, end = numeric_date(first), numeric_date(last)
    return begin if begin == end else f"{begin} – {end}"


@spoken_again
def long_date(day: date) -> str:
    """A day with its weekday."""
    locale = spoken().locale
    if locale is None:
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
    from babel import dates  # noqa: PLC0415 - not for English

    return dates.format_skeleton("yMMMEd", day, locale=locale)


@spoken_again
def short_date(day: date) -> str:
    """A day with its weekday, without the year."""
    locale = spoken().locale
    if locale is None:
        return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    from babel import dates  # noqa: PLC0415 - not for English

    return dates.format_skeleton("MMMEd", day, locale=locale)


@spoken_again
def month_and_year(day: date) -> str:
    """The month of a day."""
    locale = spoken().locale
    if locale is None:
        return f"{_MONTHS[day.month - 1]} {day.year}"
    from babel import dates  # noqa: PLC0415 - not for English

    return dates.format_skeleton("yMMM", day, locale=locale)


@spoken_again
def hour_and_minute(at: day_time) -> str:
    """A time of day without its seconds."""
    locale = spoken().locale
    if locale is None:
        return f"{at:%H:%M}"
    from babel import dates  # noqa: PLC0415 - not for English

    return dates.format_time(at, "short", locale=locale)


_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


def _number(text: str, value: Decimal, locale: Locale) -> str:
    from babel import numbers  # noqa: PLC0415 - not for English

    if "E" in text:
        return text.replace(".", numbers.get_decimal_symbol(locale))
    decimals = len(text.partition(".")[2])
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    grouped = numbers.format_decimal(value, pattern, locale, group_separator=True)
    if text.startswith("+"):
        grouped = numbers.get_plus_sign_symbol(locale) + grouped
    return grouped.replace(numbers.get_group_symbol(locale), _GROUP_MARK)


def _price(text: str, price: Money, locale: Locale) -> str:
    """The currency's place and symbol as the language has them, the digits as the English text."""
    from babel import numbers  # noqa: PLC0415 - not for English

    decimals = len(text.partition(".")[2])
    pattern = re.sub(
        r"[#,0]+(?:\.[0#]+)?",
        "#,##0" + ("." + "0" * decimals if decimals else ""),
        locale.currency_formats["standard"].pattern,
    )
    shown = numbers.format_currency(
        price.value, price.currency, pattern, locale, currency_digits=False
    )
    return shown.replace(numbers.get_group_symbol(locale), _GROUP_MARK)


@spoken_again
def decimal_mark() -> str:
    """The mark before decimals."""
    locale = spoken().locale
    if locale is None:
        return "."
    from babel import numbers  # noqa: PLC0415 - not for English

    return str(numbers.get_decimal_symbol(locale))


def marks() -> tuple[str, str] | None:
    """The mark before decimals and the one between groups of digits; None for English."""
    locale = spoken().locale
    if locale is None:
        return None
    from babel import numbers  # noqa: PLC0415 - not for English

    return numbers.get_decimal_symbol(locale), numbers.get_group_symbol(locale)
