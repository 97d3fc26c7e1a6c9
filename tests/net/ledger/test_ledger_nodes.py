"""Absence on the ledger: for good only where it was seen after the last ledger had passed."""

from __future__ import annotations

import pytest

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.state.evidence import NoNodeAnswer, TransactionNotFound
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes, _Node

pytestmark = pytest.mark.anyio

TXID = "AB" * 32
NOT_FOUND: JsonObject = {"error": "txnNotFound"}
FOUND: JsonObject = {"hash": TXID, "validated": True, "ledger_index": 120, "tx_json": {}}
PASSED: JsonObject = {"validated_ledger": {"seq": 121}, "complete_ledgers": "1-121"}


class Scripted(LedgerNodes):
    """A node that gives these answers to `tx`, one after the other."""

    def __init__(self, *answers: JsonObject) -> None:
        super().__init__(["http://127.0.0.1:9"], NETWORKS["TESTNET"])
        self.answers = list(answers)
        self.asked: list[JsonObject] = []
        self.info = PASSED

    async def _request(self, _node: _Node, request: JsonObject) -> JsonObject:
        self.asked.append(request)
        if request["method"] == "server_info":
            return {"info": {"network_id": 1, **self.info}}
        return self.answers.pop(0)


async def test_what_came_between_two_answers_has_come() -> None:
    nodes = Scripted(NOT_FOUND, FOUND)
    answer = await nodes.transaction(TXID, 120)
    assert isinstance(answer, tuple)
    assert answer[1].validated


@pytest.mark.parametrize(
    ("second", "never"),
    [
        ({**NOT_FOUND, "searched_all": True}, True),
        ({**NOT_FOUND, "searched_all": False}, False),
        (NOT_FOUND, True),
    ],
)
async def test_absent_for_good_is_what_was_looked_for_twice(
    second: JsonObject, never: bool
) -> None:
    nodes = Scripted(NOT_FOUND, second)
    assert await nodes.transaction(TXID, 120) == TransactionNotFound(121, final=never)
    assert nodes.asked[-1] == {
        "method": "tx",
        "transaction": TXID,
        "min_ledger": 100,
        "max_ledger": 120,
    }


async def test_trouble_at_the_second_look_is_no_answer() -> None:
    nodes = Scripted(NOT_FOUND, {"error": "noNetwork"})
    assert await nodes.transaction(TXID, 120) == NoNodeAnswer("the node answered noNetwork")


async def test_before_its_last_ledger_nothing_is_looked_for_twice() -> None:
    for last in (121, None):
        nodes = Scripted(NOT_FOUND)
        assert await nodes.transaction(TXID, last) == TransactionNotFound(121, final=False)
