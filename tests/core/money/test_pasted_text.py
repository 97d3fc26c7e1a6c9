"""What people paste: invisible characters go, addresses and links are read."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.money.pasted_text import (
    PastedAddress,
    escape_invisible,
    parse_pasted_address,
    without_invisible,
)

SHOP = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"
X_ADDRESS = "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"
X_CLASSIC, X_TAG = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf", 4294967295


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    kept = without_invisible(text)
    assert without_invisible(kept) == kept
    for one in kept:
        assert unicodedata.category(one) not in ("Cc", "Zl", "Zp")
        assert one in "\u200c\u200d" or unicodedata.category(one) != "Cf"


@given(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126)))
def test_ordinary_text_stays(text: str) -> None:
    assert escape_invisible(text) == text


def test_joiners_stay_where_they_shape_letters() -> None:
    for text in ("👩\u200d👧", "\u0928\u094d\u200d\u0926", "\u0645\u06cc\u200c\u062e"):
        assert without_invisible(text) == text
    assert without_invisible("rA\u200dbc\u200c") == "rAbc"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (SHOP, PastedAddress(SHOP)),
        (f"\u200b{SHOP[:9]}\u2060{SHOP[9:]}\u202c ", PastedAddress(SHOP)),
        (X_ADDRESS, PastedAddress(X_CLASSIC, X_TAG)),
        (f"xrpl:{SHOP}", PastedAddress(SHOP)),
        (f"xrpl://{SHOP}?dt=5", PastedAddress(SHOP, 5)),
        (f"ripple:{SHOP}?dt=0&amount=1", PastedAddress(SHOP, 0, "1")),
        (f"xrpl:{X_ADDRESS}", PastedAddress(X_CLASSIC, X_TAG)),
        (f"xrpl:{X_ADDRESS}?dt={X_TAG}", PastedAddress(X_CLASSIC, X_TAG)),
        (f"XRPL:{SHOP}?DT=5", PastedAddress(SHOP, 5)),
        (
            f"https://xaman.app/detect/request:{SHOP}?dt=7&amount=12.5",
            PastedAddress(SHOP, 7, "12.5"),
        ),
        (
            f"https://xumm.app/detect/request:{SHOP}?amount=10&currency=USD&issuer={SHOP}",
            PastedAddress(SHOP, None, "10", "USD", SHOP),
        ),
        (f"https://livenet.xrpl.org/accounts/{SHOP}", PastedAddress(SHOP)),
        (f"https://bithomp.com/en/account/{SHOP}", PastedAddress(SHOP)),
        (f"https://xrpscan.com/account/{SHOP}", PastedAddress(SHOP)),
        # What is wrong in a link is not taken; the address itself is right.
        (f"xrpl:{SHOP}?dt=4294967296&amount=1,5", PastedAddress(SHOP)),
        (f"xrpl:{SHOP}?amount=-5&dt=x", PastedAddress(SHOP)),
        # Nobody can say which of two tags is meant.
        (f"xrpl:{X_ADDRESS}?dt=5", None),
        (f"xrpl:{SHOP[:-1]}x", None),
        (f"bitcoin:{SHOP}", None),
        ("https://xaman.app/sign/8d9d0e34-5c55-4a86-8d5a-1a2b3c4d5e6f", None),
        ("", None),
    ],
)
def test_addresses_as_people_paste_them(text: str, read: PastedAddress | None) -> None:
    assert parse_pasted_address(text) == read


@given(st.text(), st.text())
def test_it_is_total(before: str, after: str) -> None:
    parse_pasted_address(before + after)
    parse_pasted_address(f"xrpl:{before}?{after}")
    parse_pasted_address(f"https://xaman.app/detect/request:{SHOP}{before}?{after}")
