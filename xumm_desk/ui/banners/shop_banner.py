"""The banner about a shop's database that does not answer."""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.replication.wording import sales_go_on
from xumm_desk.core.state.clock_check import spoken_duration
from xumm_desk.engine.shop_watch import ShopHealth
from xumm_desk.locale.translation import _

from .banner import BannerStack, Severity

SHOP: Final = "shop"

_PATIENCE: Final = 60.0
"""Seconds: a shorter break ends by itself, and the lamp tells of it."""

_CHECK: Final = Message(
    "Check the network, and whether the computer of the database runs. Nothing has to be done here"
    " when the database is back."
)


class ShopBanner:
    """Comes after a minute without an answer, and goes by itself."""

    def __init__(self, bars: BannerStack) -> None:
        self._bars = bars

    def show(self, shop: ShopHealth | None, now: float) -> None:
        """Show how it is at the monotonic second `now`."""
        silent = shop.silent(now) if shop is not None else 0.0
        if shop is None or silent < _PATIENCE:
            self._bars.remove(SHOP)
            return
        whole = silent - silent % 60
        self._bars.show_banner(
            SHOP,
            _(
                "The shop's database does not answer: {duration} so far.",
                duration=spoken_duration(whole),
            ),
            Sentences([sales_go_on(shop.view), shop.view.problem or _CHECK]),
            tone=Severity.ATTENTION,
        )
