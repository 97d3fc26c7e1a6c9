"""The owner makes a shop, lets tills in and out, and fills a database, on the command line."""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import trustme
from postgres_cluster import PostgresCluster
from postgres_shop import PostgresShop
from store.history import stories
from store.history.stories import sale_spec
from store.replication.running_till import RunningTill

from xumm_desk.cli.shop import shop_owner_command
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.store.replication import joining

from .conftest import Computer

Make = Callable[..., Computer]


@pytest.fixture
def empty(postgres: PostgresCluster) -> Iterator[str]:
    """The owner's connection string to a database without a shop."""
    postgres.execute("CREATE ROLE patron LOGIN CREATEROLE PASSWORD 'the patron''s own'")
    postgres.execute("CREATE DATABASE market")
    postgres.execute("GRANT CREATE ON DATABASE market TO patron")
    yield postgres.where("market", "patron")
    postgres.execute("DROP DATABASE market WITH (FORCE)")
    postgres.execute("DROP OWNED BY patron")
    for (role,) in postgres.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'market_%'"):
        postgres.execute(f"DROP ROLE {role}")
    postgres.execute("DROP ROLE patron")


def test_a_shop_is_made_once_and_brought_up_to_date_after_that(
    empty: str, postgres: PostgresCluster, computer: Make
) -> None:
    office = computer("office", empty)
    nameless = office.shop("init")
    assert nameless.code == 2
    assert "--name" in nameless.err
    assert "no shop in this database yet" in office.shop("status").err
    assert "no shop in this database yet" in office.shop("invite", "Till 1").err
    made = office.shop("init", "--name", "Market")
    assert made.code == 0
    assert "The shop Market is made." in made.out
    assert "That is this computer alone." in made.out
    moved = office.shop("init", "--hosts", f"127.0.0.1:{postgres.port}", "--json")
    assert moved.object == {
        "shop": "Market", "hosts": ["127.0.0.1"], "ports": [postgres.port],
        "root_certificate": False, "migrations": 0,
    }  # fmt: skip
    renamed = office.shop("init", "--name", "Super market")
    assert "its schema got 0 migrations" in renamed.out
    assert f"127.0.0.1:{postgres.port}" in renamed.out
    till = computer("till")
    assert till.join(office.shop("invite", "Till 1").out).code == 0
    shown = office.shop("status")
    assert shown.out.startswith("Super market: the database at 127.0.0.1:")
    for wrong in ("db:0", "a b", "db:x"):
        refused = office.shop("init", "--hosts", wrong)
        assert refused.code == 2
        assert "--hosts" in refused.err


def test_the_owners_password_comes_from_a_file_or_a_prompt_only(
    empty: str,
    postgres: PostgresCluster,
    computer: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = computer("office")
    where = f"postgresql://patron@127.0.0.1:{postgres.port}/market"
    shown = office.shop("init", "--owner", where.replace("patron@", "patron:secret@"))
    assert shown.code == 2
    assert "which every account of this computer can read" in shown.err
    assert "secret" not in shown.err
    missing = office.shop("init", "--owner", where, "--name", "Market")
    assert missing.code == 2
    assert "wants the owner's password" in missing.err
    file = office.folder / "passwords"
    file.write_text(f"127.0.0.1:{postgres.port}:market:patron:the patron's own\n")
    file.chmod(0o600)
    office.environment["PGPASSFILE"] = str(file)
    assert office.shop("init", "--owner", where, "--name", "Market").code == 0
    file.write_text("*:*:*:*:a wrong one\n")
    wrong = office.shop("status", "--owner", where)
    assert wrong.code == 2
    assert "does not let this owner do that" in wrong.err
    assert "a wrong one" not in wrong.err + office.files()

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "the patron's own")
    options = argparse.Namespace(owner=where, root_certificate=None)
    with closing(shop_owner_command._open(options)) as owner:
        assert owner.place() is not None


def test_a_till_or_a_stranger_is_no_owner(shop: PostgresShop, computer: Make) -> None:
    till = shop.join()
    office = computer("office")
    file = office.folder / "passwords"
    file.write_text(f"*:*:*:*:{till.password}\n")
    file.chmod(0o600)
    office.environment["PGPASSFILE"] = str(file)
    office.environment["XUMM_DESK_SHOP_OWNER"] = (
        f"postgresql://{till.address.login}@127.0.0.1:{shop.cluster.port}/{shop.database}"
    )
    for action in (("invite", "Intruder"), ("init", "--name", "Mine"), ("remove", till.id)):
        refused = office.shop(*action)
        assert (refused.code, refused.out) == (2, ""), action
        assert "does not let this owner do that" in refused.err
    assert till.password not in office.files()
    assert office.shop("init", "--owner", "no string").code == 2
    gone = office.shop("init", "--owner", "postgresql://patron@127.0.0.1:1/x", "--name", "x")
    assert gone.code == 3
    assert "does not answer" in gone.err
    del office.environment["XUMM_DESK_SHOP_OWNER"]
    assert "XUMM_DESK_SHOP_OWNER" in office.shop("invite", "Till").err


