"""Assets as a person types them, and the ready-made ones."""

from __future__ import annotations

import pytest

from xumm_desk.core.money import address, amount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset, asset_from_json
from xumm_desk.core.pricing.asset_input import (
    AssetInput,
    AssetKind,
    AssetProblem,
    kind_of,
    parse_asset,
    rlusd,
)

ISSUER = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
TOKEN = "00000001" + "AB" * 20


@pytest.mark.parametrize("network", ["MAINNET", "TESTNET"])
def test_rlusd_is_ready_made_where_it_is_issued(network: str) -> None:
    made = rlusd(network)
    assert made is not None
    assert address.is_classic_address(made.issuer)
    assert amount.currency_label(made.currency) == "RLUSD"
    assert made.pegged_to == "USD"
    assert asset_from_json(made.to_json()) == made


def test_rlusd_is_not_offered_elsewhere_and_its_issuers_differ() -> None:
    assert rlusd("DEVNET") is None
    assert rlusd("XAHAU") is None
    one, other = rlusd("MAINNET"), rlusd("TESTNET")
    assert one is not None
    assert other is not None
    assert one.issuer != other.issuer


def test_each_kind_is_read() -> None:
    assert parse_asset(AssetInput(AssetKind.NATIVE)) == XRP
    issued = parse_asset(AssetInput(AssetKind.ISSUED, code="USD", issuer=f" {ISSUER} "))
    assert issued == AcceptedAsset("USD", ISSUER)
    token = parse_asset(AssetInput(AssetKind.MPT, token=TOKEN.lower(), decimals="2"))
    assert token == AcceptedAsset(TOKEN, decimals=2)
    for asset, kind in ((XRP, AssetKind.NATIVE), (issued, AssetKind.ISSUED)):
        assert isinstance(asset, AcceptedAsset)
        assert kind_of(asset) is kind


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (AssetInput(AssetKind.ISSUED, code="", issuer=ISSUER), "code"),
        (AssetInput(AssetKind.ISSUED, code="XRP", issuer=ISSUER), "code"),
        (AssetInput(AssetKind.ISSUED, code="USD", issuer=ISSUER[:-1]), "issuer"),
        (AssetInput(AssetKind.ISSUED, code="USD", issuer=ISSUER, decimals="16"), "decimals"),
        (AssetInput(AssetKind.ISSUED, code="USD", issuer=ISSUER, decimals="two"), "decimals"),
        (AssetInput(AssetKind.ISSUED, code="USD", issuer=ISSUER, pegged_to="?"), "pegged_to"),
        (AssetInput(AssetKind.MPT, token="ABC"), "token"),
    ],
)
def test_what_is_wrong_is_told_of_its_field(typed: AssetInput, field: str) -> None:
    found = parse_asset(typed)
    assert isinstance(found, AssetProblem)
    assert found.field == field
