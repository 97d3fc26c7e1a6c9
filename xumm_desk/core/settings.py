"""Settings and credentials: the values that windows, commands and stores share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Settings:
    """What a shop sets once. `scheme` is "system", "light" or "dark"; `layout` holds window
    states as hex text by name.

    The till: prices are in `shop_currency` (ISO 4217, or "XRP"); `assets` are those that customers
    pay with (`core/pricing/accepted_asset.py`), `presets` have "name" and "price", `tips` are
    percents as text. Above `sale_limit` ("" for none) the till asks. `numbering` is "running" or
    "daily", `view` "till" or "requests".
    """

    destination: str = ""
    currency: str = "XRP"
    issuer: str = ""
    expire: str = "5"
    network: str = ""
    scheme: str = "system"
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
