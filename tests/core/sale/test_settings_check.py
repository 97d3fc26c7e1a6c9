"""Settings of no sense: each is told, with what holds instead."""

from __future__ import annotations

from typing import Any

import pytest

from xumm_desk.core.sale.settings_check import LABELS, label_of, nonsense
from xumm_desk.core.settings import Settings


def test_a_new_shop_s_settings_are_of_sense() -> None:
    assert nonsense(Settings()) == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"destination": "rWrong"}, "receiving address is none"),
        ({"tag_from": "9", "tag_to": "5"}, "no tag of their own"),
        ({"shop_currency": "euro"}, "currency of the shop's prices"),
        ({"assets": [{"currency": "USD"}]}, "1 accepted asset is none"),
        ({"rate_max_age": "soon"}, "5 holds"),
        ({"rate_max_spread": "99"}, "2 holds"),
        ({"rate_second": "newspaper"}, "not known"),
        ({"rate_second": "oracle"}, "no price oracle"),
        ({"presets": [{"price": "tea"}, {"price": "2"}]}, "1 ready-made price is no price in XRP"),
        ({"tips": ["500", "5"]}, "1 tip is no percentage"),
        ({"sale_limit": "much"}, "does not ask"),
        ({"numbering": "weekly"}, "without an end"),
        ({"expire": "soon"}, "no sale can be charged"),
        ({"receipt_printer": "fax:1"}, "nothing is printed"),
    ],
)
def test_each_of_them_is_told_in_one_sentence(changed: dict[str, Any], words: str) -> None:
    (sentence,) = nonsense(Settings(**changed))
    assert words in sentence


def test_every_label_is_one_of_a_setting() -> None:
    assert set(LABELS) <= set(Settings.__dataclass_fields__)
    assert label_of("setup_step") == "setup_step"
