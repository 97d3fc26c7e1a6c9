"""The steps of the guided set-up, and which of them are done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, fiat
from xumm_desk.core.settings import Settings

KEYS: Final = "keys"
ADDRESS: Final = "address"
PRICES: Final = "prices"
SCREEN: Final = "screen"
PRINTER: Final = "printer"
PRACTICE: Final = "practice"
DONE: Final = "done"
"""The value of the setting `setup_step` after the last step."""

STEPS: Final[dict[str, str]] = {
    KEYS: Message("Practice or keys"),
    ADDRESS: Message("Receiving address"),
    PRICES: Message("Currency and assets"),
    SCREEN: Message("Customer's screen"),
    PRINTER: Message("Receipts"),
    PRACTICE: Message("A practice sale"),
}


@dataclass(frozen=True, slots=True)
class SetupState:
    """What is known of the shop. `furthest` is the furthest step that was reached."""

    settings: Settings
    has_desk: bool
    has_paid_sale: bool
    furthest: str


def first_step(saved: str) -> str:
    """Where the set-up is taken up again."""
    return saved if saved in STEPS else KEYS


def later_of(one: str, other: str) -> str:
    """The later of two values of `setup_step`."""
    return max(one, other, key=_rank)


def is_unfinished(saved: str) -> bool:
    """Whether the set-up was begun and left."""
    return saved in STEPS


def is_done(step: str, state: SetupState) -> bool:
    """Whether a step has its tick: by what is set up, or because a person went on from it."""
    now = state.settings
    if step == KEYS:
        return state.has_desk
    if step == ADDRESS:
        return address.parse_address(now.destination.strip()) is not None
    if step == PRACTICE:
        return state.has_paid_sale
    passed = _rank(state.furthest) > _rank(step)
    return passed and (step != PRICES or fiat.is_currency(now.shop_currency))


def _rank(step: str) -> int:
    if step == DONE:
        return len(STEPS)
    return list(STEPS).index(step) if step in STEPS else -1
