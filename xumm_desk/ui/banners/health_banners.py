"""Banners for the health of platform, ledger, journal, disk and clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from xumm_desk.core.health.disk_space import size_text
from xumm_desk.core.health.lamp import LampLevel
from xumm_desk.core.message import Message
from xumm_desk.engine.health import Health
from xumm_desk.locale.translation import _

from .banner import BannerStack, Severity

JOURNAL: Final = "journal"
PLATFORM: Final = "platform"
LEDGER_GAP: Final = "ledger gap"
JOURNAL_REJECTED: Final = "refused"
CLOCK_SET: Final = "clock set"
CLOCK_OFF: Final = "clock off"
DISK: Final = "disk"

_CLOCK_SET: Final = Message(
    "No request and no payment depends on it, but times from before and after"
    " cannot be compared. If nobody did that, check the date and time of this"
    " computer."
)
_CLOCK_OFF: Final = Message(
    "Countdowns and payments do not depend on it, but the times shown here are"
    " wrong by that much. Set the date and time of this computer."
)


class HealthBanners:
    """Shows what is wrong; `block` is called with why nothing can be created, "" if it can."""

    def __init__(self, bars: BannerStack, block: Callable[[str], None]) -> None:
        self._bars, self._block = bars, block
        self._refused = self._clock_set = ""

    def show(self, health: Health) -> None:
        """Update the banners."""
        if health.journal_error:
            self._bars.show_banner(
                JOURNAL,
                health.journal_error,
                _(
                    "What the screen says about money is saved; nothing new can be"
                    " created until then."
                ),
                tone=Severity.HARM,
            )
        else:
            self._bars.remove(JOURNAL)
        self._show_disk(health)
        self._block(_("The journal cannot be written.") if health.journal_error else "")
        if health.journal_rejected and health.journal_rejected != self._refused:
            # Only once: a person who has read and hidden it is not told again.
            self._refused = health.journal_rejected
            self._bars.show_banner(JOURNAL_REJECTED, self._refused, "", _("Hide"), Severity.HARM)
        if health.ledger_gap:
            self._bars.show_banner(LEDGER_GAP, health.ledger_gap)
        else:
            self._bars.remove(LEDGER_GAP)
        if health.clock_set and health.clock_set != self._clock_set:
            self._clock_set = health.clock_set
            self._bars.show_banner(
                CLOCK_SET, self._clock_set, _CLOCK_SET, _("Hide"), Severity.ATTENTION
            )
        if health.clock_off:
            self._bars.show_banner(CLOCK_OFF, health.clock_off, _CLOCK_OFF, tone=Severity.ATTENTION)
        else:
            self._bars.remove(CLOCK_OFF)
        if health.platform_error:
            self._bars.show_banner(
                PLATFORM,
                health.platform_error,
                _(
                    "Open requests may still be paid. They are read again as soon as the platform"
                    " answers."
                ),
                _("Try again"),
                Severity.ATTENTION,
            )
        else:
            self._bars.remove(PLATFORM)

    def _show_disk(self, health: Health) -> None:
        """Said before the disk is full; once it is, the journal's own banner says it."""
        space = health.disk
        if space is None or health.journal_error or space.level <= LampLevel.WELL:
            self._bars.remove(DISK)
            return
        self._bars.show_banner(
            DISK,
            _("Only {free} are free on the disk of the journal.", free=size_text(space.free)),
            _(
                "On a full disk nothing new can be created, and payments are saved late. Delete or"
                " move other files; the journal itself takes {journal}.",
                journal=size_text(space.journal),
            ),
            _("Measure again"),
            Severity.HARM if space.level is LampLevel.HARM else Severity.ATTENTION,
        )
