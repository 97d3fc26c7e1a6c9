"""Tills on a real database: what one writes is on the others, whatever happens in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from postgres_cluster import PostgresCluster
from postgres_shop import PostgresShop

from store.replication.running_till import PATIENCE, RunningTill
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.core.replication.takeover import refund_lease
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.sale import numbering
from xumm_desk.store import destination_tags, sale_numbers
from xumm_desk.store.history import indexing
from xumm_desk.store.journal_check import verify_chain
from xumm_desk.store.replication import local_facts


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What is entered here is left at the end of the test."""
    with ExitStack() as made:
        yield made


@pytest.fixture(autouse=True)
def _short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A till that is gone is missed within a second or two."""
    for name, seconds in (("LIFE", 1.5), ("RENEW", 0.2), ("_COPY_AFTER", 3.0)):
        monkeypatch.setattr(f"xumm_desk.store.replication.session.{name}", seconds)
    monkeypatch.setattr("xumm_desk.store.replication.replicator._LONGEST_PAUSE", 0.2)


def test_what_a_till_sells_is_on_the_others(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    first = stack.enter_context(RunningTill(tmp_path / "a.sqlite3", shop.join("A")))
    second = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    monitor = stack.enter_context(
        RunningTill(tmp_path / "m.sqlite3", shop.join("M", TillRole.MONITOR))
    )
    ours, theirs = first.sell(1), second.sell(2)
    for till in (first, second, monitor):
        till.until(lambda till=till: till.requests() == {ours, theirs})  # type: ignore[misc]
    assert first.contents() == second.contents() == monitor.contents()
    assert not any(news.bulk for till in (first, second, monitor) for news in till.news)
    first.until(lambda: first.other(second.login).alive)
    first.until(lambda: first.view.unsent == first.view.missing == 0)
    assert not monitor.view.followed
    assert verify_chain(tmp_path / "m.sqlite3").whole


def test_a_database_that_is_away_holds_nothing_up_and_loses_nothing(
    tmp_path: Path, stack: ExitStack
) -> None:
    cluster = PostgresCluster()
    stack.callback(cluster.remove)
    cluster.create()
    shop = PostgresShop(cluster)
    stack.callback(shop.remove)
    first = stack.enter_context(RunningTill(tmp_path / "a.sqlite3", shop.join("A")))
    second = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    before = first.sell(1)
    second.until(lambda: second.requests() == {before})
    cluster.kill()
    first.until(lambda: not first.view.connected)
    assert "kept" in first.view.problem
    during = {first.sell(number) for number in range(2, 40)} | {second.sell(99)}
    # What is sold meanwhile is counted with each try.
    first.until(lambda: first.view.unsent == 38)
    cluster.start()
    for till in (first, second):
        till.until(lambda till=till: till.requests() == {before, *during})  # type: ignore[misc]
    second.until(lambda: second.view.connected and not second.view.problem)
    assert first.contents() == second.contents()


def test_the_requests_of_a_till_that_is_gone_are_followed_by_one_other(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    gone = RunningTill(tmp_path / "a.sqlite3", shop.join("A"))
    others = [
        stack.enter_context(RunningTill(tmp_path / f"{name}.sqlite3", shop.join(name)))
        for name in ("b", "c")
    ]
    monitor = stack.enter_context(
        RunningTill(tmp_path / "m.sqlite3", shop.join("M", TillRole.MONITOR))
    )
    with gone:
        for till in others:
            # They began before it, and took it for one that does not live.
            till.until(
                lambda till=till: (  # type: ignore[misc]
                    till.view.connected and till.other(gone.login).alive and not till.view.followed
                )
            )
        gone.vanish()
        others[0].until(lambda: any(till.view.followed == {gone.login.id} for till in others))
        others[0].until(lambda: sum(bool(till.view.followed) for till in others) == 1)
        monitor.until(lambda: monitor.other(gone.login).followed)
        assert not monitor.view.followed
        assert monitor.view.role is TillRole.MONITOR
        assert others[0].view.role is TillRole.TILL
    with RunningTill(tmp_path / "a.sqlite3", gone.login, instance="next run") as back:
        back.until(lambda: back.view.connected)
        others[0].until(lambda: not any(till.view.followed for till in others))
    # One that is closed says so: nobody waits for its lease to run out.
    others[0].until(lambda: any(till.view.followed for till in others))


@pytest.mark.parametrize("instance", ["run", "next run"])
def test_a_refund_under_way_is_held_until_its_facts_are_there_however_its_till_comes_back(
    shop: PostgresShop,
    tmp_path: Path,
    stack: ExitStack,
    monkeypatch: pytest.MonkeyPatch,
    instance: str,
) -> None:
    """It comes back after a lost connection as the same run, after a crash as another one."""
    login = shop.join("A")
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    other.until(lambda: other.view.connected)

    def holds(till: RunningTill) -> bool:
        return till.replicator.hold(refund_lease("7")).result(PATIENCE)

    with RunningTill(tmp_path / "a.sqlite3", login) as gone:
        gone.until(lambda: gone.view.connected)
        assert holds(gone)
        gone.vanish()
    assert not holds(other)
    with RunningTill(tmp_path / "a.sqlite3", login, instance=instance) as back:
        back.until(lambda: back.view.connected)
        back.until(lambda: holds(back))
        assert not holds(other)
        back.vanish()
    monkeypatch.setattr("xumm_desk.store.replication.session._HELD_AFTER", 0.0)
    back = RunningTill(tmp_path / "a.sqlite3", login, instance=instance)
    sold = back.sell(1)
    stack.enter_context(back)
    other.until(lambda: holds(other))
    assert sold in other.requests()


def test_a_folder_that_was_copied_gets_an_id_of_its_own(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """Two devices under one till's identity: neither loses a sale, neither forks the other."""
    path, copied = tmp_path / "a.sqlite3", tmp_path / "copy.sqlite3"
    login = shop.join("A")
    with RunningTill(path, login) as till:
        first = till.sell(1)
        till.until(lambda: bool(shop.rows("SELECT 1 FROM xumm_desk.facts")))
        till.until(lambda: till.view.connected and till.view.unsent == 0)
    with_log = path.with_name(path.name + "-wal")
    shutil.copy(path, copied)
    if with_log.exists():
        shutil.copy(with_log, copied.with_name(copied.name + "-wal"))
    original = stack.enter_context(RunningTill(path, login, instance="original"))
    original.until(lambda: original.view.connected)
    copy = stack.enter_context(RunningTill(copied, login, instance="copy"))
    copy.until(lambda: copy.run(local_facts.own_till) not in (None, login.id))
    sold = {original.sell(2), copy.sell(3)}
    for one in (original, copy):
        one.until(lambda one=one: one.requests() == {first, *sold})  # type: ignore[misc]
    assert original.run(local_facts.own_till) == login.id
    assert original.contents() == copy.contents()


