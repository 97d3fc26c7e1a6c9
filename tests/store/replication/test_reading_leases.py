"""The lease of reading an account's history, in a real database."""

from __future__ import annotations

from postgres_shop import PostgresShop

from xumm_desk.store.replication.reading_leases import Reading, ReadingLeases

SHOP = "rShop"


def test_one_reads_until_it_leaves_or_wants_no_more(shop: PostgresShop) -> None:
    (first, one), (second, two) = shop.opened("Till 1"), shop.opened("Till 2")
    wanted = frozenset({SHOP})
    ours, theirs = ReadingLeases(lambda: wanted), ReadingLeases(lambda: frozenset({SHOP}))
    assert ours.are_due()
    assert ours.keep(one, first.id, one.leases()) == Reading(wanted, frozenset())
    assert not ours.are_due()
    assert theirs.keep(two, second.id, two.leases()) == Reading(frozenset(), wanted)
    assert ours.keep(one, first.id, one.leases()).here == wanted
    wanted = frozenset()
    assert ours.are_due()
    assert ours.keep(one, first.id, one.leases()) == Reading()
    assert theirs.keep(two, second.id, two.leases()).here == {SHOP}
    theirs.give_back(two)
    wanted = frozenset({SHOP})
    assert ours.keep(one, first.id, one.leases()).here == {SHOP}


def test_of_two_that_ask_at_one_moment_one_gets_it(shop: PostgresShop) -> None:
    (first, one), (second, two) = shop.opened("Till 1"), shop.opened("Till 2")
    before = one.leases()
    ours, theirs = (
        ReadingLeases(lambda: frozenset({SHOP})),
        ReadingLeases(lambda: frozenset({SHOP})),
    )
    assert ours.keep(one, first.id, before).here == {SHOP}
    assert theirs.keep(two, second.id, before) == Reading()
