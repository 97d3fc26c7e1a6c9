"""What a login may do is enforced by the database, whatever the program tries."""

from __future__ import annotations

import psycopg
import pytest
from postgres_shop import JoinedTill, PostgresShop
from psycopg import errors

from xumm_desk.core.replication.replicated_fact import ReplicatedFact
from xumm_desk.core.replication.shop_error import AccessRefused
from xumm_desk.core.replication.shop_state import TillRole

TABLES = (
    "schema_version",
    "shop",
    "tills",
    "chain_ends",
    "facts",
    "leases",
    "blocks",
    "till_states",
)


def refused(login: JoinedTill, statement: str) -> str:
    """The words with which the server refuses a statement of this login."""
    with login.sql() as connection:
        connection.autocommit = False
        with pytest.raises(errors.InsufficientPrivilege) as caught:
            connection.execute(statement.encode())
        connection.rollback()
    return str(caught.value)


def insert(connection: psycopg.Connection[tuple[object, ...]], fact: ReplicatedFact) -> None:
    connection.execute(
        "INSERT INTO xumm_desk.facts VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            fact.till, fact.number, fact.identifier.encode(), fact.at.encode(),
            fact.source.encode(), fact.kind.encode(), fact.text.encode(), fact.hash,
        ),
    )  # fmt: skip


@pytest.fixture
def till(shop: PostgresShop) -> JoinedTill:
    """A till with three facts, a lease, a block and a state of its own."""
    joined, database = shop.opened()
    database.ship(joined.facts(3))
    database.take_lease("ledger", 60)
    database.reserve_block("tag", 10, (1, 100))
    database.report_state(0, "1")
    return joined


@pytest.mark.parametrize("table", TABLES)
def test_a_till_changes_and_deletes_nothing_its_own_facts_included(
    till: JoinedTill, table: str
) -> None:
    columns = {
        "schema_version": "minimum_version = 0", "shop": "name = 'x'", "tills": "role = 'owner'",
        "chain_ends": "number = 0", "facts": "text = ''", "leases": "until = 'infinity'",
        "blocks": "last = 99", "till_states": "facts_behind = 0",
    }  # fmt: skip
    for statement in (
        f"UPDATE xumm_desk.{table} SET {columns[table]}",
        f"DELETE FROM xumm_desk.{table}",
        f"TRUNCATE xumm_desk.{table} CASCADE",
        f"DROP TABLE xumm_desk.{table} CASCADE",
        f"ALTER TABLE xumm_desk.{table} DISABLE TRIGGER ALL",
        f"ALTER TABLE xumm_desk.{table} DISABLE ROW LEVEL SECURITY",
        f"LOCK TABLE xumm_desk.{table} IN SHARE MODE",
        f"SELECT * FROM xumm_desk.{table} FOR UPDATE",
        f"CREATE TRIGGER mine BEFORE INSERT ON xumm_desk.{table} FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"CREATE RULE mine AS ON INSERT TO xumm_desk.{table} DO INSTEAD NOTHING",
    ):
        assert "xumm_desk" in statement
        refused(till, statement)


@pytest.mark.parametrize("table", [table for table in TABLES if table != "facts"])
def test_a_till_adds_rows_to_no_table_but_the_facts(till: JoinedTill, table: str) -> None:
    refused(till, f"INSERT INTO xumm_desk.{table} DEFAULT VALUES")


def test_a_till_adds_no_fact_of_another_till(shop: PostgresShop, till: JoinedTill) -> None:
    other = shop.join("Till 2")
    [fact] = other.facts(1)
    with till.sql() as connection, pytest.raises(errors.InsufficientPrivilege, match="row-level"):
        insert(connection, fact)
    with pytest.raises(AccessRefused):
        shop.open(till).ship([fact])
    assert shop.open(other).own_end().number == 0


def test_a_till_cannot_lock_the_chain_of_another(shop: PostgresShop, till: JoinedTill) -> None:
    other = shop.join("Till 2")
    with till.sql() as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute("SELECT xumm_desk.lock_chain(%s::text::uuid)", (other.id,))
    assert caught.value.sqlstate == "XD006"


def test_a_plain_insert_obeys_the_same_chain(shop: PostgresShop, till: JoinedTill) -> None:
    first, second, third = till.facts(3)
    with till.sql() as connection:
        with pytest.raises(psycopg.Error) as gap:
            insert(connection, second)
        insert(connection, first)
        with pytest.raises(errors.UniqueViolation):
            insert(connection, first)
        insert(connection, second)
        wrong = ReplicatedFact(
            third.till, third.number, third.identifier, third.at, third.source, third.kind,
            "another text", third.hash,
        )  # fmt: skip
        with pytest.raises(psycopg.Error) as forged:
            insert(connection, wrong)
    assert (gap.value.sqlstate, forged.value.sqlstate) == ("XD001", "XD002")
    assert shop.rows("SELECT max(number), count(*) FROM xumm_desk.facts") == [(5, 5)]