def test_a_folder_that_was_restored_gets_back_what_it_lost(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    path, backup = tmp_path / "a.sqlite3", tmp_path / "backup.sqlite3"
    login = shop.join("A")
    with RunningTill(path, login) as till:
        old = till.sell(1)
        till.until(lambda: till.view.connected and till.view.unsent == 0)
        till.run(lambda db: db.execute("VACUUM INTO ?", (str(backup),)))
        lost = till.sell(2)
        till.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 2)
    restored = stack.enter_context(RunningTill(backup, login, instance="restored"))
    restored.until(lambda: restored.requests() == {old, lost})
    new = restored.sell(3)
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    other.until(lambda: other.requests() == {old, lost, new})
    assert other.contents() == restored.contents()


def test_a_power_cut_that_undid_names_and_others_facts_is_made_good(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """The facts of sales are on the disk before anybody acts on them; their names need not be."""
    path, cut = tmp_path / "a.sqlite3", tmp_path / "cut.sqlite3"
    login = shop.join("A")
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    till = RunningTill(path, login)
    till.run(partial(local_facts.join, till=login.id))
    ours = {till.sell(number) for number in range(1, 6)}
    till.run(lambda db: db.execute("VACUUM INTO ?", (str(cut),)))
    with till:
        theirs = other.sell(9)
        for one in (till, other):
            one.until(lambda one=one: one.requests() == {*ours, theirs})  # type: ignore[misc]
        till.vanish()
    back = stack.enter_context(RunningTill(cut, login, instance="next run"))
    ours.add(back.sell(6))
    for one in (back, other):
        one.until(lambda one=one: one.requests() == {*ours, theirs})  # type: ignore[misc]
    assert back.run(local_facts.own_till) == login.id
    assert back.contents() == other.contents()
    assert verify_chain(cut).whole


def test_a_database_that_lost_its_newest_facts_gets_them_again(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """It was restored from a backup of before."""
    login = shop.join("A")
    with RunningTill(tmp_path / "a.sqlite3", login) as till:
        names = {till.sell(number) for number in range(1, 5)}
        till.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 4)
    shop.cluster.execute(
        "DELETE FROM xumm_desk.facts WHERE number > 2;"
        "UPDATE xumm_desk.chain_ends SET number = 2,"
        " hash = (SELECT hash FROM xumm_desk.facts WHERE number = 2)",
        shop.database,
    )
    stack.enter_context(RunningTill(tmp_path / "a.sqlite3", login, instance="next run"))
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    other.until(lambda: other.requests() == names)
    assert len(shop.rows("SELECT DISTINCT till FROM xumm_desk.facts")) == 1


def test_a_database_that_went_on_from_a_backup_with_another_journal_loses_nothing(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """The numbers are the same, and what they mean is not."""
    login = shop.join("A")
    backup = tmp_path / "backup.sqlite3"
    with RunningTill(tmp_path / "a.sqlite3", login) as till:
        names = {till.sell(1)}
        till.until(lambda: till.view.connected and till.view.unsent == 0)
        till.run(lambda db: db.execute("VACUUM INTO ?", (str(backup),)))
        names.add(till.sell(2))
        till.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 2)
    shop.cluster.execute(
        "DELETE FROM xumm_desk.facts WHERE number > 1;"
        "UPDATE xumm_desk.chain_ends SET number = 1,"
        " hash = (SELECT hash FROM xumm_desk.facts WHERE number = 1)",
        shop.database,
    )
    with RunningTill(backup, login, instance="backup") as till:
        names.add(till.sell(3))
        till.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 2)
    first = stack.enter_context(RunningTill(tmp_path / "a.sqlite3", login, instance="again"))
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    for one in (first, other):
        one.until(lambda one=one: one.requests() == names)  # type: ignore[misc]
    assert first.contents() == other.contents()


