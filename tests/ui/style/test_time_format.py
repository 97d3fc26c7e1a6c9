"""Times on the screen: local, with their zone and UTC beside them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from xumm_desk.ui.style.time_format import ago_text, local_and_utc


def test_a_moment_has_its_zone_and_utc() -> None:
    winter, summer = datetime(2026, 1, 5, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert local_and_utc(winter, "Paid") == "Paid 2026-01-06 00:30:00 CET (2026-01-05 23:30:00 UTC)"
    assert local_and_utc(summer, "Paid") == (
        "Paid 2026-07-01 14:00:00 CEST (2026-07-01 12:00:00 UTC)"
    )
    assert local_and_utc(winter.astimezone(), "").startswith(" 2026-01-06 00:30:00 CET")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5.0, "just now"),
        (59.9, "just now"),
        (60.0, "1 min ago"),
        (7_300.0, "2 h ago"),
        (172_799.0, "47 h ago"),
        (172_800.0, "2 d ago"),
    ],
)
def test_how_long_ago_is_never_now_ago(seconds: float, said: str) -> None:
    assert ago_text(seconds) == said


def test_no_moment_is_no_text() -> None:
    assert local_and_utc(None, "Paid") == ""
