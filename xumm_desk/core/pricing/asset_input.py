"""Read an accepted asset as a person types it, and the ready-made ones of each network."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, amount, fiat, mpt, typed_number

from .accepted_asset import MAX_DECIMALS, AcceptedAsset

RLUSD_SOURCE: Final = "docs.ripple.com/products/stablecoin/developer-resources/rlusd-on-the-xrpl"
"""Where Ripple publishes the issuers below."""

_RLUSD_CODE: Final = "524C555344000000000000000000000000000000"
_RLUSD_ISSUERS: Final = {
    "MAINNET": "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De",
    "TESTNET": "rQhWct2fv4Vc4KRjRgMrxa8xPN9Zx9iLKV",
}


class AssetKind(Enum):
    """What an asset is on the ledger."""

    NATIVE = "native"
    ISSUED = "issued"
    MPT = "mpt"


@dataclass(frozen=True, slots=True)
class AssetInput:
    """What is typed. `code` and `issuer` are of an issued currency, `token` is an issuance id;
    `decimals` are the digits that are charged, of a token its asset scale."""

    kind: AssetKind
    code: str = ""
    issuer: str = ""
    token: str = ""
    decimals: str = ""
    name: str = ""
    pegged_to: str = ""
    pathfinding: bool = False


@dataclass(frozen=True, slots=True)
class AssetProblem:
    """What is wrong with one field of `AssetInput`."""

    field: str
    message: str


def rlusd(network: str) -> AcceptedAsset | None:
    """Ripple's dollar on this network; None where it is not issued."""
    issuer = _RLUSD_ISSUERS.get(network)
    if issuer is None:
        return None
    return AcceptedAsset(_RLUSD_CODE, issuer, pegged_to="USD", name="RLUSD")


def kind_of(asset: AcceptedAsset) -> AssetKind:
    """What the asset is on the ledger."""
    if asset.is_native:
        return AssetKind.NATIVE
    return AssetKind.MPT if asset.is_token else AssetKind.ISSUED


def parse_asset(typed: AssetInput, native: str = "XRP") -> AcceptedAsset | AssetProblem:
    """The asset that is typed, or the first thing that is wrong with it; `native` is the network's
    own asset."""
    if typed.kind is AssetKind.NATIVE:
        return AcceptedAsset(native, pathfinding=typed.pathfinding)
    decimals = typed_number.parse_whole(typed.decimals.strip() or "6")
    issuer = ""
    if typed.kind is AssetKind.MPT:
        code = typed.token.strip().upper()
        if not mpt.is_issuance_id(code):
            return AssetProblem(
                "token",
                Message("An issuance id is 48 hex digits. Copy it from the token's explorer page."),
            )
    else:
        read = amount.parse_currency(typed.code.strip())
        if read is None or read in fiat.NATIVE:
            return AssetProblem(
                "code", Message("Type a code such as USD or RLUSD, or its 40 hex digits.")
            )
        code, issuer = read, typed.issuer.strip()
        if not address.is_classic_address(issuer):
            return AssetProblem(
                "issuer", Message("Type the issuer's address (r…), letter by letter right.")
            )
    if decimals is None or not 0 <= decimals <= MAX_DECIMALS:
        return AssetProblem(
            "decimals", Message("Type whole digits, from 0 to {most}.", most=MAX_DECIMALS)
        )
    if typed.pegged_to and not fiat.is_currency(typed.pegged_to):
        return AssetProblem("pegged_to", Message("Choose a currency, or that there is none."))
    return AcceptedAsset(
        currency=code,
        issuer=issuer,
        pegged_to=typed.pegged_to,
        decimals=decimals,
        name=typed.name.strip(),
        pathfinding=typed.pathfinding,
    )
