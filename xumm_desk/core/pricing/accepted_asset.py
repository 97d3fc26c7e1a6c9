"""The assets in which a shop lets its customers pay, as its settings hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from xumm_desk.core.money import amount, fiat, mpt
from xumm_desk.core.money.amount import Amount, IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

MAX_DECIMALS: Final = 15


@dataclass(frozen=True, slots=True)
class AcceptedAsset:
    """One asset that the shop takes.

    `currency` is "XRP" (or "XAH"), an issued code in either notation, or a token's issuance id.
    `pegged_to` is the ISO currency of which one unit is worth one; "" where a rate is needed.
    `decimals` are the digits that are charged; for a token its asset scale. `pathfinding` lets the
    wallet pay with another asset, so that the shop receives this one (P§2.1).
    """

    currency: str = "XRP"
    issuer: str = ""
    pegged_to: str = ""
    decimals: int = 6
    name: str = ""
    pathfinding: bool = False

    @property
    def is_native(self) -> bool:
        """Whether it is the ledger's own asset."""
        return self.currency in fiat.NATIVE

    @property
    def is_token(self) -> bool:
        """Whether it is a multi-purpose token."""
        return mpt.is_issuance_id(self.currency)

    @property
    def label(self) -> str:
        """Its name for people: the shop's own, else the code as a person reads it."""
        return self.name or amount.asset_label(self.amount_of(Decimal(0)))

    @property
    def key(self) -> str:
        """What tells it from the others: code and issuer, the code as the ledger writes it."""
        if self.is_native or self.is_token:
            return self.currency.upper()
        return f"{amount.currency_hex(self.currency)}.{self.issuer}"

    def amount_of(self, units: Decimal) -> Amount:
        """So many units of it, exactly; `units` has no more digits than `decimals`."""
        if self.is_native:
            return XrpAmount(int(units.scaleb(6)), self.currency)
        if self.is_token:
            return MptAmount(self.currency.upper(), int(units.scaleb(self.decimals)))
        return IssuedAmount(self.currency, self.issuer, units)

    def units_of(self, paid: Amount | None) -> Decimal | None:
        """How many units `paid` is; None if it is of another asset."""
        if paid is None or not amount.same_asset(paid, self.amount_of(Decimal(0))):
            return None
        units = amount.as_decimal(paid)
        return units.scaleb(-self.decimals) if self.is_token else units

    def to_json(self) -> JsonObject:
        """The settings' form."""
        return {
            "currency": self.currency,
            "issuer": self.issuer,
            "pegged_to": self.pegged_to,
            "decimals": self.decimals,
            "name": self.name,
            "pathfinding": self.pathfinding,
        }


XRP: Final = AcceptedAsset()


def asset_from_json(value: Mapping[str, Json]) -> AcceptedAsset | None:
    """Read one asset of the settings; None for what is none, since a person may edit the file."""
    currency = json_fields.string_at(value, "currency") or ""
    issuer = json_fields.string_at(value, "issuer") or ""
    if currency not in fiat.NATIVE and not mpt.is_issuance_id(currency):
        code = amount.parse_currency(currency)
        if code is None or not issuer:
            return None
        currency = code
    pegged = json_fields.string_at(value, "pegged_to") or ""
    decimals = json_fields.int_at(value, "decimals")
    if currency in fiat.NATIVE or decimals is None or not 0 <= decimals <= MAX_DECIMALS:
        decimals = 6
    return AcceptedAsset(
        currency=currency,
        issuer=issuer,
        pegged_to=pegged if fiat.is_currency(pegged) else "",
        decimals=decimals,
        name=json_fields.string_at(value, "name") or "",
        pathfinding=json_fields.bool_at(value, "pathfinding") or False,
    )


def assets_from_json(values: Sequence[Json], native: str) -> tuple[AcceptedAsset, ...]:
    """Read the settings' list, without what is no asset and without repetitions.

    `native` is the network's own asset. It stands for XRP and XAH alike: drops are paid in what the
    network has, so a rate of the other one would charge a multiple. It is also what is left of a
    list without assets, so that a shop can always sell.
    """
    found: dict[str, AcceptedAsset] = {}
    for value in values:
        asset = asset_from_json(value) if isinstance(value, Mapping) else None
        if asset is not None and asset.is_native:
            asset = replace(asset, currency=native)
        if asset is not None:
            found.setdefault(asset.key, asset)
    return tuple(found.values()) or (AcceptedAsset(native),)
