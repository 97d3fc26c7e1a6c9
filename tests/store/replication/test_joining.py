"""A one-time code works once, and what is kept afterwards is known to the till only."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from postgres_shop import PATIENCE, JoinedTill, PostgresShop

from xumm_desk.core.replication.join_code import parse_code
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError
from xumm_desk.store.replication import joining, shop_database


def test_a_code_works_once(shop: PostgresShop) -> None:
    code = joining.read_code(shop.owner.add_till("Till 1"))
    address, password = joining.join(code, patience=PATIENCE)
    assert (address.shop, address.database) == ("Corner shop", shop.database)
    JoinedTill(address, password).connect().close()
    with pytest.raises(AccessRefused, match="used before"):
        joining.join(code, patience=PATIENCE)
    with pytest.raises(AccessRefused):
        shop_database.connect(address, code.password, instance="x", patience=PATIENCE)
    JoinedTill(address, password).connect().close()


def test_of_two_that_use_a_code_at_once_one_joins(shop: PostgresShop) -> None:
    code = joining.read_code(shop.owner.add_till("Till 1"))
    results: list[JoinedTill | None] = []
    start = threading.Barrier(2)

    def join() -> None:
        start.wait()
        try:
            results.append(JoinedTill(*joining.join(code, patience=PATIENCE)))
        except AccessRefused:
            results.append(None)

    threads = [threading.Thread(target=join) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [joined] = [one for one in results if one is not None]
    assert len(results) == 2
    joined.connect().close()


def test_a_code_expires(shop: PostgresShop) -> None:
    code = joining.read_code(shop.owner.add_till("Till 1", life=timedelta(seconds=-1)))
    with pytest.raises(AccessRefused, match="expired"):
        joining.join(code, patience=PATIENCE)
    [state] = shop.owner.tills()
    fresh = joining.read_code(shop.owner.new_code(state.till))
    address, _ = joining.join(fresh, patience=PATIENCE)
    assert address.till == state.till


def test_the_password_of_a_till_that_joined_does_not_expire(shop: PostgresShop) -> None:
    till = shop.join()
    assert shop.rows(
        f"SELECT rolvaliduntil::text FROM pg_roles WHERE rolname = '{till.address.login}'"
    ) == [("infinity",)]


def test_a_new_code_ends_the_password_of_before(shop: PostgresShop) -> None:
    till = shop.join()
    code = joining.read_code(shop.owner.new_code(till.id))
    with pytest.raises(AccessRefused):
        till.connect()
    JoinedTill(*joining.join(code, patience=PATIENCE)).connect().close()


def test_a_joined_till_cannot_join_again_over_its_connection(shop: PostgresShop) -> None:
    till = shop.join()
    with till.sql() as connection, pytest.raises(Exception, match="the code was used"):
        connection.execute("SELECT xumm_desk.finish_joining('SCRAM-SHA-256$4096:a$b:c')")


def test_a_text_that_is_no_code_is_told_before_anything_is_sent() -> None:
    for text in ("", "hello", "A" * 400):
        with pytest.raises(ShopDatabaseError, match="no one-time code"):
            joining.read_code(text)


def test_no_password_is_in_the_servers_log_or_its_tables(shop: PostgresShop) -> None:
    """The server logs every statement in these tests."""
    text = shop.owner.add_till("Till 1")
    code = joining.read_code(text)
    address, password = joining.join(code, patience=PATIENCE)
    till = JoinedTill(address, password)
    till.connect().close()
    wrong = JoinedTill(address, "a wrong password")
    with pytest.raises(AccessRefused):
        wrong.connect()
    words = shop.cluster.words()
    assert address.login in words
    assert "finish_joining" in words
    for secret in (code.password, password, wrong.password, text):
        assert secret not in words
    [(stored,)] = shop.rows(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{address.login}'")
    assert str(stored).startswith("SCRAM-SHA-256$")


def test_a_till_that_lost_the_answer_has_joined_all_the_same(
    shop: PostgresShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut after the commit, before the till knows of it."""
    import psycopg

    from xumm_desk.store.replication.shop_connection import PatientConnection

    plain = PatientConnection.execute

    def cut(self: PatientConnection, query: str, *args: object, **kwargs: object) -> object:
        done = plain(self, query, *args, **kwargs)  # type: ignore[call-overload]
        if "finish_joining" in query:
            raise psycopg.OperationalError("cut")
        return done

    monkeypatch.setattr(PatientConnection, "execute", cut)
    code = parse_code(shop.owner.add_till("Till 1"))
    assert code is not None
    till = JoinedTill(*joining.join(code, patience=PATIENCE))
    till.connect().close()