def test_a_new_database_is_filled_from_the_tills(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    with RunningTill(tmp_path / "a.sqlite3", shop.join("A")) as till:
        names = {till.sell(number) for number in range(1, 5)}
        till.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 4)
    anew = PostgresShop(shop.cluster)
    stack.callback(anew.remove)
    stack.enter_context(RunningTill(tmp_path / "a.sqlite3", anew.join("A"), instance="next run"))
    other = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", anew.join("B")))
    other.until(lambda: other.requests() == names)


def test_a_till_that_comes_late_takes_in_the_past_in_parts(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xumm_desk.store.replication.pulling.BATCH", 7)
    monkeypatch.setattr("xumm_desk.store.replication.pulling._AT_ONCE", 4)
    monkeypatch.setattr("xumm_desk.store.replication.pulling.BULK", 10)
    first = stack.enter_context(RunningTill(tmp_path / "a.sqlite3", shop.join("A")))
    names = {first.sell(number) for number in range(1, 51)}
    first.until(lambda: len(shop.rows("SELECT 1 FROM xumm_desk.facts")) == 50)
    late = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", shop.join("B")))
    late.until(lambda: late.requests() == names)
    assert [news.bulk for news in late.news] == [True] * 12 + [False] * 3
    late.run(indexing.catch_up)
    lines = late.run(lambda db: db.execute("SELECT count(*) FROM request_index").fetchone())
    assert lines == (50,)


@pytest.fixture
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time to take in what others shipped does not come."""
    later = 10 * PATIENCE
    monkeypatch.setattr(
        "xumm_desk.store.replication.pulling.news_time", lambda since, *_rest: since + later
    )


def _two_tills(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> tuple[RunningTill, RunningTill, set[str]]:
    """A till, one that was there before and is there again, and all that the second knows."""
    first = RunningTill(tmp_path / "a.sqlite3", shop.join("A"))
    login = shop.join("B")
    with first, RunningTill(tmp_path / "b.sqlite3", login) as joins:
        known = {first.sell(1), joins.sell(2)}
        joins.until(lambda: joins.requests() == known)  # one that joins does not wait
        first.vanish()
    first = RunningTill(tmp_path / "a.sqlite3", first.login)
    second = stack.enter_context(RunningTill(tmp_path / "b.sqlite3", login))
    second.until(lambda: second.view.connected)
    return first, second, known


@pytest.mark.usefixtures("_late")
def test_monitors_see_at_once_what_tills_take_in_when_it_is_time_or_they_must_know_it(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    first, second, known = _two_tills(shop, tmp_path, stack)
    stack.enter_context(first)
    monitor = stack.enter_context(
        RunningTill(tmp_path / "m.sqlite3", shop.join("M", TillRole.MONITOR))
    )
    sold = {first.sell(number) for number in range(3, 6)}
    monitor.until(lambda: monitor.requests() == known | sold)
    second.until(lambda: second.view.missing == 3)
    assert second.requests() == known
    assert second.replicator.hold(refund_lease("3")).result(PATIENCE)
    assert second.requests() == known | sold


@pytest.mark.usefixtures("_late")
def test_who_takes_over_from_a_till_takes_in_what_it_did_at_last(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    first, second, known = _two_tills(shop, tmp_path, stack)
    with first:
        second.until(lambda: second.other(first.login).alive)
        sold = first.sell(3)
        second.until(lambda: second.view.missing == 1)
        first.vanish()
        second.until(lambda: second.view.followed == {first.login.id})
        second.until(lambda: second.requests() == {*known, sold})


def test_no_two_tills_hand_out_one_tag(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """Also once their database is away; and an offline till goes on selling."""
    tills = [
        stack.enter_context(RunningTill(tmp_path / f"{name}.sqlite3", shop.join(name)))
        for name in ("a", "b", "c")
    ]
    within = TagRange(1, 100_000)

    def tag(till: RunningTill) -> int | None:
        now = datetime.now(UTC)
        return till.run(partial(destination_tags.reserve, within=within, now=now))  # type: ignore[no-any-return]

    handed: list[int] = []

    def has_tags(till: RunningTill) -> bool:
        handed.extend(found for found in [tag(till)] if found is not None)
        return bool(till.run(lambda db: db.execute("SELECT 1 FROM tag_blocks").fetchone()))

    for till in tills:
        till.until(partial(has_tags, till))
    before = len(handed)
    for till in tills:
        till.replicator.stop(60)
        handed += [found for _ in range(50) if (found := tag(till)) is not None]
    assert len(handed) == len(set(handed)) == before + 150


def test_two_tills_of_one_name_never_give_out_one_number(
    shop: PostgresShop, tmp_path: Path, stack: ExitStack
) -> None:
    """Also while they are apart, and on the days after."""
    tills = [
        stack.enter_context(RunningTill(tmp_path / f"{name}.sqlite3", shop.join(name)))
        for name in ("a", "b")
    ]
    days = numbering.counts_ahead("Bar|2026-11-30", 4)
    for till in tills:
        till.run(partial(sale_numbers.reserve, count_name=days[0]))
        till.until(lambda till=till: not till.run(sale_numbers.wanted))  # type: ignore[misc]
    for till in tills:
        till.replicator.stop(PATIENCE)
    given = [
        (day, till.run(partial(sale_numbers.reserve, count_name=day)))
        for day in days
        for till in tills
        for _ in range(60)
    ]
    assert len(given) == len(set(given))
