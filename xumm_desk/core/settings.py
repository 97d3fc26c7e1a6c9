"""Settings and credentials: the values that windows, commands and stores share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


class SettingsValues(Protocol):
    """The remembered values; see the store's settings for their meaning."""

    @property
    def destination(self) -> str:
        """The shop's receiving address."""
        ...

    @property
    def currency(self) -> str:
        """The asset last asked for."""
        ...

    @property
    def issuer(self) -> str:
        """Its issuer."""
        ...

    @property
    def expire(self) -> str:
        """Minutes, as typed."""
        ...

    @property
    def tag_from(self) -> str:
        """The first destination tag of the shop's range, as typed; "" for no range."""
        ...

    @property
    def tag_to(self) -> str:
        """The last one."""
        ...

    @property
    def scheme(self) -> str:
        """ "system", "light" or "dark"."""
        ...

    @property
    def customer_screen(self) -> str:
        """The screen's name on which the customer's window was last."""
        ...

    @property
    def practice_customers(self) -> str:
        """What practice customers do by themselves."""
        ...

    @property
    def layout(self) -> dict[str, str]:
        """Window states as hex text, by name."""
        ...


class SettingsStore(Protocol):
    """Where they are kept."""

    @property
    def value(self) -> SettingsValues:
        """The present values."""
        ...

    @property
    def error(self) -> str:
        """Why the last change is not on disk, "" when it is."""
        ...

    def change(self, **values: Any) -> Any:
        """Set some of them for good."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What a shop sets once. `scheme` is "system", "light" or "dark"; `layout` holds window
    states as hex text by name."""

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
    layout: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret; shows neither."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"
