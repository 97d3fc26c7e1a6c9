"""Columns and lines of a terminal, where a Japanese letter takes two columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.cli.text_columns import columns, pad, wrap


@pytest.mark.parametrize(("text", "wide"), [("", 0), ("ok", 2), ("正常", 4), ("QRコード", 8)])
def test_wide_letters_take_two_columns(text: str, wide: int) -> None:
    assert columns(text) == wide
    assert pad(text, 12) == text + " " * (12 - wide)


def test_a_japanese_sentence_is_wrapped_and_no_line_begins_with_a_stop() -> None:
    said = (
        "キーリング（GNOME Keyring または KWallet）をインストールするか、変数を設定してください。"
    )
    lines = wrap(said, 30, "    ")
    assert all(columns(line) <= 30 for line in lines)
    assert not any(line.strip()[0] in "、。）ー" for line in lines)
    assert not any(line[-1] in "（" for line in lines)
    assert len(lines) > 2


def test_words_and_what_is_longer_than_a_line_stay_whole() -> None:
    assert wrap("put `xvfb-run -a` before it", 12, "  ") == [
        "put",
        "  `xvfb-run",
        "  -a` before",
        "  it",
    ]
    assert wrap("fonts-noto-cjk-extra", 6, " ") == ["fonts-noto-cjk-extra"]


@given(st.text("ab 。、（）漢字カー.,", max_size=60), st.integers(4, 30))
def test_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, "")
    assert "".join("".join(lines).split()) == "".join(text.split())
