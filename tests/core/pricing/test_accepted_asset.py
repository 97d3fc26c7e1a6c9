"""The shop's assets: read from settings that a person may have edited, and counted exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money.amount import IssuedAmount, MptAmount, XrpAmount
from xumm_desk.core.pricing.accepted_asset import (
    XRP,
    AcceptedAsset,
    asset_from_json,
    assets_from_json,
)

ISSUER = "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De"
RLUSD = AcceptedAsset("524C555344000000000000000000000000000000", ISSUER, pegged_to="USD")
TOKEN = AcceptedAsset("00000001" + "A" * 40, decimals=2, name="Points")


@pytest.mark.parametrize("asset", [XRP, RLUSD, TOKEN])
def test_an_asset_survives_the_settings(asset: AcceptedAsset) -> None:
    assert asset_from_json(asset.to_json()) == asset


@pytest.mark.parametrize(
    ("asset", "amount"),
    [
        (XRP, XrpAmount(12_500_000)),
        (RLUSD, IssuedAmount(RLUSD.currency, ISSUER, Decimal("12.5"))),
        (TOKEN, MptAmount(TOKEN.currency, 1250)),
    ],
)
def test_units_are_exact_in_both_directions(asset: AcceptedAsset, amount: object) -> None:
    made = asset.amount_of(Decimal("12.5"))
    assert made == amount
    assert asset.units_of(made) == Decimal("12.5")


def test_another_asset_has_no_units() -> None:
    assert RLUSD.units_of(XrpAmount(1)) is None
    assert XRP.units_of(None) is None


def test_a_name_of_several_letters_becomes_the_ledgers_code() -> None:
    read = asset_from_json({"currency": "RLUSD", "issuer": ISSUER, "pegged_to": "USD"})
    assert read == RLUSD
    assert RLUSD.label == "RLUSD"


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=5),
            st.dictionaries(
                st.sampled_from(["currency", "issuer", "decimals", "pegged_to"]),
                st.one_of(st.none(), st.integers(), st.text(max_size=5)),
                max_size=4,
            ),
        ),
        max_size=4,
    )
)
def test_damaged_settings_leave_xrp(values: list[object]) -> None:
    found = assets_from_json(values, "XRP")  # type: ignore[arg-type]
    assert found
    assert len({asset.key for asset in found}) == len(found)


@pytest.mark.parametrize("values", [[], [{"currency": "XRP"}], [{"currency": "XAH"}]])
def test_drops_are_of_the_networks_own_asset_whatever_the_settings_call_them(
    values: list[object],
) -> None:
    for native in ("XRP", "XAH"):
        [asset] = assets_from_json(values, native)  # type: ignore[arg-type]
        assert asset.currency == asset.label == native
