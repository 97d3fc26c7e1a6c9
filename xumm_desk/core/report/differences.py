"""How a figure differs from that of the period before: in words, and short with its sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from xumm_desk.core.message import Formatted, Message
from xumm_desk.core.money import amount, fiat
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.shift.money import EXACT, Asset, money_of

_AS_BEFORE: Final = Message("as before")
_SECOND: Final = timedelta(seconds=1)
_TENTH: Final = Decimal("0.1")
_GROUP: Final = "\u202f"
_ROUNDING: Final = Context(prec=60)
_MAX_SHARE: Final = 100
"""From so many times the figure before on, a share in percent says nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference as `words` say it, and `short`, beside a figure. Both are "" where there is
    nothing to compare with."""

    words: str = ""
    short: str = ""


def count_difference(now: int, before: int) -> Difference:
    """Between two numbers of things."""
    if now == before:
        return Difference(_AS_BEFORE, "=")
    size = count_text(abs(now - before))
    more = now > before
    words = Message("{count} more", count=size) if more else Message("{count} fewer", count=size)
    return _with_share(words, size, Decimal(now), Decimal(before))


def asset_difference(asset: Asset, now: Decimal, before: Decimal) -> Difference:
    """Between two quantities of an asset, which the label of the figure names."""
    size = money_of(asset, abs(EXACT.subtract(now, before)))
    number = amount.format_number(size)
    return _money_difference(amount.format_amount(size), now, before, number)


def price_difference(currency: str, now: Decimal, before: Decimal) -> Difference:
    """Between two sums of a currency."""
    return _money_difference(price_text(currency, abs(EXACT.subtract(now, before))), now, before)


def time_difference(now: timedelta | None, before: timedelta | None) -> Difference:
    """Between two times that something took."""
    if now is None or before is None:
        return Difference()
    tenths = _tenths(now) - _tenths(before)
    if not tenths:
        return Difference(_AS_BEFORE, "=")
    size = _seconds(abs(tenths))
    longer = tenths > 0
    words = Message("{time} longer", time=size) if longer else Message("{time} shorter", time=size)
    return _signed(words, size, longer)


def count_text(count: int) -> str:
    """A number of things, its digits grouped."""
    return Formatted(f"{count:,}".replace(",", _GROUP), Decimal(count))


def asset_text(asset: Asset, count: Decimal) -> str:
    """A quantity without its asset, which the label names; with a sign where it is negative."""
    text = amount.format_number(money_of(asset, abs(count)))
    return Message("−{amount}", amount=text) if count < 0 else text


def price_text(currency: str, value: Decimal) -> str:
    """A sum of a currency, with a sign where it is negative."""
    text = fiat.format_fiat(FiatAmount(currency, abs(value)))
    return Message("−{amount}", amount=text) if value < 0 else text


def time_text(time: timedelta | None) -> str:
    """How long something took; a dash where nothing did."""
    return "–" if time is None else _seconds(_tenths(time))


def _money_difference(size: str, now: Decimal, before: Decimal, short: str = "") -> Difference:
    if now == before:
        return Difference(_AS_BEFORE, "=")
    more = now > before
    words = Message("{amount} more", amount=size) if more else Message("{amount} less", amount=size)
    return _with_share(words, short or size, now, before)


def _with_share(words: str, size: str, now: Decimal, before: Decimal) -> Difference:
    """Say the share too where the figure before is one to compare with."""
    more = now > before
    if before <= 0:
        return _signed(words, size, more)
    difference = abs(EXACT.subtract(now, before))
    if difference >= _MAX_SHARE * before:
        return _signed(words, size, more)
    percent = _ROUNDING.divide(_ROUNDING.multiply(difference, Decimal(100)), before)
    percent = percent.quantize(Decimal(1), ROUND_HALF_UP, context=_ROUNDING)
    number = Formatted(f"{percent:,f}".replace(",", _GROUP), percent)
    share = Message("+{number} %", number=number) if more else Message("−{number} %", number=number)
    return Difference(Message("{difference} ({percent})", difference=words, percent=share), share)


def _signed(words: str, size: str, more: bool) -> Difference:
    short = Message("+{amount}", amount=size) if more else Message("−{amount}", amount=size)
    return Difference(words, short)


def _tenths(time: timedelta) -> int:
    return (time + _SECOND / 20) // (_SECOND / 10)


def _seconds(tenths: int) -> str:
    """Seconds with one decimal; from two minutes on minutes, and from two hours on hours."""
    seconds = tenths // 10
    if seconds >= 7200:
        hours, rest = divmod(seconds // 60, 60)
        return Message("{hours} h {minutes} min", hours=hours, minutes=f"{rest:02d}")
    if seconds >= 120:
        minutes, rest = divmod(seconds, 60)
        return Message("{minutes} min {seconds} s", minutes=minutes, seconds=f"{rest:02d}")
    value = Decimal(tenths) * _TENTH
    return Message("{seconds} s", seconds=Formatted(f"{value:.1f}", value))
