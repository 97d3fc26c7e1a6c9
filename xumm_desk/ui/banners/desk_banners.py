"""The banners about one desk: its health, its shop, its catch-up, unmatched payments and its
account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from xumm_desk.core.rights import TILL, Rights
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.health import Health
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask

from .account_banner import KEY as ACCOUNT
from .account_banner import AccountBanner
from .banner import BannerStack
from .catch_up_banner import CATCH_UP, NOT_REREAD, CatchUpBanner
from .health_banners import DISK, HealthBanners
from .shop_banner import ShopBanner
from .unmatched_banner import UnmatchedBanner


class DeskBanners:
    """Shows them in `bars`, as children of `parent`. `block` is called with a cause and why nothing
    can be created because of it, "" if it can."""

    def __init__(
        self,
        desk: Desk,
        *,
        start: StartTask,
        bars: BannerStack,
        block: Callable[[str, str], None],
        parent: QWidget,
        rights: Rights = TILL,
    ) -> None:
        self._desk, self._start = desk, start
        self._health = HealthBanners(bars, partial(block, "journal"))
        self._shop = ShopBanner(bars)
        self._catch_up = CatchUpBanner(
            desk, start=start, bars=bars, block=partial(block, "earlier"), parent=parent
        )
        self.unmatched = UnmatchedBanner(desk, start=start, bars=bars, parent=parent, rights=rights)
        self._account = AccountBanner(desk, start=start, bars=bars, parent=parent)

    def show_health(self, health: Health) -> None:
        """A second has passed: show what is wrong, and what is still being read."""
        self._health.show(health)
        self._shop.show(health.shop, self._desk.clock.monotonic())
        self._catch_up.tick()

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """Rows changed: some may have been what the catch-up waits for."""
        self._catch_up.rows_changed(rows)

    def begin_catch_up(self, before: Sequence[RequestRow]) -> None:
        """The journal was read, and `before` was unfinished in it."""
        self._catch_up.begin(before)
        self.unmatched.refresh()

    def click(self, key: str) -> bool:
        """The button of this banner was pressed; whether it is one of these."""
        if key == ACCOUNT:
            self._account.look_again()
        elif key == DISK:
            self._start(self._desk.measure_disk(), "disk space")
        elif key in (CATCH_UP, NOT_REREAD):
            self._catch_up.hide(key)
        else:
            return False
        return True

    def leave(self) -> None:
        """The desk ends."""
        self.unmatched.leave()
        self._account.leave()
