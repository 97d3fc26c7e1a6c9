"""Networks, and the words for statuses and reasons."""

from __future__ import annotations

import pytest

from xumm_desk.core import networks, wording
from xumm_desk.core.facts import Kind
from xumm_desk.core.lifecycle import Status
from xumm_desk.core.verdict import judge

from .making import (
    PAYMENT,
    absent,
    answer,
    blob,
    cancelled,
    created,
    frame,
    get,
    make_order,
    on_ledger,
    said,
    signed,
    tell,
)

PAY = signed(PAYMENT)


@pytest.mark.parametrize("key", ["MAINNET", "TESTNET", "DEVNET", "XAHAU", "XAHAUTESTNET"])
def test_known_networks(key: str) -> None:
    found = networks.find(key)
    assert found is not None
    assert found.key == key
    assert found.nodes


@pytest.mark.parametrize("key", [None, "", "mainnet", "MAIN", " MAINNET"])
def test_a_key_that_the_wallet_would_ignore_is_unknown(key: str | None) -> None:
    assert networks.find(key) is None


def test_node_types_are_compared_without_case() -> None:
    assert networks.same("TESTNET", " testnet ")
    assert not networks.same("TESTNET", "MAINNET")


def test_every_status_has_a_word_and_a_meaning() -> None:
    assert set(wording.WORDS) == set(wording.MEANINGS) == set(Status)
    assert len(set(wording.WORDS.values())) == len(Status)
    positive = {s for s in Status if wording.MEANINGS[s].startswith("Paid")}
    assert positive == {Status.PAID, Status.PAID_LATE}


def meaning(*facts: object) -> str:
    request = tell(make_order(), *facts)  # type: ignore[arg-type]
    return wording.meaning(request, judge(request, ledger=True))


def test_special_meanings() -> None:
    assert meaning(said(Kind.NOT_CREATED, why="Keys rejected.")) == "Not created: Keys rejected."
    assert "answer was lost" in meaning(said(Kind.UNSURE, why="cut"))
    signed_row = (created(), answer(get(PAY)), blob(PAY))
    assert "tecUNFUNDED_PAYMENT" in meaning(
        *signed_row, on_ledger(PAY, result="tecUNFUNDED_PAYMENT", delivered=None)
    )
    assert "last ledger" in meaning(*signed_row, absent(2000, never=True))
    assert "does not know this request" in meaning(created(), said(Kind.MISSING))
    announced = frame('{"signed":true}')
    assert "is being asked" in meaning(created(), announced)
    assert meaning(created()) == wording.MEANINGS[Status.WAITING]


def test_reasons_name_what_differs_and_what_to_do() -> None:
    request = tell(
        make_order(), created(), answer(get(PAY)), blob(PAY), on_ledger(PAY, delivered="1000000")
    )
    [reason] = wording.reasons(request, judge(request, ledger=True))
    assert "expected 1.50 XRP, found 1.00 XRP" in reason
    assert "0.5 XRP are missing" in reason


def test_a_refused_cancel_is_explained_while_the_row_lives_on() -> None:
    request = tell(make_order(), created(), answer(get(opened=True)))
    assert wording.reasons(request, judge(request, ledger=True)) == []
    request = tell(
        make_order(), created(), answer(get(opened=True)), cancelled(False, "ALREADY_OPENED")
    )
    [reason] = wording.reasons(request, judge(request, ledger=True))
    assert reason.startswith("Not cancelled: a phone has opened it")
    assert "NEW_ONE" in wording.cancel_refused("NEW_ONE")
