"""Bars for the desk's health: they come with their cause and go with it. Must not know how health
is measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.engine.desk import Health

from .banner import BannerStack, Severity

JOURNAL: Final = "journal"
PLATFORM: Final = "platform"
LEDGER_GAP: Final = "ledger gap"
JOURNAL_REJECTED: Final = "refused"
CLOCK_SET: Final = "clock set"
CLOCK_OFF: Final = "clock off"

_CLOCK_SET: Final = (
    "No request and no payment depends on it, but times from before and after cannot be compared."
    " If nobody did that, check the date and time of this computer."
)
_CLOCK_OFF: Final = (
    "Countdowns and payments do not depend on it, but the times shown here are wrong by that much."
    " Set the date and time of this computer."
)


class HealthBanners:
    """Shows what is wrong; `block` is told why nothing can be created, "" when it can."""

    def __init__(self, bars: BannerStack, block: Callable[[str], None]) -> None:
        self._bars, self._block = bars, block
        self._refused = self._clock_set = ""

    def show(self, health: Health) -> None:
        """Say how it stands now."""
        if health.journal_error:
            self._bars.show_banner(
                JOURNAL,
                health.journal_error,
                "What the screen says about money is saved; nothing new can be created until then.",
                tone=Severity.HARM,
            )
        else:
            self._bars.remove(JOURNAL)
        self._block("The journal cannot be written." if health.journal_error else "")
        if health.journal_rejected and health.journal_rejected != self._refused:
            # Once: whoever has read and hidden it is not told again.
            self._refused = health.journal_rejected
            self._bars.show_banner(JOURNAL_REJECTED, self._refused, "", "Hide", Severity.HARM)
        if health.ledger_gap:
            self._bars.show_banner(LEDGER_GAP, health.ledger_gap)
        else:
            self._bars.remove(LEDGER_GAP)
        if health.clock_set and health.clock_set != self._clock_set:
            self._clock_set = health.clock_set
            self._bars.show_banner(
                CLOCK_SET, self._clock_set, _CLOCK_SET, "Hide", Severity.ATTENTION
            )
        if health.clock_off:
            self._bars.show_banner(CLOCK_OFF, health.clock_off, _CLOCK_OFF, tone=Severity.ATTENTION)
        else:
            self._bars.remove(CLOCK_OFF)
        if health.platform_error:
            self._bars.show_banner(
                PLATFORM,
                health.platform_error,
                "Open requests may still be paid. They are read again as soon as it answers.",
                "Try again",
                Severity.ATTENTION,
            )
        else:
            self._bars.remove(PLATFORM)
