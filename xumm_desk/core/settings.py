"""Settings and credentials: the values that windows, commands and stores share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Settings:
    """What a shop sets once. `scheme` is "system", "light" or "dark", the
    latter two with "-contrast" for more of it; `layout` holds window
    states as hex text by name.

    `language` is the tag of the cashier's language ("de", "pt_BR"), "" for the computer's;
    `customer_language` that of the customer's screen and receipts, "" for the cashier's.

    The till: prices are in `shop_currency` (ISO 4217, or "XRP"); `assets` are those that customers
    pay with (`core/pricing/accepted_asset.py`), `presets` have "name" and "price", `tips` are
    percents as text. Above `sale_limit` ("" for none) the till asks. `numbering` is "running" or
    "daily", `view` "till", "requests" or "report".

    Rates (`core/pricing/rate_settings.py`): `rate_max_age` in minutes, `rate_max_spread` in
    percent. `rate_second` is "", "oracle", "order book" or "pool"; `rate_issuer` an address or
    "CODE.address"; `rate_oracles` have "account" and "document".

    Receipts: `receipt_printer` is "" for none, "pdf", "qt:NAME" for a printer of the system,
    "tcp:HOST:PORT" or "usb:VENDOR:PRODUCT" for one that understands ESC/POS; `receipt_width` is
    "58", "80" or "A4", `shop_logo` a file in the data folder.

    Sounds: each has a switch; `sound_volume` is 0 to 100.

    Tray: `close_to_tray` hides the window where a person closes it, `tray_explained` says that this
    was explained once. `notification_amounts` holds at an unlocked desk only.

    Lock: `pin_hash` is Argon2's text, "" for no PIN; it is here and not in the keyring, since the
    desk must start locked although the keyring may be absent or answer late. `pin_failed` counts
    wrong tries since the last right one, `lock_after` is in minutes without input, 0 for never.
    `operators` are the names that unlocked it last.

    `copy_days` is for how many days a daily copy of the journal is kept, 0 for no copies.

    `saved_filters` are those of the requests (`core/history/saved_filter.py`), in their order.

    `version_notice` is "on" where the shop wishes to be told of new versions, "off" or "" where it
    does not, "forbidden" where no window may offer it (`core/updates/notice.py`).

    `setup_step` is the step of the guided set-up that is open, "done" after the last one, "" where
    it was never begun.
    """

    destination: str = ""
    currency: str = "XRP"
    issuer: str = ""
    expire: str = "5"
    network: str = ""
    scheme: str = "system"
    language: str = ""
    customer_language: str = ""
    customer_screen: str = ""
    tag_from: str = ""
    tag_to: str = ""
    practice_port: int = 0
    practice_customers: str = "manual"
    shop_name: str = ""
    till: str = ""
    cashier: str = ""
    view: str = ""
    shop_currency: str = "XRP"
    assets: list[dict[str, Any]] = field(default_factory=list)
    presets: list[dict[str, Any]] = field(default_factory=list)
    tips: list[str] = field(default_factory=lambda: ["5", "10", "15"])
    sale_limit: str = ""
    numbering: str = "running"
    rate_max_age: str = "5"
    rate_max_spread: str = "2"
    rate_second: str = ""
    rate_issuer: str = ""
    rate_oracles: list[dict[str, Any]] = field(default_factory=list)
    receipt_printer: str = ""
    receipt_width: str = "80"
    receipt_on_paid: bool = False
    receipt_address: str = ""
    receipt_footer: str = ""
    shop_logo: str = ""
    sound_paid: bool = True
    sound_attention: bool = True
    sound_failed: bool = True
    sound_volume: int = 70
    notifications: bool = True
    notification_amounts: bool = True
    tray_icon: bool = True
    close_to_tray: bool = False
    tray_explained: bool = False
    pin_hash: str = field(default="", repr=False)
    pin_failed: int = 0
    lock_after: int = 0
    operators: list[str] = field(default_factory=list)
    copy_days: int = 14
    saved_filters: list[dict[str, Any]] = field(default_factory=list)
    version_notice: str = ""
    setup_step: str = ""
    layout: dict[str, str] = field(default_factory=dict)


class SettingsStore(Protocol):
    """Where settings are kept; the window does not know files."""

    @property
    def value(self) -> Settings:
        """The present settings."""
        ...

    @property
    def error(self) -> str:
        """Why the last change is not on disk; "" if it is."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """Sentences about what could not be read at the start, and what holds instead."""
        ...

    @property
    def is_new(self) -> bool:
        """Whether nothing was kept before this start."""
        ...

    def change(self, **values: Any) -> Settings:
        """Change some of them and save all; returns the new settings."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret; shows neither."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"