def test_a_till_gets_a_new_code_only_when_that_is_meant(shop: PostgresShop, computer: Make) -> None:
    office = computer("office", shop.where)
    first = office.shop("invite", "Till 1", "--days", "7", "--json").object
    assert (first["name"], first["role"], first["days"]) == ("Till 1", "till", 7)
    twice = office.shop("invite", "Till 1")
    assert (twice.code, twice.out) == (2, "")
    assert "--again" in twice.err
    again = office.shop("invite", "Till 1", "--again", "--json").object
    address, _ = joining.join(joining.read_code(again["code"]), patience=60.0)
    assert joining.read_code(first["code"]).address == address
    assert office.shop("remove", "Till 1").out.startswith("Till 1 can log in no more.")
    back = office.shop("invite", "Till 1", "--again")
    assert joining.read_code(back.out).address.till == address.till
    assert office.shop("invite", "Till 9", "--again").code == 2
    assert office.shop("invite", "Till 9", "--days", "0").code == 2
    assert office.shop("invite", " ").code == 2


def test_a_till_that_is_not_sure_is_not_removed(shop: PostgresShop, computer: Make) -> None:
    shop.join("Twin")
    two = shop.join("Twin")
    office = computer("office", shop.where)
    unsure = office.shop("remove", "Twin")
    assert unsure.code == 2
    assert "Several tills are called Twin" in unsure.err
    assert "no till Nobody" in office.shop("remove", "Nobody").err
    assert office.shop("remove", two.id, "--json").object["removed"] == two.id
    shown = office.shop("status", "--json").object
    assert [till["till"] for till in shown["tills"] if till["left"]] == [two.id]


def test_facts_of_a_till_that_is_gone_are_brought_into_a_new_database(
    shop: PostgresShop, computer: Make
) -> None:
    till, gone = computer("till"), computer("gone")
    till.join(shop.owner.add_till("Till 1"))
    gone.join(shop.owner.add_till("Till 2"))
    lost = gone.login
    with (
        RunningTill(till.journal, till.login) as one,
        RunningTill(gone.journal, lost, instance="other") as two,
    ):
        theirs, mine = two.sell(2), one.sell(1)
        one.until(lambda: {theirs, mine} <= one.requests())
        two.until(lambda: mine in two.requests())
    anew = PostgresShop(shop.cluster)
    try:
        assert till.join(anew.owner.add_till("Till 1"), "--new-database").code == 0
        till.environment["XUMM_DESK_SHOP_OWNER"] = anew.where
        with RunningTill(till.journal, till.login) as one:
            one.until(lambda: one.view.connected)
        filled = till.shop("fill", "--json")
        assert (filled.code, filled.err) == (0, "")
        assert filled.object == {"tills": [{"till": lost.id, "facts_sent": 1, "facts_not_here": 0}]}
        assert till.shop("fill", lost.id).out.startswith("0 facts of the till")
        assert till.shop("fill", "Nobody").code == 2
        monitor = computer("monitor")
        monitor.join(anew.owner.add_till("Monitor"))
        with RunningTill(monitor.journal, monitor.login) as third:
            third.until(lambda: {theirs, mine} <= third.requests())
            third.until(lambda: third.view.missing == 0)
        [state] = [one for one in anew.owner.tills() if one.till == lost.id]
        assert (state.left, state.number) == (True, 1)
    finally:
        anew.remove()


def test_a_till_that_came_back_under_another_id_is_not_brought_twice(
    shop: PostgresShop, computer: Make
) -> None:
    till, other = computer("till"), computer("other")
    till.join(shop.owner.add_till("Till 1"))
    other.join(shop.owner.add_till("Till 2"))
    with (
        RunningTill(till.journal, till.login) as one,
        RunningTill(other.journal, other.login, instance="other") as two,
    ):
        theirs = two.sell(2)
        one.until(lambda: theirs in one.requests())
    anew = PostgresShop(shop.cluster)
    try:
        till.join(anew.owner.add_till("Till 1"), "--new-database")
        other.join(anew.owner.add_till("Till 2"), "--new-database")
        with (
            RunningTill(till.journal, till.login) as one,
            RunningTill(other.journal, other.login, instance="other") as two,
        ):
            one.until(lambda: _names(one, theirs) == 2)
        till.environment["XUMM_DESK_SHOP_OWNER"] = anew.where
        filled = till.shop("fill")
        assert filled.code == 0
        assert "no facts of a till that is gone" in filled.out
    finally:
        anew.remove()


