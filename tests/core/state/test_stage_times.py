"""When each stage was passed, and what is said where nobody knows."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.builders import (
    MODERATE,
    PAYMENT,
    SIGN_IN,
    START,
    answer,
    at,
    cancelled,
    created,
    frame,
    frame_fact,
    get,
    intent,
    make_order,
    on_ledger,
    signed,
)
from xumm_desk.core.state.facts import Fact, FactKind
from xumm_desk.core.state.stage_times import Stage, StageTimes, TimeSource, stage_times

PAY = signed(PAYMENT)
ORDER = make_order()
SIGNED_FRAME = '{"signed":true}'
DECLINED_FRAME = '{"signed":false}'
LIFE = (
    intent(ORDER),
    created(1),
    frame('{"opened":true}', 7),
    frame('{"pre_signed":true}', 15),
    frame('{"dispatched":true}', 16),
    frame(SIGNED_FRAME, 18),
    answer(get(PAY, resolved_at=at(18)), 18.2),
    on_ledger(PAY, seconds=22),
)


def times(*told: Fact) -> StageTimes:
    found = stage_times(told)
    assert found is not None
    return found


def lengths(found: StageTimes) -> list[tuple[Stage, float, tuple[Stage, ...]]]:
    return [(span.to.stage, span.seconds, span.unknown) for span in found.spans()]


def test_a_whole_life_adds_up_to_its_length() -> None:
    found = times(*LIFE)
    assert lengths(found) == [
        (Stage.CREATED, 1.0, ()),
        (Stage.OPENED, 6.0, ()),
        (Stage.PRE_SIGNED, 8.0, ()),
        (Stage.DISPATCHED, 1.0, ()),
        (Stage.RESOLVED, 2.0, ()),
        (Stage.VALIDATED, 4.0, ()),
    ]
    assert {one.source for one in found.passed} == {TimeSource.LIVE}
    assert found.last_at == at(22)


def test_of_a_stage_that_nobody_reported_the_time_is_unknown() -> None:
    found = times(*(fact for fact in LIFE if 'dispatched":true' not in fact.text))
    assert lengths(found)[3] == (Stage.RESOLVED, 3.0, (Stage.DISPATCHED,))
    assert next(one for one in found.passed if one.stage is Stage.DISPATCHED).at is None


def test_declining_passes_neither_signing_nor_sending() -> None:
    found = times(intent(ORDER), created(), frame(DECLINED_FRAME, 9))
    assert [one.stage for one in found.passed] == [Stage.CREATED, Stage.OPENED, Stage.RESOLVED]
    assert lengths(found)[-1] == (Stage.RESOLVED, 8.0, (Stage.OPENED,))


def test_a_sign_in_is_never_sent_to_the_ledger() -> None:
    asked = make_order(SIGN_IN)
    found = times(intent(asked), created(), answer(get(signed(SIGN_IN)), 90))
    assert Stage.DISPATCHED not in {one.stage for one in found.passed}


def test_what_was_learnt_by_asking_has_a_latest_time() -> None:
    found = times(intent(ORDER), created(), answer(get(opened=True), 30))
    (opened,) = (one for one in found.passed if one.stage is Stage.OPENED)
    assert (opened.at, opened.source) == (at(30), TimeSource.LATEST)
    refused = times(intent(ORDER), created(), cancelled(False, "ALREADY_OPENED", 40))
    assert refused.passed[-1].source is TimeSource.LATEST


def test_a_message_that_came_after_the_answer_was_late_itself() -> None:
    found = times(
        intent(ORDER), created(), answer(get(opened=True), 30), frame('{"opened":true}', 50)
    )
    assert (found.passed[-1].at, found.passed[-1].source) == (at(30), TimeSource.LATEST)


def test_a_desk_that_was_closed_takes_the_time_of_platform_and_ledger() -> None:
    later = 7200.0
    found = times(
        intent(ORDER),
        created(),
        answer(get(PAY, resolved_at=at(50)), later),
        on_ledger(PAY, seconds=later + 1),
    )
    by_stage = {one.stage: (one.at, one.source) for one in found.passed}
    assert by_stage[Stage.RESOLVED] == (at(50), TimeSource.PLATFORM)
    assert by_stage[Stage.VALIDATED] == (at(60), TimeSource.LEDGER)


def test_a_clock_that_was_set_does_not_stretch_the_life() -> None:
    hour = 3600
    found = times(
        intent(ORDER),
        created(1),
        frame_fact(FactKind.CLOCK_SET, seconds=hour),
        frame('{"opened":true}', 9 + hour),
    )
    assert lengths(found)[-1] == (Stage.OPENED, 8.0, ())


def test_a_time_before_an_earlier_stage_is_no_time() -> None:
    found = times(intent(ORDER), created(1), frame('{"opened":true}', -600))
    assert (found.passed[-1].stage, found.passed[-1].at) == (Stage.OPENED, None)


def test_an_outage_code_has_nothing_but_the_ledger() -> None:
    link = f"https://xaman.app/detect/request:{PAYMENT['Destination']}?amount=1.5"
    found = times(
        intent(ORDER), frame_fact(FactKind.OUTAGE_CODE, link=link), on_ledger(PAY, seconds=20)
    )
    assert [one.stage for one in found.passed] == [Stage.VALIDATED]


def test_without_the_request_there_is_no_life() -> None:
    assert stage_times(()) is None
    assert stage_times((created(),)) is None


@MODERATE
@given(st.integers(), st.lists(st.integers(0, len(LIFE) - 1), max_size=12))
def test_loss_repetition_and_order_never_turn_time_around(seed: int, extra: list[int]) -> None:
    told = [*LIFE, *(LIFE[place] for place in extra)]
    random.Random(seed).shuffle(told)
    kept = told[: 1 + seed % len(told)]
    found = stage_times(kept)
    if found is None:
        assert intent(ORDER) not in kept
        return
    known = [one.at for one in found.passed if one.at is not None]
    assert known == sorted(known)
    assert all(span.seconds >= 0 for span in found.spans())
    whole = sum(span.seconds for span in found.spans())
    assert timedelta(seconds=whole) <= timedelta(seconds=60)
    assert found.saved_at == START