def test_a_till_makes_nothing_in_the_schema_and_no_roles(till: JoinedTill) -> None:
    for statement in (
        "CREATE TABLE xumm_desk.mine (one integer)",
        "CREATE FUNCTION xumm_desk.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        f"ALTER ROLE {till.address.login} CREATEROLE",
        f"ALTER ROLE {till.address.login} VALID UNTIL 'infinity'",
        "SET session_replication_role = replica",
        "DROP FUNCTION xumm_desk.own_till()",
        "ALTER FUNCTION xumm_desk.own_till() SECURITY INVOKER",
    ):
        refused(till, statement)


def test_a_till_cannot_pass_for_another(shop: PostgresShop, till: JoinedTill) -> None:
    other = shop.join("Till 2")
    for statement in (
        f"SET ROLE {other.address.login}",
        f"SET SESSION AUTHORIZATION {other.address.login}",
        f"SET ROLE {shop.owner_login}",
        f"ALTER ROLE {other.address.login} PASSWORD 'mine'",
        f"GRANT {other.address.login} TO {till.address.login}",
    ):
        refused(till, statement)


def test_objects_of_a_till_never_run_in_functions_of_the_owner(
    shop: PostgresShop, till: JoinedTill
) -> None:
    """A temporary table on the caller's search path does not replace the real one."""
    with till.sql() as connection:
        connection.execute("CREATE TEMPORARY TABLE tills (till uuid, login name, role text)")
        connection.execute("CREATE TEMPORARY TABLE chain_ends (till uuid, number bigint)")
        connection.execute("SET search_path = pg_temp, xumm_desk, pg_catalog")
        row = connection.execute("SELECT xumm_desk.own_till()::text").fetchone()
    assert row == (till.id,)
    functions = shop.rows(
        "SELECT proname, proconfig FROM pg_proc"
        " WHERE pronamespace = 'xumm_desk'::regnamespace AND (prosecdef OR prokind = 'f')"
    )
    assert functions
    for name, settings in functions:
        assert settings == ["search_path=pg_catalog, pg_temp"], name


def test_functions_are_for_logins_of_the_shop_only(shop: PostgresShop) -> None:
    granted = shop.rows(
        "SELECT p.proname FROM pg_proc p,"
        " aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a"
        " WHERE p.pronamespace = 'xumm_desk'::regnamespace AND a.grantee = 0"
    )
    assert granted == []


def test_a_till_reads_the_facts_of_all(shop: PostgresShop, till: JoinedTill) -> None:
    _, database = shop.opened("Till 2")
    assert [fact.number for fact in database.read({till.id: 0}, 10)] == [1, 2, 3]


def test_a_lease_is_always_the_tills_own(shop: PostgresShop, till: JoinedTill) -> None:
    other, database = shop.opened("Till 2")
    assert not database.take_lease("ledger", 60)
    database.give_back_lease("ledger")
    [lease] = database.leases()
    assert lease.holder == till.id != other.id


@pytest.mark.parametrize("table", TABLES)
def test_a_monitor_writes_nothing(shop: PostgresShop, till: JoinedTill, table: str) -> None:
    monitor = shop.join("Back office", TillRole.MONITOR)
    for statement in (
        f"INSERT INTO xumm_desk.{table} DEFAULT VALUES",
        f"DELETE FROM xumm_desk.{table}",
        f"TRUNCATE xumm_desk.{table} CASCADE",
        f"SELECT * FROM xumm_desk.{table} FOR SHARE",
    ):
        refused(monitor, statement)


def test_a_monitor_takes_no_lease_no_number_and_ships_nothing(
    shop: PostgresShop, till: JoinedTill
) -> None:
    monitor, database = shop.opened("Back office", TillRole.MONITOR)
    with pytest.raises(AccessRefused):
        database.ship(monitor.facts(1))
    with pytest.raises(AccessRefused):
        database.ship(till.facts(1))
    with pytest.raises(AccessRefused):
        database.take_lease("account", 10)
    with pytest.raises(AccessRefused):
        database.give_back_lease("ledger")
    with pytest.raises(AccessRefused):
        database.reserve_block("tag", 10, (1, 100))
    assert [lease.holder for lease in database.leases()] == [till.id]


def test_a_monitor_reads_all_and_says_that_it_lives(shop: PostgresShop, till: JoinedTill) -> None:
    monitor, database = shop.opened("Back office", TillRole.MONITOR)
    assert [fact.number for fact in database.read({till.id: 1}, 10)] == [2, 3]
    database.report_state(7, "2.0")
    [state] = [one for one in database.tills() if one.till == monitor.id]
    assert (state.role, state.facts_behind, state.version) == (TillRole.MONITOR, 7, "2.0")
    assert database.is_open


def test_a_till_that_was_removed_is_out_at_once_and_its_facts_stay(
    shop: PostgresShop, till: JoinedTill
) -> None:
    database = shop.open(till)
    shop.owner.remove_till(till.id)
    for call in (
        lambda: database.read({till.id: 0}, 10),
        lambda: database.ship(till.facts(1)),
        lambda: database.report_state(0, "1"),
        lambda: database.take_lease("ledger", 60),
    ):
        with pytest.raises(AccessRefused):
            call()
    with pytest.raises(AccessRefused):
        till.connect()
    _, other = shop.opened("Till 2")
    assert len(other.read({till.id: 0}, 10)) == 3
    assert other.take_lease("ledger", 60)
    assert [one.left for one in other.tills() if one.till == till.id] == [True]
