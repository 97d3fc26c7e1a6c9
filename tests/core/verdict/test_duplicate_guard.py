"""Which earlier requests may be paid for the same sale."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.builders import START, make_order
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state.lifecycle import new_request
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.duplicate_guard import duplicate_sales


def sale(identifier: str, reference: str = "") -> RequestSpec:
    return replace(
        make_order(), identifier=identifier, body={"custom_meta": {"instruction": reference}}
    )


@pytest.mark.parametrize(
    ("mine", "theirs", "elsewhere", "found"),
    [
        ("", "", False, True),
        ("", "", True, False),
        ("Table 7", "Table 8", True, False),
        ("Table 7", "Table 7", True, True),
    ],
)
def test_at_another_till_only_the_same_reference_is_the_same_sale(
    mine: str, theirs: str, elsewhere: bool, found: bool
) -> None:
    other = new_request(sale("other", theirs), START)
    rivals = duplicate_sales(
        sale("new", mine),
        [other],
        lambda _: Status.OPENED,
        elsewhere={"other"} if elsewhere else (),
    )
    assert [one.identifier for one in rivals] == (["other"] if found else [])
