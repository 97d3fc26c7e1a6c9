"""The owner makes a shop, lets tills in and out, and needs no superuser for it."""

from __future__ import annotations

import dataclasses
from contextlib import closing

import pytest
from postgres_cluster import PostgresCluster
from postgres_shop import PATIENCE, JoinedTill, PostgresShop

from xumm_desk.core.replication.replicated_fact import ChainEnd, chained
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.store.replication import joining, shop_owner, shop_schema


def test_an_owner_is_no_superuser_and_owns_no_database(shop: PostgresShop) -> None:
    assert shop.rows(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
        f" WHERE rolname = '{shop.owner_login}'"
    ) == [(False, True, False, False)]


def test_making_a_shop_twice_changes_what_codes_say_and_nothing_else(shop: PostgresShop) -> None:
    till, database = shop.opened()
    database.ship(till.facts(3))
    done = shop.owner.create("Market", hosts=["db1", "db2"], ports=[1, 2], root_certificate="PEM")
    code = joining.read_code(shop.owner.add_till("Till 2"))
    assert done == 0
    assert (code.address.shop, code.address.hosts, code.address.ports) == (
        "Market", ("db1", "db2"), (1, 2),
    )  # fmt: skip
    assert code.address.root_certificate == "PEM"
    assert database.own_end() == till.end


def test_without_hosts_a_code_names_those_of_the_owners_connection(shop: PostgresShop) -> None:
    shop.owner.create("Corner shop")
    code = joining.read_code(shop.owner.add_till("Till 1"))
    assert code.address.hosts == (str(shop.cluster.folder),)
    assert code.address.ports == (shop.cluster.port,)


def test_two_shops_on_one_server_share_nothing(postgres: PostgresCluster) -> None:
    one, two = PostgresShop(postgres), PostgresShop(postgres)
    try:
        till, database = one.opened()
        database.ship(till.facts(2))
        address = dataclasses.replace(till.address, database=two.database)
        with pytest.raises(AccessRefused):
            JoinedTill(address, till.password).connect()
        where = postgres.where(two.database, one.owner_login)
        with closing(shop_owner.open_owner(where, patience=PATIENCE)) as intruder:
            with pytest.raises(AccessRefused):
                intruder.add_till("Intruder")
            with pytest.raises(AccessRefused):
                intruder.tills()
        assert two.rows("SELECT count(*) FROM xumm_desk.facts") == [(0,)]
    finally:
        one.remove()
        two.remove()


def test_a_till_that_left_comes_back_under_its_id_and_goes_on_counting(shop: PostgresShop) -> None:
    till, database = shop.opened()
    database.ship(till.facts(3))
    shop.owner.remove_till(till.id)
    code = joining.read_code(shop.owner.add_till("Till 1 again", till=till.id))
    back = JoinedTill(*joining.join(code, patience=PATIENCE))
    again = shop.open(back)
    assert again.own_end() == till.end
    again.ship(till.facts(2))
    [state] = shop.owner.tills()
    assert (state.name, state.number, state.left) == ("Till 1 again", 5, False)


def test_a_till_with_several_ids_keeps_them_and_their_order_with_a_new_code(
    shop: PostgresShop,
) -> None:
    till, database = shop.opened()
    ids = [till.id, database.add_id(), database.add_id()]
    assert database.own_ids() == ids
    code = joining.read_code(shop.owner.new_code(till.id))
    fresh = JoinedTill(*joining.join(code, patience=PATIENCE))
    assert shop.open(fresh).own_ids() == ids
    shop.owner.remove_till(till.id)
    code = joining.read_code(shop.owner.add_till("Back", till=till.id))
    back = shop.open(JoinedTill(*joining.join(code, patience=PATIENCE)))
    assert back.own_ids() == ids
    back.use_id(ids[2])
    facts = chained(ids[2], ChainEnd(), [("r", "at", "s", "k", "{}")])
    back.ship(facts)
    assert back.own_end().number == 1


def test_an_id_of_another_login_cannot_be_used(shop: PostgresShop) -> None:
    (_, database), other = shop.opened(), shop.join("Till 2")
    database.use_id(other.id)
    with pytest.raises(AccessRefused):
        database.ship(other.facts(1))
    with pytest.raises(AccessRefused):
        database.take_lease("ledger", 60)


