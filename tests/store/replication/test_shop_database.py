"""Ship and read facts, be told of new ones, take leases and numbers, against a real server."""

from __future__ import annotations

import dataclasses
import os
import socket
import sys
import threading

import psycopg
import pytest
from postgres_shop import PATIENCE, JoinedTill, PostgresShop

from xumm_desk.core.replication.replicated_fact import ChainEnd, chained
from xumm_desk.core.replication.shop_error import ForkedTill, ShopDatabaseError, Unreachable
from xumm_desk.core.replication.takeover import life_lease
from xumm_desk.store.replication.shop_database import ShopDatabase


def test_facts_come_back_as_they_were_sent(shop: PostgresShop) -> None:
    till, database = shop.opened()
    sent = till.facts(3)
    database.ship(sent)
    assert database.read({till.id: 0}, 10) == sent
    assert database.own_end() == till.end
    assert database.ends() == {till.id: 3}
    assert database.hash_of(till.id, 2) == sent[1].hash
    assert database.hash_of(till.id, 4) is None


@pytest.mark.parametrize(
    "text",
    ["a\0b", "\ud800", "x\udfffy\ud83d", "\0", "", "é 漢 😀", "\\x00", "{}\\N\t\n", "\ufeff"],
)
def test_a_text_that_postgresql_refuses_is_carried_unchanged(shop: PostgresShop, text: str) -> None:
    till, database = shop.opened()
    sent = chained(till.id, ChainEnd(), [(text, text, text, text, text)])
    database.ship(sent)
    assert database.read({till.id: 0}, 1) == sent


def test_a_kind_that_no_program_of_today_knows_is_carried(shop: PostgresShop) -> None:
    till, database = shop.opened()
    sent = chained(
        till.id, ChainEnd(), [("r", "2031-01-01", "orbit", "of a later program", "x" * 99999)]
    )
    database.ship(sent)
    assert database.read({till.id: 0}, 1) == sent


def test_what_is_sent_again_is_written_once(shop: PostgresShop) -> None:
    till, database = shop.opened()
    facts = till.facts(10)
    database.ship(facts[:6])
    database.ship(facts[:6])
    database.ship(facts[2:5])
    database.ship(facts[4:])
    database.ship([])
    database.ship([*reversed(facts), *facts])
    assert database.read({till.id: 0}, 100) == facts
    assert shop.rows("SELECT count(*) FROM xumm_desk.facts") == [(10,)]


def test_facts_after_a_gap_are_refused_and_nothing_of_them_is_kept(shop: PostgresShop) -> None:
    till, database = shop.opened()
    facts = till.facts(6)
    database.ship(facts[:2])
    for batch in (facts[3:], [facts[2], facts[4]]):
        with pytest.raises(ShopDatabaseError) as caught:
            database.ship(batch)
        assert type(caught.value) is ShopDatabaseError
    assert database.own_end().number == 2
    assert database.is_open


def test_another_fact_under_a_number_is_a_fork(shop: PostgresShop) -> None:
    till, database = shop.opened()
    copied = JoinedTill(till.address, till.password)
    database.ship(till.facts(3))
    other = copied.facts(5, text="of the copy")
    for batch in (other[:1], other[2:], other, other[3:]):
        with pytest.raises(ForkedTill):
            database.ship(batch)
    assert database.own_end() == till.end


def test_a_fact_that_was_changed_on_its_way_is_refused(shop: PostgresShop) -> None:
    till, database = shop.opened()
    facts = till.facts(4)
    facts[2] = dataclasses.replace(facts[2], text="more money")
    with pytest.raises(ShopDatabaseError, match="hash of number 3"):
        database.ship(facts)
    assert database.own_end().number == 0


def test_two_connections_of_one_till_send_the_same_facts_once(shop: PostgresShop) -> None:
    till = shop.join()
    facts = till.facts(400)
    failures: list[ShopDatabaseError] = []

    def send(database: ShopDatabase) -> None:
        try:
            for first in range(0, 400, 20):
                database.ship(facts[first : first + 20])
        except ShopDatabaseError as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(shop.open(till, f"run {n}"),)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert shop.open(till).read({till.id: 0}, 1000) == facts


