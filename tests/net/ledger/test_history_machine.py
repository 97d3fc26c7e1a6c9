"""Any order of closing ledgers, short, lagging and failing nodes, and readings: no payment is ever
passed over without being named as missing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.state.evidence import AccountHistory
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.ledger.ledger_gaps import LedgerGaps, missing_in
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes, _Node
from xumm_desk.simulator.ledger.answers import LedgerError
from xumm_desk.simulator.ledger.node_history import NodeHistory
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches

ACCOUNT: Final = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"
SINCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
URLS: Final = ("http://127.0.0.1:1", "http://127.0.0.1:2")
FIRST: Final = 100
ERRORS: Final = ("", "notSynced", "tooBusy", "lgrNotFound", "noSuchCode", "raises")


class Chain:
    """The ledgers that have closed, and the one in which each payment is."""

    def __init__(self) -> None:
        self.first, self.last = FIRST, FIRST
        self.payments: dict[str, int] = {}

    def close(self, payments: int) -> None:
        self.last += 1
        for _ in range(payments):
            self.payments[f"{len(self.payments):064X}"] = self.last


class Fickle(LedgerNodes):
    """Two nodes that answer by the simulator's rules of API 2, or not at all."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(URLS, NETWORKS["TESTNET"])
        self.chain = chain
        self.switches = {url: FaultSwitches() for url in URLS}
        self.errors = dict.fromkeys(URLS, "")

    async def _request(self, node: _Node, request: JsonObject) -> JsonObject:
        error = self.errors[node.url]
        if error == "raises":
            raise OSError("gone")
        if request["method"] == "server_info":
            return {"info": {"network_id": 1}}
        if error:
            return {"error": error}
        low, high = int(str(request["ledger_index_min"])), int(str(request["ledger_index_max"]))
        held: Any = NodeHistory(self.chain, self.switches[node.url])  # type: ignore[arg-type]
        try:
            begin, end = held.span(low, high, 2)
        except LedgerError as refusal:
            return {"error": str(refusal.body["error"])}
        listed = [
            {"hash": txid, "ledger_index": index, "validated": True, "tx_json": {}, "meta": {}}
            for txid, index in self.chain.payments.items()
            if begin <= index <= end
        ]
        return {"ledger_index_min": begin, "ledger_index_max": end, "transactions": listed}


class Reading(RuleBasedStateMachine):
    """A desk that reads forward and remembers what no node had."""

    def __init__(self) -> None:
        super().__init__()
        self.chain = Chain()
        self.nodes = Fickle(self.chain)
        self.accounts = AccountReader(self.nodes, (), NETWORKS["TESTNET"])
        self.after = FIRST
        self.gaps = LedgerGaps(0.0)
        self.found: list[str] = []

    @rule(payments=st.integers(0, 2), count=st.integers(1, 12))
    def close(self, payments: int, count: int) -> None:
        for _ in range(count):
            self.chain.close(payments)

    @rule(
        url=st.sampled_from(URLS),
        kept=st.integers(0, 8),
        behind=st.integers(0, 8),
        rules=st.sampled_from(("rippled", "clio")),
        error=st.sampled_from(ERRORS),
    )
    def become(self, url: str, kept: int, behind: int, rules: str, error: str) -> None:
        switches = self.nodes.switches[url]
        switches.ledger_history, switches.ledger_behind = kept, behind
        switches.ledger_rules, self.nodes.errors[url] = rules, error

    @rule()
    def read(self) -> None:
        history = self.ask(self.after)
        if history is None:
            return
        if (missing := missing_in(history, SINCE)) is not None:
            assert missing[0] <= missing[1] <= history.complete_to
            self.gaps.add(ACCOUNT, missing, 0.0)
        self.after = max(self.after, history.complete_to)

    @rule()
    def read_the_gap(self) -> None:
        first = self.gaps.next_due(ACCOUNT, 0.0)
        if first is not None and (history := self.ask(first - 1)) is not None:
            missing = missing_in(history, SINCE)
            self.gaps.narrow(ACCOUNT, missing, history.complete_to, 0.0)

    def ask(self, after: int) -> AccountHistory | None:
        answer = asyncio.run(self.accounts.history(ACCOUNT, after, SINCE))
        if not isinstance(answer, AccountHistory):
            return None
        assert answer.complete_to >= after
        assert answer.complete_to <= self.chain.last
        self.found += [str(raw["hash"]) for raw in answer.transactions]
        return answer

    @invariant()
    def nothing_is_passed_over(self) -> None:
        gap = self.gaps.range_of(ACCOUNT)
        low, high = gap if gap is not None else (0, -1)
        for txid, index in self.chain.payments.items():
            if index <= self.after and txid not in self.found:
                assert low <= index <= high, (txid, index, self.after, gap)

    def teardown(self) -> None:
        """One node that has it all, and nothing is missing any more."""
        self.become(URLS[1], 0, 0, "rippled", "")
        for _ in range(2):  # first what a node that lags has, then what it has not
            self.read()
        assert self.after == self.chain.last
        self.read_the_gap()
        assert set(self.found) == set(self.chain.payments)
        assert ACCOUNT not in self.gaps


TestReading = Reading.TestCase
TestReading.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
