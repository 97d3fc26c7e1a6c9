"""Join a shop with a one-time code, see it, and leave it, as its tills do on the command line."""

from __future__ import annotations

import json
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from postgres_shop import PostgresShop
from store.history.stories import BEGIN, sale_spec
from store.replication.running_till import RunningTill

from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.state.facts import FactKind, Source, make_fact
from xumm_desk.store import database
from xumm_desk.store.group_commit import FactRecord, commit_group

from .conftest import Computer

Make = Callable[..., Computer]


def sell(path: Path, number: int) -> None:
    """Write one sale as the engine does, while no window is open."""
    spec = sale_spec(number)
    fact = make_fact(BEGIN, Source.OPERATOR, FactKind.INTENT, spec.to_json())
    with closing(database.connect(path)) as db:
        assert not commit_group(db, [FactRecord(spec.identifier, fact)], lambda: None)


def test_a_shop_from_its_first_till_to_leaving(shop: PostgresShop, computer: Make) -> None:
    owner = computer("office", shop.where)
    first, second, monitor = map(computer, ("first", "second", "monitor"))
    secrets = []
    for name, one, more in (
        ("Till 1", first, ()),
        ("Till 2", second, ()),
        ("Back office", monitor, ("--monitor",)),
    ):
        invited = owner.shop("invite", name, *more)
        assert (invited.code, len(invited.out.split())) == (0, 1)
        assert "as you would a key" in invited.err
        if one is first:
            sell(one.journal, 1)
            sell(one.journal, 2)
        joined = one.join(invited.out)
        assert (joined.code, joined.err) == (0, "")
        assert "Joined the shop Corner shop." in joined.out
        assert "start it again" in joined.out
        if one is first:
            assert "2 facts of this till are to be sent." in joined.out
        if one is monitor:
            assert "A monitor reads all sales and sends nothing." in joined.out
        secrets += [invited.out.strip(), *one.secrets()]
    assert first.shop("status", "--json").object["unsent"] == 2
    assert second.shop("status", "--json").object["missing"] == 0

    with (
        RunningTill(first.journal, first.login) as till,
        RunningTill(second.journal, second.login, instance="other") as other,
    ):
        other.until(lambda: len(other.requests()) == 2)
        mine = other.sell(3)
        till.until(lambda: mine in till.requests())
        till.until(lambda: till.other(second.login).alive)
        seen = monitor.shop("status", "--json").object
        shown = monitor.shop("status")
    by_name = {till["name"]: till for till in seen["tills"]}
    assert seen["connected"]
    assert seen["missing"] == 0  # it has no journal yet
    assert {name: till["role"] for name, till in by_name.items()} == {
        "Till 1": "till", "Till 2": "till", "Back office": "monitor",
    }  # fmt: skip
    assert (by_name["Till 1"]["facts"], by_name["Till 2"]["facts"]) == (2, 1)
    assert by_name["Till 1"]["alive"]
    assert by_name["Back office"]["own"]
    [line] = [line for line in shown.out.splitlines() if line.startswith("Till 1 ")]
    assert "itself" in line
    assert "Back office*" in shown.out

    sell(first.journal, 4)
    left = first.shop("leave", "--json")
    assert (left.code, left.object["not_sent"], left.object["password_forgotten"]) == (0, 0, True)
    assert [one.number for one in shop.owner.tills() if one.name == "Till 1"] == [3]
    with closing(sqlite3.connect(first.journal)) as db:
        assert db.execute("SELECT count(*) FROM facts").fetchone() == (4,)
        assert db.execute("SELECT count(*) FROM tills").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM remote_requests").fetchone() == (1,)
    assert first.secrets() == []
    assert first.shop("status").code == 2
    assert first.run("verify-journal").code == 0
    for one in (first, second, monitor):
        text = one.files() + one.run("diagnostics", "-").out
        for secret in secrets:
            assert secret not in text


