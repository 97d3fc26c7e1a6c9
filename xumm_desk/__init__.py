"""Xumm Desk: take XRP Ledger payments through the Xumm wallet and believe what the window shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xumm_desk.version import __version__

if TYPE_CHECKING:
    from xumm_desk.api import RequestError as RequestError
    from xumm_desk.api import charge as charge
    from xumm_desk.api import open_desk as open_desk
    from xumm_desk.api import subscribe as subscribe
    from xumm_desk.api import wait_final as wait_final

__all__ = ["RequestError", "__version__", "charge", "open_desk", "subscribe", "wait_final"]


def __getattr__(name: str) -> Any:
    """Import `api` at its first use: the window must not wait for it."""
    if name in ("RequestError", "charge", "open_desk", "subscribe", "wait_final"):
        from xumm_desk import api  # noqa: PLC0415 - see above

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
