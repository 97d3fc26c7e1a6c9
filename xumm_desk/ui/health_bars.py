"""Bars for the desk's health: they come with their cause and go with it. Must not know how health
is measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.engine.desk import Health

from .banner import BannerStack, Tone

JOURNAL: Final = "journal"
PLATFORM: Final = "platform"
LEDGER_GAP: Final = "ledger gap"
REFUSED: Final = "refused"


class HealthBars:
    """Shows what is wrong; `block` is told why nothing can be created, "" when it can."""

    def __init__(self, bars: BannerStack, block: Callable[[str], None]) -> None:
        self._bars, self._block = bars, block
        self._refused = ""

    def show(self, health: Health) -> None:
        """Say how it stands now."""
        if health.journal_fault:
            self._bars.show_bar(
                JOURNAL,
                health.journal_fault,
                "What the screen says about money is saved; nothing new can be created until then.",
                tone=Tone.HARM,
            )
        else:
            self._bars.remove(JOURNAL)
        self._block("The journal cannot be written." if health.journal_fault else "")
        if health.journal_refused and health.journal_refused != self._refused:
            # Once: whoever has read and hidden it is not told again.
            self._refused = health.journal_refused
            self._bars.show_bar(REFUSED, self._refused, "", "Hide", Tone.HARM)
        if health.ledger_gap:
            self._bars.show_bar(LEDGER_GAP, health.ledger_gap)
        else:
            self._bars.remove(LEDGER_GAP)
        if health.platform_fault:
            self._bars.show_bar(
                PLATFORM,
                health.platform_fault,
                "Open requests may still be paid. They are read again as soon as it answers.",
                "Try again",
                Tone.ATTENTION,
            )
        else:
            self._bars.remove(PLATFORM)