def test_what_a_leaving_till_had_not_sent_is_sent_first(shop: PostgresShop, computer: Make) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    with RunningTill(till.journal, till.login) as running:
        running.until(lambda: running.view.connected)
    sell(till.journal, 77)
    left = till.shop("leave")
    assert left.code == 0
    assert "Nothing was taken away" in left.out
    assert "not sent" not in left.out
    [state] = shop.owner.tills()
    assert state.number == 1
    assert f"xumm-desk shop remove {state.till}" in left.out


def test_a_till_leaves_a_shop_that_cannot_be_reached(shop: PostgresShop, computer: Make) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    with RunningTill(till.journal, till.login) as running:
        running.until(lambda: running.view.connected)
    sell(till.journal, 77)
    shop.owner.remove_till(till.login.id)
    left = till.shop("leave")
    assert left.code == 0
    assert "1 fact of this till was not sent. It is in this journal only." in left.out
    assert "refuses this login" in left.err
    assert not (till.data / "shop.json").exists()


def test_a_till_with_an_open_window_does_not_leave(shop: PostgresShop, computer: Make) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    with RunningTill(till.journal, till.login):
        left = till.shop("leave")
    assert left.code == 2
    assert "in use by another program" in left.err
    assert till.secrets()


def test_a_code_works_once_and_not_for_ever(shop: PostgresShop, computer: Make) -> None:
    code = shop.owner.add_till("Till 1")
    assert computer("first").join(code).code == 0
    second = computer("second")
    again = second.join(code)
    assert (again.code, again.out) == (2, "")
    assert "used before or has expired" in again.err
    late = second.join(shop.owner.add_till("Till 2", life=timedelta(seconds=-1)))
    assert (late.code, late.out) == (2, "")
    assert "Ask the shop's owner for a new one" in late.err
    assert second.secrets() == []
    assert not (second.data / "shop.json").exists()
    assert second.join("no code at all").code == 2


def test_a_folder_that_is_in_a_shop_is_not_moved_to_another(
    shop: PostgresShop, computer: Make
) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    before = till.login
    other = shop.owner.add_till("Till 2")
    refused = till.join(other)
    assert refused.code == 2
    assert "in the shop Corner shop already; the code is still unused" in refused.err
    assert "xumm-desk shop leave" in refused.err
    assert till.login.address == before.address
    assert computer("other").join(other).code == 0
    renewed = till.join(shop.owner.new_code(before.id))
    assert renewed.code == 0
    assert till.login.address == before.address
    assert till.login.password != before.password


def test_a_till_goes_over_to_a_database_that_was_made_anew(
    shop: PostgresShop, computer: Make
) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    with RunningTill(till.journal, till.login) as running:
        running.sell(1)
        running.until(lambda: running.view.connected and not running.view.unsent)
    anew = PostgresShop(shop.cluster)
    try:
        joined = till.join(anew.owner.add_till("Till 1"), "--new-database", "--json")
        assert joined.object["facts_to_send"] == 1
        assert len(till.secrets()) == 1
        with RunningTill(till.journal, till.login) as running:
            running.until(lambda: running.view.connected)
        assert sum(one.number for one in anew.owner.tills()) == 1
    finally:
        anew.remove()


def test_without_a_keyring_the_code_stays_unused(shop: PostgresShop, computer: Make) -> None:
    till = computer("till")
    code = shop.owner.add_till("Till 1")
    till.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    refused = till.join(code)
    assert refused.code == 2
    assert "the code is still unused" in refused.err
    till.environment["XUMM_DESK_SHOP_PASSWORD"] = "short"
    assert "at least 16 characters" in till.join(code).err
    till.environment["XUMM_DESK_SHOP_PASSWORD"] = "a long one from the environment"
    assert till.join(code).code == 0
    assert till.shop("status").code == 0
    told = till.run("diagnostics", "-").out
    assert "a long one" not in told + till.files()


