"""Whether a payment may be assigned at this till: in a shop only one till does it at a time.

Without the database nothing is assigned: goods are handed over for what is assigned, and no rule
gets them back when another till has assigned the same payment.
"""

from __future__ import annotations

from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import ShopDatabaseError
from xumm_desk.core.replication.shop_view import BULK

from .shop_watch import ShopWatch

_AWAY: Final = Message(
    "The shop's database does not answer, so another till may have assigned this payment. Nothing"
    " was done. Assign it when the database is back; sales go on meanwhile."
)
_BEHIND: Final = Message(
    "This till is still taking in what other tills have done, so it does not know yet what they"
    " have assigned. Nothing was done. Assign it when that is done; the tills of the shop are"
    " listed behind the lamp."
)
_ELSEWHERE: Final = Message(
    "Another till of the shop is assigning this payment. Nothing was done. Look again in a minute."
)


async def why_not_assigned(shop: ShopWatch, txid: str) -> str:
    """Why this payment must not be assigned now; "" if this till alone may, knowing what all others
    have assigned, or where there is no shop."""
    if shop.hold is None:
        return ""
    if shop.view is None or not shop.view.connected:
        return _AWAY
    if shop.view.missing > BULK:
        return _BEHIND
    try:
        return "" if await shop.hold(f"payment:{txid}") else _ELSEWHERE
    except ShopDatabaseError:
        return _AWAY