def test_two_journals_under_one_till_cannot_both_write(shop: PostgresShop) -> None:
    """A copied data folder: whoever comes second is told, and nothing of it is mixed in."""
    till = shop.join()
    copied = JoinedTill(till.address, till.password)
    batches = (till.facts(50), copied.facts(50, text="of the copy"))
    results: dict[int, str] = {}
    start = threading.Barrier(2)

    def send(number: int, database: ShopDatabase) -> None:
        start.wait()
        try:
            database.ship(batches[number])
        except ForkedTill:
            results[number] = "forked"
        else:
            results[number] = "kept"

    threads = [
        threading.Thread(target=send, args=(n, shop.open(till, f"run {n}"))) for n in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results.values()) == ["forked", "kept"]
    [winner] = [n for n, result in results.items() if result == "kept"]
    assert shop.open(till).read({till.id: 0}, 100) == batches[winner]


def test_a_later_number_is_never_seen_before_an_earlier_one(shop: PostgresShop) -> None:
    """The second writer waits until the first has committed, however late that is."""
    till = shop.join()
    first, second = till.facts(3), till.facts(3)
    reader = shop.open(till, "reader")
    with till.sql() as slow:
        slow.autocommit = False
        raw = [
            [getattr(fact, name).encode() for fact in first]
            for name in ("identifier", "at", "source", "kind", "text")
        ]
        slow.execute(
            "SELECT xumm_desk.add_facts(%b::text::uuid, 1::bigint, %b::bytea[], %b::bytea[],"
            " %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])",
            (till.id, *raw, [fact.hash for fact in first]),
        )
        fast = threading.Thread(target=shop.open(till, "fast").ship, args=(second,))
        fast.start()
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while shop.rows(waiting) == [(0,)]:
            assert fast.is_alive()
        assert reader.read({till.id: 0}, 10) == []
        slow.commit()
    fast.join()
    assert reader.read({till.id: 0}, 10) == [*first, *second]


def test_other_tills_do_not_wait_for_a_slow_one(shop: PostgresShop) -> None:
    till, other = shop.join(), shop.join("Till 2")
    with till.sql() as slow:
        slow.autocommit = False
        slow.execute("SELECT xumm_desk.lock_chain(%s::text::uuid)", (till.id,))
        database = shop.open(other)
        database.ship(other.facts(3))
        assert database.own_end().number == 3
        slow.rollback()


def test_reading_follows_a_number_for_each_till_and_takes_the_nearest_first(
    shop: PostgresShop,
) -> None:
    (one, first), (two, second) = shop.opened("Till 1"), shop.opened("Till 2")
    first.ship(one.facts(50))
    sent = two.facts(3)
    second.ship(sent)
    assert first.read({one.id: 10, two.id: 1}, 5) == [*sent[1:], *first.read({one.id: 10}, 3)]
    assert [fact.number for fact in first.read({one.id: 10, two.id: 3}, 4)] == [11, 12, 13, 14]
    assert first.read({one.id: 50, two.id: 3}, 100) == []
    assert first.read({}, 100) == []
    assert first.read({"00000000-0000-0000-0000-000000000000": 0}, 100) == []


# --- Notifications --------------------------------------------------------------------------------


