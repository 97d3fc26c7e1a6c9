"""The schema grows while programs of before are connected; one that is too old is told so."""

from __future__ import annotations

import threading

import psycopg
import pytest
from postgres_cluster import PostgresCluster
from postgres_shop import PATIENCE, PostgresShop

from xumm_desk.core.replication.shop_error import ShopDatabaseError, TooOld
from xumm_desk.store.replication import shop_connection, shop_owner, shop_schema

NEXT = """
ALTER TABLE xumm_desk.facts ADD COLUMN received_at timestamptz;
CREATE TABLE xumm_desk.orders (number bigint PRIMARY KEY);
GRANT SELECT ON xumm_desk.orders TO "shop_tills", "shop_monitors";
INSERT INTO xumm_desk.schema_version (version, minimum_version) VALUES ({version}, {minimum});
"""
NEWEST = shop_schema.newest_version()


def upgrade(shop: PostgresShop, minimum: int) -> int:
    """What a later program does as the owner."""
    script = NEXT.format(version=NEWEST + 1, minimum=minimum)
    scripts = {**shop_schema.scripts(), NEWEST + 1: script}
    connection = shop_connection.open_connection(
        psycopg.conninfo.conninfo_to_dict(shop.where), (), PATIENCE
    )
    try:
        return shop_schema.upgrade(connection, scripts)
    finally:
        connection.close()


def test_scripts_are_numbered_without_gaps_and_name_their_version() -> None:
    found = shop_schema.scripts()
    assert list(found) == list(range(1, shop_schema.newest_version() + 1))
    for version, script in found.items():
        assert f"(version, minimum_version) VALUES ({version}, " in script


def test_a_program_of_before_goes_on_while_the_schema_grows(shop: PostgresShop) -> None:
    (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
    reader.listen()
    facts = till.facts(6)
    database.ship(facts[:2])
    assert upgrade(shop, minimum=1) == 1
    assert upgrade(shop, minimum=1) == 0
    database.ship(facts)
    assert reader.read({till.id: 0}, 10) == facts
    assert reader.take_lease("ledger", 60)
    assert reader.reserve_block("tag", 10, (1, 100)) == (1, 10)
    database.report_state(0, "old")
    till.connect().close()
    later = shop.join("Till 3")
    shop.open(later).ship(later.facts(1))


def test_sales_are_shipped_while_the_schema_grows(shop: PostgresShop) -> None:
    till, database = shop.opened()
    facts = till.facts(600)
    failures: list[ShopDatabaseError] = []
    under_way = threading.Event()

    def ship() -> None:
        try:
            for number, fact in enumerate(facts):
                database.ship([fact])
                if number == 20:
                    under_way.set()
        except ShopDatabaseError as error:
            failures.append(error)
            under_way.set()

    thread = threading.Thread(target=ship)
    thread.start()
    assert under_way.wait(PATIENCE)
    assert upgrade(shop, minimum=1) == 1
    thread.join()
    assert failures == []
    assert database.read({till.id: 0}, 1000) == facts


def test_a_program_of_today_works_with_the_first_schema_until_the_owner_upgrades(
    postgres: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {1: shop_schema.scripts()[1]}
    with monkeypatch.context() as before:
        before.setattr(shop_schema, "scripts", lambda: first)
        shop = PostgresShop(postgres)
    try:
        (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
        facts = till.facts(4)
        database.ship(facts[:2])
        assert database.take_lease("refund:7", 60)
        assert shop.owner.upgrade() == NEWEST - 1
        database.ship(facts)
        assert reader.read({till.id: 0}, 10) == facts
        assert not reader.take_lease("refund:7", 60)
        database.give_back_lease("refund:7")
        assert reader.take_lease("refund:7", 60)
    finally:
        shop.remove()


def test_a_program_that_is_too_old_is_told_at_the_log_in(shop: PostgresShop) -> None:
    till = shop.join()
    upgrade(shop, minimum=NEWEST + 1)
    with pytest.raises(TooOld, match="too old") as caught:
        till.connect()
    assert "kept on its till" in str(caught.value)


def test_a_program_that_became_too_old_is_told_when_it_reports(shop: PostgresShop) -> None:
    till, database = shop.opened()
    upgrade(shop, minimum=NEWEST + 1)
    with pytest.raises(TooOld):
        database.report_state(0, "old")
    assert [one.version for one in database.tills() if one.till == till.id] == ["old"]


def test_a_failing_migration_leaves_everything_as_it_was(shop: PostgresShop) -> None:
    till, database = shop.opened()
    connection = shop_connection.open_connection(
        psycopg.conninfo.conninfo_to_dict(shop.where), (), PATIENCE
    )
    broken = {
        **shop_schema.scripts(),
        NEWEST + 1: NEXT.format(version=NEWEST + 1, minimum=1) + "SELECT nonsense;",
    }
    with pytest.raises(psycopg.Error):
        shop_schema.upgrade(connection, broken)
    assert shop_schema.version_of(connection) == (NEWEST, 1)
    connection.close()
    database.ship(till.facts(1))


def test_two_owners_that_upgrade_at_once_run_each_script_once(postgres: PostgresCluster) -> None:
    shop = PostgresShop(postgres)
    try:
        done: list[int] = []
        threads = [
            threading.Thread(target=lambda: done.append(upgrade(shop, minimum=1))) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [0, 0, 1]
    finally:
        shop.remove()


def test_an_upgrade_that_has_nothing_to_do_says_so(shop: PostgresShop) -> None:
    assert shop.owner.upgrade() == 0


def test_a_stranger_makes_no_shop(postgres: PostgresCluster, shop: PostgresShop) -> None:
    postgres.execute(f"CREATE ROLE plain_{shop.database} LOGIN")
    where = postgres.where("postgres", f"plain_{shop.database}")
    owner = shop_owner.open_owner(where, patience=PATIENCE)
    with pytest.raises(ShopDatabaseError):
        owner.create("Corner shop")
    owner.close()