def test_an_id_that_is_in_the_shop_is_not_given_out_again(shop: PostgresShop) -> None:
    till = shop.join()
    with pytest.raises(ShopDatabaseError, match="already"):
        shop.owner.add_till("Till 2", till=till.id)
    till.connect().close()


def test_a_till_with_a_history_keeps_its_id(shop: PostgresShop) -> None:
    code = joining.read_code(
        shop.owner.add_till("Till 1", till="A3F1E7B2-0000-4000-8000-000000000001")
    )
    assert code.address.till == "a3f1e7b2-0000-4000-8000-000000000001"


def test_names_that_cannot_be_stored_get_a_sentence(shop: PostgresShop) -> None:
    for name in ("half a \ud800 pair", "a\0b"):
        with pytest.raises(ShopDatabaseError):
            shop.owner.add_till(name)
    with pytest.raises(ShopDatabaseError, match="no id of a till"):
        shop.owner.add_till("Till 1", till="till 1")
    assert shop.owner.tills() == []


def test_a_host_without_a_port_has_the_usual_one(shop: PostgresShop) -> None:
    shop.owner.create("Corner shop", hosts=["db1", "db2"])
    assert joining.read_code(shop.owner.add_till("Till 1")).address.ports == (5432, 5432)


def test_who_is_no_till_of_the_shop_gets_a_sentence(shop: PostgresShop) -> None:
    for call in (shop.owner.remove_till, shop.owner.new_code):
        with pytest.raises(ShopDatabaseError, match="no till"):
            call("00000000-0000-0000-0000-000000000000")


def test_a_monitor_is_removed_as_a_till_is(shop: PostgresShop) -> None:
    monitor, database = shop.opened("Back office", TillRole.MONITOR)
    shop.owner.remove_till(monitor.id)
    with pytest.raises(AccessRefused):
        database.ends()


def test_copies_fill_a_database_that_was_made_anew(shop: PostgresShop) -> None:
    """The till is gone; another till has its facts."""
    gone = JoinedTill(joining.read_code(shop.owner.add_till("Gone")).address, "")
    facts = gone.facts(5)
    shop.owner.fill(facts[:3])
    shop.owner.fill(facts)
    _, database = shop.opened("Till 2")
    assert database.read({gone.id: 0}, 10) == facts
    wrong = JoinedTill(gone.address, "")
    wrong.end = ChainEnd(5, bytes(32))
    with pytest.raises(ShopDatabaseError):
        shop.owner.fill(wrong.facts(1))


def test_names_of_any_kind_make_a_shop(postgres: PostgresCluster) -> None:
    name = 'Café "Zur \'Linde%s" {x}' + "x" * 30
    quoted = '"' + name.replace('"', '""') + '"'
    postgres.execute(f"CREATE DATABASE {quoted}")
    try:
        parameters = f"host={postgres.folder} port={postgres.port} user=owner dbname="
        escaped = name.replace("\\", "\\\\").replace("'", "\\'")
        owner = shop_owner.open_owner(f"{parameters}'{escaped}'", patience=PATIENCE)
        owner.create("Ünïcode ☕", hosts=["127.0.0.1"], ports=[postgres.port])
        code = joining.read_code(owner.add_till("Kasse 1 'x' \"y\""))
        till = JoinedTill(*joining.join(code, patience=PATIENCE))
        database = till.connect()
        database.ship(till.facts(1))
        database.close()
        owner.close()
    finally:
        postgres.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


@pytest.mark.parametrize(
    "database", ["shop", "Shop", "ein-laden", "x" * 63, "é" * 31, "1", "", "a b"]
)
def test_role_names_fit_what_postgresql_allows(database: str) -> None:
    names = [
        *shop_schema.group_roles(database),
        f"{shop_schema.role_prefix(database)}_monitor_" + "0" * 16,
    ]
    assert all(len(name.encode()) <= 63 and name.replace("_", "").isalnum() for name in names)


def test_two_databases_never_share_a_prefix() -> None:
    names = ["shop", "Shop", "SHOP", "sh-op", "sh_op", "sh op", "x" * 40, "x" * 41]
    assert len({shop_schema.role_prefix(name) for name in names}) == len(names)
