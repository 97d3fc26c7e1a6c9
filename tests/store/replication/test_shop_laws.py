"""Whatever order, repetition or loss of answers: the database has each fact once, in order."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop

from xumm_desk.core.replication.replicated_fact import ChainEnd, ReplicatedFact, chained, follow
from xumm_desk.core.replication.shop_error import ForkedTill, ShopDatabaseError

TILLS = st.integers(0, 2)
TEXTS = st.text(st.characters(codec=None), max_size=20) | st.just("\0\ud800")


class Till:
    """The journal of a till, how far the database has it, and what it has read of the others."""

    def __init__(self, login: JoinedTill, shop: PostgresShop) -> None:
        self.id = login.id
        self.login = login
        self.database = shop.open(login)
        self.journal: list[ReplicatedFact] = []
        self.shipped = 0
        self.known: dict[str, list[ReplicatedFact]] = {}


class ShopMachine(RuleBasedStateMachine):
    """Three tills that write, ship, repeat, read and connect anew in any order."""

    cluster: PostgresCluster

    @initialize()
    def begin(self) -> None:
        self.shop = PostgresShop(self.cluster)
        self.tills = [Till(self.shop.join(f"Till {n}"), self.shop) for n in range(3)]

    def teardown(self) -> None:
        if hasattr(self, "shop"):
            self.shop.remove()

    @rule(one=TILLS, texts=st.lists(TEXTS, min_size=1, max_size=5))
    def sell(self, one: int, texts: list[str]) -> None:
        till = self.tills[one]
        end = till.journal[-1] if till.journal else None
        known = ChainEnd(end.number, end.hash) if end else ChainEnd()
        till.journal += chained(
            till.id, known, [(text, "at", "source", "kind", text) for text in texts]
        )

    @rule(one=TILLS, first=st.integers(0, 30), most=st.integers(0, 8))
    def ship(self, one: int, first: int, most: int) -> None:
        till = self.tills[one]
        batch = till.journal[first : first + most]
        if batch and first > till.shipped:
            try:
                till.database.ship(batch)
            except ForkedTill:
                raise AssertionError("a gap is no fork") from None
            except ShopDatabaseError:
                return
            raise AssertionError("facts after a gap were taken")
        till.database.ship(batch)
        till.shipped = max(till.shipped, first + len(batch)) if batch else till.shipped

    @rule(one=TILLS)
    def catch_up(self, one: int) -> None:
        till = self.tills[one]
        till.database.ship(till.journal[till.database.own_end().number :])
        till.shipped = len(till.journal)

    @rule(one=TILLS, other=TILLS, text=TEXTS)
    def ship_as_a_copy(self, one: int, other: int, text: str) -> None:
        """Another journal with this till's id: nothing of it gets in."""
        till = self.tills[one]
        if not till.shipped:
            return
        end = ChainEnd() if till.shipped == 1 else _end_of(till.journal[till.shipped - 2])
        forked = chained(till.id, end, [("copy", "at", "source", "kind", text + "!")] * (1 + other))
        try:
            till.database.ship(forked)
        except ForkedTill:
            return
        raise AssertionError("a fork was taken")

    @rule(one=TILLS, most=st.integers(1, 6))
    def read(self, one: int, most: int) -> None:
        till = self.tills[one]
        others = {other.id: till.known.setdefault(other.id, []) for other in self.tills}
        found = till.database.read({key: len(known) for key, known in others.items()}, most)
        assert len(found) <= most
        for key, known in others.items():
            end = _end_of(known[-1]) if known else ChainEnd()
            mine = [fact for fact in found if fact.till == key]
            fresh, _, fault = follow(end, mine)
            assert (fresh, fault) == (mine, None)
            known.extend(fresh)

    @rule(one=TILLS)
    def connect_anew(self, one: int) -> None:
        till = self.tills[one]
        till.database.close()
        till.database = self.shop.open(till.login)

    @invariant()
    def nothing_else_is_there(self) -> None:
        if not hasattr(self, "tills"):
            return
        for till in self.tills:
            known = till.known
            for other in self.tills:
                seen = known.get(other.id, [])
                assert seen == other.journal[: len(seen)]
                assert len(seen) <= other.shipped
        reader = self.tills[0].database
        assert reader.ends() == {till.id: till.shipped for till in self.tills if till.shipped}
        everything = reader.read({till.id: 0 for till in self.tills}, 10_000)
        for till in self.tills:
            mine = [fact for fact in everything if fact.till == till.id]
            assert mine == till.journal[: till.shipped]


def _end_of(fact: ReplicatedFact) -> ChainEnd:
    return ChainEnd(fact.number, fact.hash)


def test_three_tills_in_any_order_leave_each_fact_once(postgres: PostgresCluster) -> None:
    class Machine(ShopMachine):
        cluster = postgres

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