def test_a_batch_is_one_notification(shop: PostgresShop) -> None:
    (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
    reader.listen()
    with shop.join("Till 3").sql() as counter:
        counter.execute("LISTEN xumm_desk_facts")
        database.ship(till.facts(200))
        database.ship(till.facts(1))
        database.ship([])
        with pytest.raises(ShopDatabaseError):
            database.ship(till.facts(2)[1:])
        with psycopg.connect(shop.where, autocommit=True) as last:
            last.execute("NOTIFY xumm_desk_facts, 'end'")
        seen = [notify.payload for notify in counter.notifies(timeout=PATIENCE, stop_after=3)]
    assert seen == [f"{till.id} 200", f"{till.id} 201", "end"]
    heard: dict[str, int] = {}
    while heard.get(till.id) != 201:
        heard = reader.wait(PATIENCE)
        assert heard


def test_a_batch_whose_answer_was_lost_is_told_when_it_is_sent_again(shop: PostgresShop) -> None:
    """The connection may break between the facts and their notification."""
    (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
    facts = till.facts(3)
    database.ship(facts)
    reader.listen()
    database.ship(facts)
    assert reader.wait(PATIENCE) == {till.id: 3}


def test_the_last_of_many_quick_batches_is_always_heard(shop: PostgresShop) -> None:
    (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
    reader.listen()
    batches = [till.facts(1) for _ in range(300)]

    def ship() -> None:
        for batch in batches:
            database.ship(batch)

    thread = threading.Thread(target=ship)
    thread.start()
    known = 0
    while known < 300:
        heard = reader.wait(PATIENCE)
        assert heard
        known = heard[till.id]
        assert len(reader.read({till.id: known - 1}, 1)) == 1
    thread.join()


def test_waiting_ends_with_nothing_when_the_time_is_over(shop: PostgresShop) -> None:
    _, database = shop.opened()
    database.listen()
    assert database.wait(0) == {}
    assert database.wait(0.01) == {}


def test_a_till_is_not_woken_by_what_it_sent_itself(shop: PostgresShop) -> None:
    till, database = shop.opened()
    database.listen()
    database.ship(till.facts(3))
    assert database.wait(0) == {}


def test_a_notification_that_came_during_another_call_is_not_lost(shop: PostgresShop) -> None:
    (till, database), (_, reader) = shop.opened("Till 1"), shop.opened("Till 2")
    reader.listen()
    database.ship(till.facts(3))
    assert reader.ends() == {till.id: 3}
    assert reader.wait(PATIENCE) == {till.id: 3}


def test_another_thread_wakes_who_waits(shop: PostgresShop) -> None:
    _, database = shop.opened()
    database.listen()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        threading.Thread(target=theirs.send, args=(b"x",)).start()
        assert database.wait(PATIENCE, wake=ours.fileno()) == {}
        assert ours.recv(10) == b"x"


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are another matter there")
def test_who_waits_may_have_descriptors_beyond_what_select_takes(shop: PostgresShop) -> None:
    import fcntl
    import resource

    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(2048, limits[0]), limits[1]))
    _, database = shop.opened()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        high = fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD, 1500)
        try:
            theirs.send(b"x")
            assert database.wait(PATIENCE, wake=high) == {}
        finally:
            os.close(high)
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_notification_that_makes_no_sense_is_ignored(shop: PostgresShop) -> None:
    till, database = shop.opened("Till 1")
    reader = shop.open(till, "reader")
    reader.listen()
    with psycopg.connect(shop.where, autocommit=True) as anybody:
        for payload in ("", " ", "x", f"{till.id} -1", f"{till.id} {'9' * 400}", "a b c", "a ²"):
            anybody.execute("SELECT pg_notify('xumm_desk_facts', %s)", (payload,))
    database.ship(till.facts(1))
    heard: dict[str, int] = {}
    while not heard:
        heard = reader.wait(PATIENCE)
    assert heard == {till.id: 1}


def test_waiting_ends_with_an_error_when_the_server_ends_the_connection(shop: PostgresShop) -> None:
    _, database = shop.opened()
    database.listen()
    shop.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{shop.database}' AND usename LIKE '%_till_%'"
    )
    with pytest.raises(Unreachable):
        database.wait(PATIENCE)
    assert not database.is_open
    with pytest.raises(Unreachable):
        database.wait(PATIENCE)
    with pytest.raises(Unreachable):
        database.ends()
    assert database.fileno() == -1


# --- Leases ---------------------------------------------------------------------------------------


def test_a_lease_is_held_by_one_run_of_one_till(shop: PostgresShop) -> None:
    till, database = shop.opened("Till 1")
    second_run = shop.open(till, "second run")
    _, other = shop.opened("Till 2")
    assert database.take_lease("ledger", 60)
    assert database.take_lease("ledger", 60)
    assert not second_run.take_lease("ledger", 60)
    assert not other.take_lease("ledger", 60)
    second_run.give_back_lease("ledger")
    other.give_back_lease("ledger")
    [lease] = other.leases()
    assert (lease.name, lease.holder, lease.instance) == ("ledger", till.id, "first run")
    assert 0 < lease.seconds_left <= 60
    database.give_back_lease("ledger")
    assert other.leases() == []
    assert other.take_lease("ledger", 60)


