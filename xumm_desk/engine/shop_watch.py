"""What this till knows of its shop, and who is told when that changes."""

from __future__ import annotations

from collections.abc import Callable

from xumm_desk.core.replication.shop_view import ShopView


class ShopWatch:
    """Used on the loop's thread. `view` is None for a till of no shop."""

    def __init__(self) -> None:
        self.view: ShopView | None = None
        self._listeners: list[Callable[[ShopView], None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether the shop's database answers."""
        return self.view is not None and self.view.connected

    def on_view(self, listener: Callable[[ShopView], None]) -> None:
        """Call `listener` with each view from now on."""
        self._listeners.append(listener)

    def show(self, view: ShopView) -> None:
        """The shop looks like this now."""
        self.view = view
        for listener in self._listeners:
            listener(view)
