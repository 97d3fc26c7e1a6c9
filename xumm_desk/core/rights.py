"""What may be done in a window or with a desk: everything at a till, nothing but reading at a
monitor of a shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xumm_desk.core.message import Message

READ_ONLY: Final = Message("This window is a monitor: it shows what the tills do.")


@dataclass(frozen=True, slots=True)
class Rights:
    """`writes` is whether requests may be made, changed and decided about, and the platform and the
    ledger asked, which needs the keys of the application."""

    writes: bool = True

    @property
    def why_not(self) -> str:
        """Why nothing can be made, changed or decided; "" where it can."""
        return "" if self.writes else READ_ONLY


TILL: Final = Rights()
MONITOR: Final = Rights(writes=False)
