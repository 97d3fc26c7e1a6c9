"""What the pages of the settings ask of the program around them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset
from xumm_desk.core.settings import Settings
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.ui.customer.customer_display import CustomerDisplay
from xumm_desk.ui.shift.shift_tools import ShiftTools
from xumm_desk.ui.system_tools import Autostart, NoAutostart

LookAtAccount = Callable[[str, Sequence[AcceptedAsset], bool], Awaitable[tuple[Finding, ...]]]
"""`AccountCheck.findings_for`: classic address, assets, whether sales have tags."""


class PrinterChoice(Protocol):
    """A printer to choose: the value of the setting, and what people read."""

    @property
    def value(self) -> str: ...

    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ShopTools:
    """What `printing` does for the settings; `window_printing.py` brings both together.

    `printer_choices` may take seconds and `store_logo` reads a file: both are for a worker thread.
    `store_logo` returns the name for the setting and a sentence, one of them empty; `logo_path` is
    the file of such a name, "" for none. `print_test` prints with these settings, saved or not, and
    calls back with a sentence and whether it worked.
    """

    printer_choices: Callable[[], Sequence[PrinterChoice]]
    store_logo: Callable[[Path], tuple[str, str]]
    logo_path: Callable[[str], str]
    print_test: Callable[[Settings, Callable[[str, bool], None]], None]
    shifts: ShiftTools | None = None


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page may use. `ask_pin` opens the dialog for a new PIN; `look` and `display` are None
    while no desk is open. `has_tray` says whether this desktop shows one now,
    `no_versions` why a person cannot choose to be told of new versions."""

    network: str
    ledger: bool
    start: StartTask
    tools: ShopTools
    ask_pin: Callable[[], object]
    look: LookAtAccount | None = None
    display: CustomerDisplay | None = None
    autostart: Autostart = field(default_factory=NoAutostart)
    has_tray: bool = False
    no_versions: str = ""
