"""Nodes with a short history, by the rules of rippled and Clio: nothing is passed over unsaid."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.state.evidence import AccountHistory, NoNodeAnswer, TransactionNotFound
from xumm_desk.core.status import Status
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.ledger_errors import TABLE, Meaning, meaning
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.simulator import Simulator, SimulatorOptions

from .test_account_watch import Shop, open_shop

pytestmark = pytest.mark.anyio

SINCE = datetime(2000, 1, 1, tzinfo=UTC)
_opened: list[LedgerNodes] = []


@pytest.fixture(params=["rippled", "clio"])
async def shop(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as one:
        one.sim.switches.ledger_rules = request.param
        _opened.clear()
        yield one
        for nodes in _opened:
            await nodes.close()


def asked(*urls: str) -> LedgerNodes:
    _opened.append(LedgerNodes(urls, NETWORKS["TESTNET"]))
    return _opened[-1]


def nodes_of(*urls: str) -> AccountReader:
    return AccountReader(asked(*urls), urls, NETWORKS["TESTNET"])


async def paid(shop: Shop, count: int) -> list[str]:
    """Payments in ledgers that follow each other."""
    sent = []
    for number in range(count):
        sent.append(shop.pay(1_000_000 + number, 50))
        await shop.sim.node_ledger.validated(sent[-1])
    return sent


@pytest.mark.parametrize("socket", [False, True])
async def test_a_short_history_is_read_and_what_is_missing_is_named(
    shop: Shop, socket: bool
) -> None:
    core, first = shop.sim.node_ledger, shop.sim.node_ledger.last
    sent = await paid(shop, 8)
    core.stop()  # the history of a node that goes on would end after these payments
    shop.sim.switches.ledger_history = 4
    url = shop.sim.ledger_ws if socket else shop.sim.ledger
    history = await nodes_of(url).history(shop.sim.shop, first, SINCE)
    assert isinstance(history, AccountHistory)
    assert history.missing_ledgers is not None
    low, high = history.missing_ledgers
    assert low == first + 1
    seen = [t for t in sent if core.entries[t].ledger_index > high]
    assert [raw["hash"] for raw in history.transactions] == seen
    assert seen
    assert history.complete_to > high


async def test_another_node_that_has_it_all_is_asked(shop: Shop) -> None:
    first = shop.sim.node_ledger.last
    sent = await paid(shop, 8)
    shop.sim.switches.ledger_history = 4
    whole = shop.sim.ledger.replace("/ledger", "/ledger/whole")
    history = await nodes_of(shop.sim.ledger, whole).history(shop.sim.shop, first, SINCE)
    assert isinstance(history, AccountHistory)
    assert history.missing_ledgers is None
    assert [raw["hash"] for raw in history.transactions] == sent


async def test_nothing_new_is_no_silence_and_a_node_that_lags_is_no_source(shop: Shop) -> None:
    [txid] = await paid(shop, 1)
    core = shop.sim.node_ledger
    core.stop()
    last = core.last
    assert await nodes_of(shop.sim.ledger).history(shop.sim.shop, last, SINCE) == AccountHistory(
        (), last
    )
    # The first node stands still, and the second one has what came since.
    shop.sim.switches.ledger_behind = 3
    after = core.entries[txid].ledger_index - 1
    whole = shop.sim.ledger.replace("/ledger", "/ledger/whole")
    history = await nodes_of(shop.sim.ledger, whole).history(shop.sim.shop, after, SINCE)
    assert isinstance(history, AccountHistory)
    assert [raw["hash"] for raw in history.transactions] == [txid]
    shop.sim.switches.ledger_behind = 10**6
    alone = await nodes_of(shop.sim.ledger).history(shop.sim.shop, last + 50, SINCE)
    assert isinstance(alone, NoNodeAnswer)


async def test_a_transaction_is_found_as_soon_as_any_node_has_it(shop: Shop) -> None:
    [txid, *_] = await paid(shop, 8)
    shop.sim.switches.ledger_history = 2
    whole = shop.sim.ledger.replace("/ledger", "/ledger/whole")
    alone = await asked(shop.sim.ledger).transaction(txid, None)
    assert isinstance(alone, TransactionNotFound)
    found = await asked(shop.sim.ledger, whole).transaction(txid, None)
    assert isinstance(found, tuple)
    assert found[1].validated


async def test_money_that_came_over_night_is_seen_by_a_node_with_a_short_history(
    shop: Shop,
) -> None:
    """An own node that keeps a few ledgers, and a desk that was closed: the gap is said, and what
    comes from then on is seen."""
    identifier = await shop.create(amount="2", tag="77")
    await shop.desk.wait_ledger_read(shop.patience)
    await shop.close()
    # As far behind as after a night: before the first ledger that the node has.
    with closing(sqlite3.connect(shop.configuration().journal_path)) as db:
        changed = db.execute("UPDATE seen SET ledger_index = ?", (shop.sim.node_ledger.first - 10,))
        assert changed.rowcount == 1
        db.commit()
    await shop.open()
    txid = shop.pay(2_000_000, 77)
    await shop.sim.node_ledger.validated(txid)
    await shop.status(identifier, Status.PAID)
    gap = shop.desk.health().ledger_gap
    assert "Set up a node with a longer history." in gap


@pytest.mark.parametrize("code", ["notSynced", "tooBusy", "lgrSomethingNew", "invalidParams"])
async def test_a_node_that_answers_with_an_error_is_passed_over(shop: Shop, code: str) -> None:
    first = shop.sim.node_ledger.last
    sent = await paid(shop, 1)
    shop.sim.switches.ledger_error = code
    alone = await nodes_of(shop.sim.ledger).history(shop.sim.shop, first, SINCE)
    assert isinstance(alone, NoNodeAnswer)
    assert code in alone.reason
    whole = shop.sim.ledger.replace("/ledger", "/ledger/whole")
    history = await nodes_of(shop.sim.ledger, whole).history(shop.sim.shop, first, SINCE)
    assert isinstance(history, AccountHistory)
    assert [raw["hash"] for raw in history.transactions] == sent


def test_an_unknown_code_is_never_good_news() -> None:
    for command in (*TABLE, "anything"):
        for code in ("", "somethingNew", "notSynced", "internal", "tooBusy"):
            assert meaning(command, code) is Meaning.NO_ANSWER


async def test_the_simulator_refuses_as_the_two_servers_do() -> None:
    async with Simulator(SimulatorOptions(ledger_interval=0.02, seed=1)) as sim:
        for _ in range(3):
            await sim.node_ledger.validated(sim.fund(sim.shop, 1_000_000))
        requests, core = sim.ledger_server._requests, sim.node_ledger
        core.stop()
        sim.switches.ledger_history = 2
        first, last = core.last - 1, core.last

        def asked(low: int, high: int, version: int) -> str:
            try:
                answer = requests.answer(
                    "account_tx",
                    {
                        "account": sim.shop,
                        "ledger_index_min": low,
                        "ledger_index_max": high,
                        "api_version": version,
                    },
                )
            except Exception as error:  # noqa: BLE001 - the refusal is what is looked at
                return str(getattr(error, "body")["error"])  # noqa: B009
            return f"{answer['ledger_index_min'] - first} {answer['ledger_index_max'] - last}"

        expected = {
            "rippled": ("lgrIdxMalformed", "invalidLgrRange", "lgrIdxMalformed"),
            "clio": ("lgrIdxMalformed", "lgrIdxMalformed", "lgrIdxMalformed"),
        }
        for rules, (before, behind, beyond) in expected.items():
            sim.switches.ledger_rules = rules
            assert asked(first - 1, -1, 2) == before
            assert asked(last + 1, -1, 2) == behind
            assert asked(first, last + 1, 2) == beyond
            assert asked(-1, -1, 2) == "0 0"
            assert asked(first - 1, last + 9, 1) == "0 0"
            assert asked(last + 1, -1, 1) == "lgrIdxsInvalid"