def _names(till: RunningTill, identifier: str) -> int:
    """How many names the request's facts have in this journal."""
    count = "SELECT count(*) FROM replicated JOIN facts USING (seq) WHERE identifier = ?"
    [(names,)] = till.run(lambda db: db.execute(count, (identifier,)).fetchall())
    return int(names)


def test_facts_that_were_changed_here_are_not_brought(shop: PostgresShop, computer: Make) -> None:
    till, gone = computer("till"), computer("gone")
    till.join(shop.owner.add_till("Till 1"))
    gone.join(shop.owner.add_till("Till 2"))
    with (
        RunningTill(till.journal, till.login) as one,
        RunningTill(gone.journal, gone.login, instance="other") as two,
    ):
        theirs = two.sell(2)
        one.until(lambda: theirs in one.requests())
    with closing(sqlite3.connect(till.journal)) as db:
        db.execute("UPDATE facts SET text = replace(text, '1', '9')")
        db.commit()
    anew = PostgresShop(shop.cluster)
    try:
        till.environment["XUMM_DESK_SHOP_OWNER"] = anew.where
        filled = till.shop("fill")
        assert filled.code == 1
        assert "Nothing of the till" in filled.out
        assert all(one.number == 0 for one in anew.owner.tills())
    finally:
        anew.remove()


def test_a_certificate_of_the_owners_own_reaches_the_tills(
    shop: PostgresShop, computer: Make
) -> None:
    office = computer("office", shop.where.replace(f"host={shop.cluster.folder} ", ""))
    authority = trustme.CA()
    file = office.folder / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    for name, content in (("no.pem", "hello"), ("key.pem", "")):
        (office.folder / name).write_text(content)
    authority.private_key_pem.write_to_path(str(office.folder / "key.pem"))
    office.environment["XUMM_DESK_SHOP_OWNER"] = shop.where
    for name in ("no.pem", "key.pem", "missing.pem"):
        assert office.shop("init", "--root-certificate", name).code != 0
    shop.owner.create("Corner shop", root_certificate=file.read_text())
    code = json.loads(office.shop("invite", "Till 1", "--json").out)["code"]
    assert joining.read_code(code).address.root_certificate == file.read_text()


def test_the_owner_erases_in_the_database_what_was_erased_at_a_till(
    shop: PostgresShop, computer: Make
) -> None:
    till, spec = computer("till", shop.where), sale_spec(1, note="Mrs Smith")
    till.join(shop.owner.add_till("Till 1"))
    other = shop.join("Till 2")
    shop.open(other).report_state(0, "test")
    with RunningTill(till.journal, till.login) as one:
        one.write(
            spec.identifier,
            make_fact(stories.BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json()),
        )
        one.write(spec.identifier, stories.payment(spec, 1, "0A" * 32))
        one.run(lambda db: db.execute("UPDATE requests SET finished = 1"))
        one.until(lambda: one.view.connected and not one.view.unsent)
    erased = till.run("journal", "--erase", spec.identifier)
    assert (erased.code, erased.object["requests"]) == (0, 1)
    assert "xumm-desk shop erase" in erased.err
    early = till.shop("erase")
    assert early.code == 1
    assert "knows nothing yet" in early.out
    with RunningTill(till.journal, till.login, instance="again") as one:
        one.until(lambda: one.view.connected and not one.view.unsent)
        one.until(lambda: not one.view.missing)
    shop.rows("UPDATE xumm_desk.till_states SET seen_at = clock_timestamp()")
    done = till.shop("erase", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.object == {
        "facts_erased": 2,
        "facts_not_here": 0,
        "requests_not_told": 0,
        "tills_away": [],
    }
    shop.rows("UPDATE xumm_desk.till_states SET seen_at = seen_at - interval '1 week'")
    again = till.shop("erase")
    assert again.code == 1
    assert "0 facts were erased in the database." in again.out
    assert "Till 2" in again.out
    assert not shop.rows("SELECT 1 FROM xumm_desk.facts WHERE text LIKE '%Mrs Smith%'::bytea")
