"""One till reads an account's history for all, and another one when that is gone."""

from __future__ import annotations

from xumm_desk.core.replication.account_reading import readers, reading_lease, to_read
from xumm_desk.core.replication.shop_state import Lease
from xumm_desk.core.replication.takeover import held_by, life_lease


def reads(till: str, account: str, seconds: float = 5.0) -> Lease:
    """The lease of who reads, or read."""
    return Lease(reading_lease(account), till, "run", seconds)


def test_what_nobody_reads_is_taken_and_what_another_reads_is_left_to_it() -> None:
    leases = [reads("a", "rOne"), reads("b", "rTwo"), reads("b", "rThree", 0.0)]
    assert to_read("a", ("rOne", "rTwo", "rThree", "rFour"), leases) == ("rFour", "rOne", "rThree")
    assert to_read("a", (), leases) == ()


def test_who_reads_is_told_of_leases_that_last() -> None:
    other = Lease(life_lease("a"), "a", "run", 5.0)
    assert readers([other, reads("a", "rOne"), reads("b", "rTwo", 0.0)]) == {"rOne": "a"}


def test_reading_is_no_lease_that_waits_for_facts() -> None:
    assert held_by([reads("a", "rOne")], "a") == ()