def test_a_database_that_does_not_answer_is_said_and_what_is_known_is_shown(
    shop: PostgresShop, computer: Make
) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    sell(till.journal, 77)
    path = till.data / "shop.json"
    address = json.loads(path.read_text())
    path.write_text(json.dumps({**address, "ports": [1]}))
    status = till.shop("status", "--json")
    assert status.code == 3
    assert (status.object["connected"], status.object["unsent"]) == (False, 1)
    assert "does not answer" in status.err
    path.write_text(json.dumps(address)[:-1])
    damaged = till.shop("status")
    assert damaged.code == 2
    assert "is damaged" in damaged.err
    assert till.shop("leave").code == 0
    assert not path.exists()


def test_a_folder_of_no_shop_says_how_to_join_one(computer: Make) -> None:
    till = computer("till")
    for action in ("status", "leave"):
        ended = till.shop(action)
        assert ended.code == 2
        assert "xumm-desk shop join -" in ended.err


def test_diagnostics_tell_of_the_shop_without_secrets(shop: PostgresShop, computer: Make) -> None:
    till = computer("till")
    till.join(shop.owner.add_till("Till 1"))
    if sys.platform != "win32":
        assert stat.S_IMODE((till.data / "shop.json").stat().st_mode) == 0o600
    told = till.run("diagnostics", "-").out
    assert "shop: Corner shop" in told
    assert f"database: {shop.database}" in told
    assert f"127.0.0.1:{shop.cluster.port}" in told
    assert till.login.password not in told
    assert till.login.id not in told


def test_a_monitor_is_told_apart_in_the_status(shop: PostgresShop, computer: Make) -> None:
    monitor = computer("monitor")
    monitor.join(shop.owner.add_till("Back office", TillRole.MONITOR))
    with RunningTill(monitor.journal, monitor.login) as running:
        running.until(lambda: running.view.connected)
    shown = monitor.shop("status")
    assert shown.code == 0
    assert "of this till" not in shown.out


def test_a_till_that_left_comes_back_and_doubles_nothing(
    shop: PostgresShop, computer: Make
) -> None:
    till, other = computer("till"), computer("other")
    till.join(shop.owner.add_till("Till 1"))
    other.join(shop.owner.add_till("Till 2"))
    with (
        RunningTill(till.journal, till.login) as one,
        RunningTill(other.journal, other.login, instance="other") as two,
    ):
        mine, theirs = one.sell(1), two.sell(2)
        one.until(lambda: theirs in one.requests())
        two.until(lambda: mine in two.requests())
    before = till.login.id
    assert till.shop("leave").code == 0
    sell(till.journal, 3)
    assert till.join(shop.owner.new_code(before)).code == 0
    with (
        RunningTill(till.journal, till.login) as one,
        RunningTill(other.journal, other.login, instance="other") as two,
    ):
        two.until(lambda: len(two.requests()) == 3)
        one.until(lambda: one.view.connected and not one.view.unsent)
        two.until(lambda: two.view.connected and not two.view.missing)
        assert one.contents() == two.contents()
        for journal in (one, two):
            [(facts,)] = journal.run(lambda db: db.execute("SELECT count(*) FROM facts").fetchall())
            assert facts == 3
    assert till.run("verify-journal").code == 0


@pytest.mark.parametrize("command", [("request", "-"), ("import", "sales.csv")])
def test_a_monitor_makes_no_request(
    shop: PostgresShop, computer: Make, command: tuple[str, ...]
) -> None:
    monitor = computer("monitor")
    monitor.join(shop.owner.add_till("Back office", TillRole.MONITOR))
    monitor.environment |= {"XUMM_APIKEY": "a-key", "XUMM_APISECRET": "a-secret"}
    refused = monitor.run(*command, stdin='{"txjson": {"TransactionType": "SignIn"}}\n')
    assert refused.code == 2
    assert "This data folder is a monitor's" in refused.err
    assert refused.out == ""
    assert not monitor.journal.exists()