def test_the_run_that_lives_goes_on_with_what_an_earlier_one_held(shop: PostgresShop) -> None:
    till, before = shop.opened("Till 1")
    assert before.take_lease(life_lease(till.id), 60)
    assert before.take_lease("refund:7", 60)
    run, (other_till, other) = shop.open(till, "second run"), shop.opened("Till 2")
    assert not run.take_lease("refund:7", 60)
    assert not run.take_lease(life_lease(till.id), 60)
    shop.rows("UPDATE xumm_desk.leases SET until = clock_timestamp() WHERE name LIKE 'till:%'")
    assert not run.take_lease("refund:7", 60)
    assert run.take_lease(life_lease(till.id), 60)
    assert other.take_lease(life_lease(other_till.id), 60)
    assert not other.take_lease("refund:7", 60)
    assert run.take_lease("refund:7", 60)
    before.give_back_lease("refund:7")
    assert not other.take_lease("refund:7", 60)
    run.give_back_lease("refund:7")
    assert other.take_lease("refund:7", 60)


def test_an_expired_lease_is_anybodys_by_the_databases_clock(shop: PostgresShop) -> None:
    (_, database), (till, other) = shop.opened("Till 1"), shop.opened("Till 2")
    assert database.take_lease("ledger", 60)
    shop.rows("UPDATE xumm_desk.leases SET until = until - interval '61 seconds'")
    assert database.leases() == []
    assert other.take_lease("ledger", 60)
    assert not database.take_lease("ledger", 60)
    assert [lease.holder for lease in database.leases()] == [till.id]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_lease_ends_some_time(shop: PostgresShop, seconds: float) -> None:
    _, database = shop.opened()
    with pytest.raises(ShopDatabaseError):
        database.take_lease("ledger", seconds)
    assert database.leases() == []


def test_of_many_tills_at_once_one_gets_the_lease(shop: PostgresShop) -> None:
    databases = [shop.opened(f"Till {n}")[1] for n in range(6)]
    got: list[bool] = []
    start = threading.Barrier(6)

    def take(database: ShopDatabase) -> None:
        start.wait()
        got.append(database.take_lease("ledger", 60))

    threads = [threading.Thread(target=take, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


# --- Numbers leased ahead -------------------------------------------------------------------------


def test_blocks_of_one_kind_never_overlap(shop: PostgresShop) -> None:
    databases = [shop.opened(f"Till {n}")[1] for n in range(4)]
    blocks: list[tuple[int, int]] = []

    def take(database: ShopDatabase) -> None:
        blocks.extend(database.reserve_block("tag", 7, (100, 10_000)) for _ in range(20))

    threads = [threading.Thread(target=take, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [number for first, last in blocks for number in range(first, last + 1)]
    assert len(numbers) == len(set(numbers)) == 4 * 20 * 7
    assert (min(numbers), max(numbers)) == (100, 659)
    assert databases[0].reserve_block("sale", 7, (100, 10_000)) == (100, 106)


def test_a_range_is_used_to_its_last_number(shop: PostgresShop) -> None:
    _, database = shop.opened()
    assert database.reserve_block("tag", 10, (50, 59)) == (50, 59)
    assert database.reserve_block("tag", 10, (1, 57)) == (1, 10)
    assert [database.reserve_block("tag", 20, (1, 64)) for _ in range(3)] == [
        (60, 64), (11, 30), (31, 49),
    ]  # fmt: skip
    with pytest.raises(ShopDatabaseError, match="reserved"):
        database.reserve_block("tag", 1, (1, 64))
    assert database.reserve_block("tag", 1, (1, 4_294_967_295)) == (65, 65)
    assert database.reserve_block("tag", 9, (4_294_967_290, 4_294_967_295))[1] == 4_294_967_295


# --- Tills ----------------------------------------------------------------------------------------


def test_tills_are_listed_with_what_they_reported(shop: PostgresShop) -> None:
    (till, database), (_, other) = shop.opened("Till 1"), shop.opened("Till 2")
    code = shop.owner.add_till("Till 3")
    database.ship(till.facts(4))
    database.report_state(12, "1.2.3")
    first, second, third = other.tills()
    assert code
    assert (first.till, first.name, first.number, first.facts_behind) == (till.id, "Till 1", 4, 12)
    assert first.seen_seconds is not None
    assert 0 <= first.seen_seconds < PATIENCE
    assert (second.seen_seconds, second.number, second.joined) == (None, 0, True)
    assert (third.name, third.joined, third.left) == ("Till 3", False, False)
    assert shop.owner.tills()[1] == second


def test_closing_twice_is_harmless(shop: PostgresShop) -> None:
    _, database = shop.opened()
    database.close()
    database.close()
    assert not database.is_open
    with pytest.raises(Unreachable):
        database.own_end()
