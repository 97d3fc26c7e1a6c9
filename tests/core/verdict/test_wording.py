"""Networks, and the words for statuses and reasons."""

from __future__ import annotations

import pytest

from core.builders import (
    PAYMENT,
    answer,
    apply_all,
    blob,
    cancelled,
    created,
    frame,
    frame_fact,
    get,
    make_order,
    on_ledger,
    signed,
    tx_not_found,
)
from xumm_desk.core.money import networks
from xumm_desk.core.state.facts import FactKind
from xumm_desk.core.status import Status
from xumm_desk.core.verdict import wording
from xumm_desk.core.verdict.verdict import judge

PAY = signed(PAYMENT)


@pytest.mark.parametrize("key", ["MAINNET", "TESTNET", "DEVNET", "XAHAU", "XAHAUTESTNET"])
def test_known_networks(key: str) -> None:
    found = networks.network_by_key(key)
    assert found is not None
    assert found.key == key
    assert found.public_nodes


@pytest.mark.parametrize("key", [None, "", "mainnet", "MAIN", " MAINNET"])
def test_a_key_that_the_wallet_would_ignore_is_unknown(key: str | None) -> None:
    assert networks.network_by_key(key) is None


def test_node_types_are_compared_without_case() -> None:
    assert networks.is_network("TESTNET", " testnet ")
    assert not networks.is_network("TESTNET", "MAINNET")


def test_every_status_has_a_word_and_a_meaning() -> None:
    assert set(wording.STATUS_LABELS) == set(wording.STATUS_MEANINGS) == set(Status)
    assert len(set(wording.STATUS_LABELS.values())) == len(Status)
    positive = {s for s in Status if wording.STATUS_MEANINGS[s].startswith("Paid")}
    assert positive == {Status.PAID, Status.PAID_LATE}


def meaning(*facts: object) -> str:
    request = apply_all(make_order(), *facts)  # type: ignore[arg-type]
    return wording.status_sentence(request, judge(request, ledger=True))


def test_special_meanings() -> None:
    assert (
        meaning(frame_fact(FactKind.NOT_CREATED, why="Keys rejected."))
        == "Not created: Keys rejected."
    )
    assert "answer was lost" in meaning(frame_fact(FactKind.CREATE_UNSURE, why="cut"))
    signed_row = (created(), answer(get(PAY)), blob(PAY))
    assert "tecUNFUNDED_PAYMENT" in meaning(
        *signed_row, on_ledger(PAY, result="tecUNFUNDED_PAYMENT", delivered=None)
    )
    assert "last ledger" in meaning(*signed_row, tx_not_found(2000, never=True))
    assert "does not know this request" in meaning(created(), frame_fact(FactKind.NOT_FOUND))
    announced = frame('{"signed":true}')
    assert "is being asked" in meaning(created(), announced)
    assert meaning(created()) == wording.STATUS_MEANINGS[Status.WAITING]


def test_reasons_name_what_differs_and_what_to_do() -> None:
    request = apply_all(
        make_order(), created(), answer(get(PAY)), blob(PAY), on_ledger(PAY, delivered="1000000")
    )
    [reason] = wording.reasons(request, judge(request, ledger=True))
    assert "expected 1.50 XRP, found 1.00 XRP" in reason
    assert "0.5 XRP are missing" in reason


def test_a_refused_cancel_is_explained_while_the_row_lives_on() -> None:
    request = apply_all(make_order(), created(), answer(get(opened=True)))
    assert wording.reasons(request, judge(request, ledger=True)) == []
    request = apply_all(
        make_order(), created(), answer(get(opened=True)), cancelled(False, "ALREADY_OPENED")
    )
    [reason] = wording.reasons(request, judge(request, ledger=True))
    assert reason.startswith("Not cancelled. A phone has opened it")
    assert "NEW_ONE" in wording.cancel_refused("NEW_ONE")
