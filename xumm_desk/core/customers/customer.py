"""A returning customer: a nickname, the push token behind it and its expiry (P§7).

The platform issues a token for each user and application, and prolongs it with every payment. A
token identifies a person, so it never shows itself in a text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message
from xumm_desk.core.money.pasted_text import without_invisible

from .token_states import TokenState

TOKEN_LIFE: Final = timedelta(days=30)
"""How long a token lives after the last signed request (P§7); for a token whose end is unknown."""

CHECK_INTERVAL: Final = timedelta(days=1)
"""How long the platform's word on a token is good enough."""

MAX_NICKNAME: Final = 30


@dataclass(frozen=True, slots=True)
class Customer:
    """One remembered customer. `expires` is the end of the token, `checked` when the platform last
    confirmed it (None if never); both in UTC."""

    nickname: str
    token: str = field(repr=False)
    expires: datetime
    checked: datetime | None = None

    @property
    def key(self) -> str:
        """What two nicknames that a person would take for one have in common."""
        return nickname_key(self.nickname)

    def has_ended(self, now: datetime) -> bool:
        """Whether the token's time is over."""
        return now >= self.expires

    def needs_check(self, now: datetime) -> bool:
        """Whether the platform should be asked again; also after the clock was set back."""
        return self.checked is None or not timedelta(0) <= now - self.checked < CHECK_INTERVAL


class Ending(Enum):
    """Why a customer is no longer remembered."""

    EXPIRED = "expired"
    REVOKED = "revoked"


def clean_nickname(text: str) -> str:
    """The nickname as it is kept: one line, single blanks, nothing invisible."""
    return unicodedata.normalize("NFC", " ".join(without_invisible(text).split()))


def nickname_error(nickname: str) -> str:
    """A sentence if a cleaned nickname cannot be used, else ""."""
    if not nickname:
        return Message("Type a name by which you will find this customer again.")
    if len(nickname) > MAX_NICKNAME:
        return Message("The name is too long: at most {most} characters.", most=MAX_NICKNAME)
    return ""


def nickname_key(nickname: str) -> str:
    """The nickname without case and accents, for comparing, sorting and searching."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", nickname).casefold())
    # Accents of these letters distinguish words for eyes, seldom for a person in a hurry.
    return "".join(one for one in apart if not unicodedata.combining(one)) or nickname


def in_order(customers: Iterable[Customer]) -> list[Customer]:
    """By nickname, as a person looks for it."""
    return sorted(customers, key=lambda one: (one.key, one.nickname))


def matches(nickname: str, search: str) -> bool:
    """Whether the nickname holds every word of `search`."""
    key = nickname_key(nickname)
    return all(word in key for word in nickname_key(search).split())


def judged(customer: Customer, state: TokenState, now: datetime) -> Customer | Ending:
    """The customer after the platform's word on the token."""
    if not state.active:
        return Ending.EXPIRED if _is_over(state.expires, now) else Ending.REVOKED
    if _is_over(state.expires, now):
        return Ending.EXPIRED
    return replace(customer, expires=state.expires or customer.expires, checked=now)


def new_customer(nickname: str, state: TokenState, now: datetime) -> Customer:
    """A customer whose token the platform has just confirmed."""
    return Customer(nickname, state.token, state.expires or now + TOKEN_LIFE, now)


def states_by_token(states: Sequence[TokenState]) -> dict[str, TokenState]:
    """The states under their tokens, whose letters may come back in another case."""
    return {state.token.lower(): state for state in states}


def ending_sentence(nickname: str, why: Ending) -> str:
    """Why this customer is no longer remembered."""
    name = isolate(nickname)
    if why is Ending.EXPIRED:
        return Message(
            "{name} is no longer remembered: the permission ended, 30 days after the last payment.",
            name=name,
        )
    return Message(
        "{name} is no longer remembered: the wallet takes no more requests from this shop.",
        name=name,
    )


def _is_over(expires: datetime | None, now: datetime) -> bool:
    return expires is not None and now >= expires
