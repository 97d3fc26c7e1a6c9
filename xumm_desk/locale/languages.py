"""The languages that are spoken now: one to the cashier, and one to the customer.

A `Language` is a catalogue with the way in which it writes numbers and times. What a function with
`@to_customers` says is in the customer's language, everything else in the cashier's.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from babel import Locale

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Language:
    """`tag` is "de" or "pt_BR"; `locale` is None for English, which is written out in `formats`: so
    that babel, which takes 40 ms to load, is not needed before the first window."""

    tag: str = "en"
    catalogue: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    locale: Locale | None = None

    @property
    def is_right_to_left(self) -> bool:
        """Whether it is written from right to left."""
        return self.locale is not None and self.locale.text_direction == "rtl"


def make_language(tag: str, catalogue: gettext.NullTranslations | None = None) -> Language:
    """The language of `tag` with this catalogue. Raises babel's `UnknownLocaleError`, or ValueError
    for what is no tag."""
    found = catalogue or gettext.NullTranslations()
    if tag == "en":
        return Language(tag, found)
    from babel import Locale  # noqa: PLC0415 - not for English

    return Language(tag, found, Locale.parse(tag))


ENGLISH: Final = Language()


class Audience(Enum):
    """Who reads the words."""

    CASHIER = "cashier"
    CUSTOMER = "customer"


_cashiers = _customers = ENGLISH

# A context variable, since receipts are made in threads beside the window's.
_audience: ContextVar[Audience] = ContextVar("audience", default=Audience.CASHIER)


def use_languages(cashier: Language, customers: Language | None = None) -> None:
    """Speak these from now on; None is the cashier's."""
    global _cashiers, _customers
    _cashiers, _customers = cashier, customers or cashier


def spoken(to: Audience | None = None) -> Language:
    """The language that is spoken here, or to this audience."""
    return _customers if (to or _audience.get()) is Audience.CUSTOMER else _cashiers


def audience() -> Audience:
    """Who is spoken to here."""
    return _audience.get()


@contextmanager
def speaking_to(whom: Audience) -> Iterator[None]:
    """Speak to them inside of this block."""
    before = _audience.set(whom)
    try:
        yield
    finally:
        _audience.reset(before)


def to_customers(work: Callable[P, R]) -> Callable[P, R]:
    """Let a function speak to customers, with all that it calls."""

    @wraps(work)
    def speak(*args: P.args, **kwargs: P.kwargs) -> R:
        with speaking_to(Audience.CUSTOMER):
            return work(*args, **kwargs)

    return speak
