"""Labels: where their lines may break."""

from __future__ import annotations

import pytest

from xumm_desk.ui.widgets.labels import with_break_points

MARK = "\u200b"


@pytest.mark.parametrize(
    "sentence",
    [
        "どのレシートにも、店舗が入力したレートであることが記載されます。",
        "プラットフォーム、レジャー、お客様をこのコンピューター上で模擬します。",
        "新しいバージョンがあるときは、はっきりとバーで知らせます。",
    ],
    ids=["comma", "stop", "long vowel"],
)
def test_a_japanese_sentence_breaks_where_its_language_allows_it(sentence: str) -> None:
    assert MARK not in with_break_points(sentence), "else a line may begin with a full stop"


def test_a_long_id_may_break_anywhere_whatever_stands_beside_it() -> None:
    txid = "024026D8EDD0F48F06F7C908072C31D065AAEA6DA338D25B06E258F8D944FE22"
    broken = MARK.join(txid)
    assert with_break_points(f"Paid by {txid}.") == f"Paid by {broken}{MARK}."
    assert with_break_points(f"トランザクション{txid}を確認しました。") == (
        f"トランザクション{broken}を確認しました。"
    )
    assert with_break_points("Destination tags of short words stay whole.").count(MARK) == 0
