"""What this till knows of its shop, who is told of a change, and what only one till may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_view import ShopView

_AWAY: Final = Message(
    "The shop's database does not answer, so nobody knows what other tills have refunded. Nothing"
    " was done. Refund when it is back; sales go on meanwhile."
)
_ELSEWHERE: Final = Message(
    "Another till of the shop is refunding this sale. Nothing was done. Look again in a minute."
)


class ShopWatch:
    """Used on the loop's thread. `view` is None for a till of no shop."""

    def __init__(self) -> None:
        self.view: ShopView | None = None
        self.hold: Callable[[str], Awaitable[bool]] | None = None
        """Takes a lease that one till alone has, with all that others know up to then; raises
        `ShopDatabaseError`. Set while the shop's database is spoken to."""
        self._listeners: list[Callable[[ShopView], None]] = []
        self._past_listeners: list[Callable[[], None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether the shop's database answers."""
        return self.view is not None and self.view.connected

    async def why_not_refunded(self, sale: str) -> str:
        """Why a refund of this sale must not be made now; "" if this till alone may, knowing the
        refunds of all others, or where there is no shop."""
        if self.hold is None:
            return ""
        if not self.is_connected:
            return _AWAY
        try:
            return "" if await self.hold(f"refund:{sale}") else _ELSEWHERE
        except ShopDatabaseError:
            return _AWAY

    def on_view(self, listener: Callable[[ShopView], None]) -> None:
        """Call `listener` with each view from now on."""
        self._listeners.append(listener)

    def on_past(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever another till has told of its past, which is in the journal and
        not in memory."""
        self._past_listeners.append(listener)

    def tell_past(self) -> None:
        """Another till has told of its past."""
        for listener in self._past_listeners:
            listener()

    def show(self, view: ShopView) -> None:
        """The shop looks like this now."""
        self.view = view
        for listener in self._listeners:
            listener(view)
