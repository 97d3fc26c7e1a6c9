"""Servers that are killed, come back, or give way to their standby."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from postgres_cluster import PostgresCluster
from postgres_shop import JoinedTill, PostgresShop

from xumm_desk.core.replication.shop_error import ShopDatabaseError, Unreachable


@pytest.fixture
def primary() -> Iterator[PostgresCluster]:
    """A server of its own, which may be killed."""
    cluster = PostgresCluster(durable=True)
    cluster.create()
    yield cluster
    cluster.remove()


@pytest.fixture
def shop(primary: PostgresCluster) -> Iterator[PostgresShop]:
    """A shop on that server."""
    made = PostgresShop(primary)
    yield made
    made.remove()


def test_what_a_killed_server_confirmed_is_there_when_it_is_back(
    primary: PostgresCluster, shop: PostgresShop
) -> None:
    till, database = shop.opened()
    facts = till.facts(30)
    database.ship(facts[:20])
    assert database.take_lease("ledger", 600)
    block = database.reserve_block("tag", 10, (1, 1000))
    primary.kill()
    with pytest.raises(Unreachable):
        database.ship(facts)
    assert not database.is_open
    with pytest.raises(Unreachable):
        till.connect()
    primary.start()
    again = shop.open(till)
    assert again.own_end().number == 20
    again.ship(facts)
    assert again.read({till.id: 0}, 100) == facts
    assert [lease.name for lease in again.leases()] == ["ledger"]
    assert again.reserve_block("tag", 10, (1, 1000)) == (block[1] + 1, block[1] + 10)


def test_who_waits_is_told_when_the_server_stops(
    primary: PostgresCluster, shop: PostgresShop
) -> None:
    _, database = shop.opened()
    database.listen()
    primary.stop()
    with pytest.raises(Unreachable):
        database.wait(60)


def test_a_promoted_standby_is_found_and_a_standby_is_never_written_to(
    primary: PostgresCluster, shop: PostgresShop
) -> None:
    till, database = shop.opened()
    facts = till.facts(30)
    standby = PostgresCluster(durable=True)
    try:
        standby.copy_of(primary)
        both = dataclasses.replace(
            till.address, hosts=("127.0.0.1",) * 2, ports=(standby.port, primary.port)
        )
        moving = JoinedTill(both, till.password)
        first = moving.connect()  # the standby comes first in the list, and is passed by
        first.ship(facts[:10])
        alone = dataclasses.replace(both, hosts=("127.0.0.1",), ports=(standby.port,))
        with pytest.raises(Unreachable):
            JoinedTill(alone, till.password).connect()
        primary.execute("SELECT pg_switch_wal()")
        reached = primary.execute("SELECT pg_current_wal_lsn()")[0][0]
        behind = f"SELECT pg_last_wal_replay_lsn() < '{reached}'::pg_lsn"
        while standby.execute(behind) == [(True,)]:
            pass
        primary.kill()
        with pytest.raises(ShopDatabaseError):
            first.ship(facts)
        standby.promote()
        second = moving.connect()
        assert second.own_end().number == 10
        second.ship(facts)
        assert second.read({till.id: 0}, 100) == facts
        second.close()
        database.close()
    finally:
        standby.remove()


def test_a_till_sends_again_what_a_lagging_standby_never_got(
    primary: PostgresCluster, shop: PostgresShop
) -> None:
    """Asynchronous replication loses the newest commits with the primary; the till still has
    them."""
    till, database = shop.opened()
    facts = till.facts(30)
    database.ship(facts[:10])
    standby = PostgresCluster(durable=True)
    try:
        standby.copy_of(primary)
        standby.stop()
        database.ship(facts[10:])
        primary.kill()
        standby.start()
        standby.promote()
        moved = dataclasses.replace(till.address, ports=(standby.port,))
        again = JoinedTill(moved, till.password).connect()
        known = again.own_end()
        assert (known.number, known.hash) == (10, facts[9].hash)
        again.ship(facts[known.number :])
        assert again.read({till.id: 0}, 100) == facts
        again.close()
    finally:
        standby.remove()
