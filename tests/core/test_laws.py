"""Laws of applying facts: order, repetition and loss of what the socket says change no ending."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.decision.needs import is_finished
from xumm_desk.core.state import facts, lifecycle
from xumm_desk.core.state.decisions import Decision, DecisionKind, Topic
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.state.refetch import RefetchReason, refetch_reason
from xumm_desk.core.status import Status, Step
from xumm_desk.core.verdict.check import Verdict
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import frames
from xumm_desk.core.wire.api_answers import Snapshot

from .builders import (
    CUSTOMER,
    LAST_LEDGER,
    MODERATE,
    PAYMENT,
    STRANGER,
    UUID,
    answer,
    apply_all,
    at,
    blob,
    cancelled,
    created,
    decided,
    frame,
    frame_fact,
    get,
    intent,
    make_order,
    on_ledger,
    signed,
    tx_not_found,
)
from .platform_model import ASTRAY, CHOICES, RESULTS, RIGHT, SHORT, World

ORDER = make_order()


# A timeline: what a world had to say, told by those who were asked, and by the socket.


@dataclass(frozen=True)
class Timeline:
    """Facts in the order in which they came to be; the last ones are the final answers."""

    facts: tuple[Fact, ...]
    world: World

    @property
    def answers(self) -> list[Fact]:
        """All but the socket's frames."""
        return [fact for fact in self.facts if fact.kind is not FactKind.FRAME]

    @property
    def frames(self) -> list[Fact]:
        """What the socket said."""
        return [fact for fact in self.facts if fact.kind is FactKind.FRAME]


STEPS = ("open", "begin", "sign", "sign", "report", "reject", "cancel", "time", "decide", "lapse")


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """A random story of one request, with GETs at random moments and the truth at its end."""
    world = World()
    told: list[Fact] = [created()]

    def listen() -> None:
        told.extend(world.frames)
        world.frames.clear()

    for step in draw(st.lists(st.sampled_from((*STEPS, "get", "get", "connect")), max_size=14)):
        match step:
            case "open":
                world.open()
            case "begin":
                world.begin_signing()
            case "sign":
                world.sign(draw(st.sampled_from(CHOICES)))
            case "report":
                world.dispatch(draw(st.sampled_from(RESULTS)))
            case "reject":
                world.reject()
            case "cancel":
                told.append(world.cancel())
            case "time":
                world.pass_time(draw(st.sampled_from([15.0, 200.0, 400.0])))
            case "decide":
                world.decide(draw(st.sampled_from(RESULTS)), draw(_delivered))
            case "lapse":
                world.lapse()
            case "connect":
                world.connect()
            case _:
                told.append(world.read())
                if world.made is not None:
                    told += [blob(world.made, world.now), world.ask()]
        listen()
    told.append(world.read())
    if world.made is not None:
        told += [blob(world.made, world.now), world.ask()]
    listen()
    return Timeline(tuple(told), world)


_delivered = st.sampled_from(["1500000", "1400000"])


def verdict_of(told: list[Fact] | tuple[Fact, ...]) -> Verdict:
    return judge(apply_all(ORDER, *told), ledger=True)


@MODERATE
@given(timelines(), st.data())
def test_what_the_socket_says_never_finishes_a_request(
    story: Timeline, data: st.DataObject
) -> None:
    """So a journal need not judge a request anew for it, unless that was finished."""
    heard = data.draw(st.lists(st.sampled_from(story.frames), max_size=5)) if story.frames else []
    known = data.draw(st.integers(0, len(story.facts)), label="known")
    before = apply_all(ORDER, *story.facts[:known])
    after = apply_all(ORDER, *story.facts[:known], *heard)
    if not is_finished(before, judge(before, ledger=True)):
        assert not is_finished(after, judge(after, ledger=True))


@MODERATE
@given(timelines(), st.data())
def test_frames_in_any_order_repeated_or_lost_end_the_same(
    story: Timeline, data: st.DataObject
) -> None:
    """The same GET answers, with frames scattered anywhere among them, end alike."""
    straight = verdict_of(story.facts)
    silent = verdict_of(story.answers)
    mixed: list[Fact] = list(story.answers)
    if story.frames:
        heard = data.draw(st.lists(st.sampled_from(story.frames), max_size=12), label="heard")
        for one in heard:
            mixed.insert(data.draw(st.integers(0, len(mixed)), label="place"), one)
    scattered = verdict_of(mixed)
    assert straight.final == silent.final == scattered.final
    if straight.final:
        assert straight == silent == scattered
        if straight.status is Status.PAID:
            assert story.world.paid


@MODERATE
@given(timelines(), st.data())
def test_all_facts_in_any_order_make_the_same_request(story: Timeline, data: st.DataObject) -> None:
    straight = apply_all(ORDER, *story.facts)
    shuffled = data.draw(st.permutations(story.facts))
    again = data.draw(st.lists(st.sampled_from(story.facts), max_size=8))
    other = apply_all(ORDER, *shuffled, *again)
    assert other == straight
    assert judge(other, ledger=True) == judge(straight, ledger=True)
    assert judge(other, ledger=False) == judge(straight, ledger=False)


@MODERATE
@given(timelines(), st.data())
def test_what_was_learnt_is_what_differs(story: Timeline, data: st.DataObject) -> None:
    request = lifecycle.new_request(ORDER, at(0))
    for one in data.draw(st.lists(st.sampled_from(story.facts), max_size=20)):
        before, request = request, lifecycle.apply_fact(request, one)
        differs = request != before or request.not_found is not before.not_found
        assert lifecycle.is_changed(before, request) is differs


@MODERATE
@given(timelines(), st.data())
def test_a_raised_step_asks_nothing_of_anybody(story: Timeline, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(story.facts)))
    before = apply_all(ORDER, *story.facts[:count])
    word = data.draw(st.sampled_from(["opened", "pre_signed", "dispatched"]))
    rise = frame(f'{{"{word}":true}}', data.draw(st.integers(0, 500)))
    after = lifecycle.apply_fact(before, rise)
    assert type(rise.value) in lifecycle.STEP_BY_FRAME
    assert replace(after, step=before.step, step_times=before.step_times) == before
    assert refetch_reason(after) is refetch_reason(before)
    for ledger in (True, False):
        stands, stood = judge(after, ledger=ledger), judge(before, ledger=ledger)
        assert stands.final is stood.final
        assert not stands.final or stands == stood


@MODERATE
@given(timelines(), st.data())
def test_a_late_or_repeated_frame_never_takes_a_status_back(
    story: Timeline, data: st.DataObject
) -> None:
    ladder = [
        Status.CREATING,
        Status.WAITING,
        Status.OPENED,
        Status.PRE_SIGNED,
        Status.DISPATCHED,
        Status.CONFIRMING,
    ]
    every = frame_pool()
    count = data.draw(st.integers(1, len(story.facts)))
    request = apply_all(ORDER, *story.facts[:count])
    for one in data.draw(st.lists(st.sampled_from([*story.frames, *every]), max_size=8)):
        before, step = judge(request, ledger=True), request.step
        request = lifecycle.apply_fact(request, one)
        after = judge(request, ledger=True)
        assert request.step >= step
        if before.final or before.status not in ladder:
            assert after == before
        else:
            assert ladder.index(after.status) >= ladder.index(before.status)


def frame_pool() -> list[Fact]:
    """Every kind of message, at an odd time."""
    texts = [
        f'{{"message":"Welcome {UUID}"}}',
        '{"expires_in_seconds":-15}',
        '{"opened":true}',
        '{"devapp_fetched":true}',
        '{"pre_signed":true}',
        '{"dispatched":true}',
        '{"expired":true}',
        '{"cancelled":true}',
        '{"signed":true}',
        '{"signed":false}',
        '{"message":"Invalid payload!"}',
        '{"message":"Right back at you!"}',
        '{"new":1}',
        "garbage",
        '{"signed":true,"payload_uuidv4":"11111111-2222-4333-8444-555555555555"}',
    ]
    return [frame(text, number) for number, text in enumerate(texts)]


SECOND = signed(PAYMENT, Sequence=8)

# Facts that contradict each other, as no world would tell them.
ANY_FACT: list[Fact] = [
    *frame_pool(),
    created(),
    facts.make_fact(
        at(3),
        Source.PLATFORM,
        FactKind.CREATED,
        {"uuid": UUID, "next": {"always": "https://xaman.app/sign/x"}, "pushed": True},
    ),
    *(
        answer(value, number)
        for number, value in enumerate(
            [
                get(),
                get(opened=True),
                get(expired=True),
                get(opened=True, expired=True),
                get(resolved=True),
                get(cancelled=True, expired=True),
                get(RIGHT),
                get(RIGHT, result=None),
                get(RIGHT, result="terQUEUED"),
                get(RIGHT, nodetype="MAINNET", network_id=0),
                get(RIGHT, resolved_at=at(900), expired=True),
                get(SECOND),
                get(SHORT),
            ]
        )
    ),
    blob(RIGHT),
    blob(SECOND),
    blob(ASTRAY),
    blob(RIGHT.blob[:80]),
    on_ledger(RIGHT),
    on_ledger(RIGHT, validated=False),
    on_ledger(RIGHT, validated=False, result="terQUEUED"),
    on_ledger(RIGHT, result="tecPATH_DRY", delivered=None),
    on_ledger(RIGHT, delivered="1"),
    on_ledger(SECOND),
    tx_not_found(900),
    tx_not_found(950),
    tx_not_found(LAST_LEDGER + 1, never=True),
    facts.make_fact(at(9), Source.LEDGER, FactKind.LEDGER_ABSENT, {"validated_index": None}),
    frame_fact(FactKind.LEDGER_SILENT, why="none answers"),
    cancelled(True, "OK"),
    cancelled(False, "ALREADY_OPENED"),
    cancelled(False, "ALREADY_EXPIRED"),
    frame_fact(FactKind.CANCEL_REQUESTED, Source.OPERATOR),
    frame_fact(FactKind.NOT_FOUND),
    frame_fact(FactKind.CREATE_UNSURE, why="cut"),
    frame_fact(FactKind.NOT_CREATED, why="no", code=603),
    frame_fact(FactKind.NOT_CREATED, why="never", code=None),
    frame_fact(FactKind.NOT_CREATED, why="down", code=None, down=True),
    frame_fact(FactKind.NOT_CREATED, why="busy", code=429, down=True, attempt=1),
    frame_fact(FactKind.NOT_CREATED, why="gone", code=None, down=True, attempt=2),
    frame_fact(FactKind.RESENT, Source.OPERATOR, attempt=1),
    frame_fact(FactKind.RESENT, Source.OPERATOR, attempt=2),
    frame_fact(FactKind.CLOSED, Source.OPERATOR),
    frame_fact(FactKind.REGULAR_KEY, Source.LEDGER, account=CUSTOMER.address, key=STRANGER.address),
    frame_fact(FactKind.REGULAR_KEY, Source.LEDGER, account=CUSTOMER.address, key=None),
    frame_fact(
        FactKind.OUTAGE_CODE, Source.OPERATOR, link="https://xaman.app/detect/request:rX?amount=1"
    ),
    frame_fact(FactKind.SHARED_TXID, identifier="order-0"),
    *(
        frame_fact(FactKind.PAYMENT, Source.LEDGER, hash=txid, paired=how, ledger_index=900)
        for txid, how in (("AA", "tag"), ("AA", "invoice"), ("BB", "tag"))
    ),
    frame_fact(
        FactKind.PAYMENT, Source.OPERATOR, hash="AA", paired="hand", assigned_at=at(5).isoformat()
    ),
    *(
        frame_fact(FactKind.PAYS_ANOTHER, txid="AA", identifier=name, strength=strength)
        for name, strength in (("order-0", 1), ("order-9", 2), ("order-0", 3))
    ),
    frame_fact(FactKind.LISTED, Source.LEDGER, hash="AA", why="No tag."),
    frame_fact(FactKind.DISMISSED, Source.OPERATOR, hash="AA", dismissed=True),
    frame_fact(FactKind.LEDGER_READ, Source.LEDGER, account="rShop", first=1, last=9),
    frame_fact(FactKind.SHARED_TXID, identifier="order-9"),
    frame_fact(FactKind.SOCKET_LOST, why="reset"),
    facts.unreadable_fact(at(1), Source.PLATFORM, "HTML", b"<html>\xff"),
    *(decided(kind, text="why") for kind in DecisionKind),
    decided(DecisionKind.NOTE, by="Ben", text="no", seconds=90),
    decided(DecisionKind.NOTE, by="Ben", text="no", revision=2, seconds=90),
    decided(DecisionKind.ACCEPTED_AS_PAID, text="he paid cash", about="1:a"),
    decided(DecisionKind.WAIT, until=at(900), seconds=120),
]


# What persons decide.

DECISIONS = st.builds(
    decided,
    st.sampled_from(DecisionKind),
    about=st.sampled_from(["", "1:a", "1:b"]),
    revision=st.integers(0, 3),
    by=st.sampled_from(["", "Anna", "Ben"]),
    text=st.sampled_from(["", "late bus", "\u05d0\u05d1"]),
    until=st.none() | st.sampled_from([at(50), at(5000)]),
    seconds=st.sampled_from([0, 50, 100]),
)


@MODERATE
@given(timelines(), st.lists(DECISIONS, max_size=6), st.data())
def test_no_decision_changes_a_verdict_or_anything_but_the_decisions(
    story: Timeline, made: list[Fact], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations([*story.facts, *made]))
    straight, other = apply_all(ORDER, *story.facts), apply_all(ORDER, *mixed)
    assert replace(other, decisions=straight.decisions) == straight
    for ledger in (True, False):
        assert judge(other, ledger=ledger) == judge(straight, ledger=ledger)


@MODERATE
@given(st.lists(DECISIONS, max_size=8), st.data())
def test_decisions_join_in_any_order_and_any_number_of_times(
    made: list[Fact], data: st.DataObject
) -> None:
    straight = apply_all(ORDER, *made)
    assert apply_all(ORDER, *data.draw(st.permutations(made)), *made) == straight
    assert lifecycle.replay(revived(written([intent(ORDER), *made]))) == straight
    for topic in Topic:
        newest = straight.decisions.of(topic)
        about_it = [
            one for one in made if isinstance(one.value, Decision) and one.value.topic is topic
        ]
        assert (newest is not None) is bool(about_it)
        for one in about_it:
            assert newest is not None
            assert isinstance(one.value, Decision)
            assert (newest.decision.revision, newest.at) >= (one.value.revision, one.at)


def test_a_decision_of_a_later_program_is_kept_and_changes_nothing() -> None:
    later = facts.make_fact(at(1), Source.OPERATOR, FactKind.DECISION, {"decision": "horoscope"})
    request = apply_all(ORDER, created(), later)
    assert not request.decisions
    assert request.unreadable == {"operator: a decision of a later program"}


def test_any_two_facts_join_in_either_order() -> None:
    for one, two in itertools.combinations(ANY_FACT, 2):
        assert apply_all(ORDER, one, two) == apply_all(ORDER, two, one), (one.text, two.text)


@MODERATE
@given(st.lists(st.sampled_from(ANY_FACT), max_size=14), st.data())
def test_even_contradictions_join_in_any_order(told: list[Fact], data: st.DataObject) -> None:
    straight = apply_all(ORDER, *told)
    assert apply_all(ORDER, *data.draw(st.permutations(told))) == straight
    assert apply_all(ORDER, *told, *told) == straight


@MODERATE
@given(st.lists(st.sampled_from(ANY_FACT), max_size=10), st.sampled_from(ANY_FACT))
def test_a_fact_that_is_known_returns_the_very_same_object(told: list[Fact], one: Fact) -> None:
    """The engine takes identity for "nothing new": no row of the journal, no repaint."""
    request = apply_all(ORDER, *told, one)
    again = lifecycle.apply_fact(request, one)
    if one.kind is not FactKind.CREATED and one.kind is not FactKind.SHARED_TXID:
        assert again is request
    assert again == request


# The journal's form.

Journalled = tuple[str, str, str, str]


def written(told: list[Fact]) -> list[Journalled]:
    return [(f.at.isoformat(), f.source.value, f.kind.value, f.text) for f in told]


def revived(rows: list[Journalled]) -> list[Fact]:
    read: list[Fact] = []
    uuid: str | None = None
    for moment, witness, kind, text in rows:
        one = facts.fact_from_journal(datetime.fromisoformat(moment), witness, kind, text, uuid)
        assert one is not None
        if one.kind is FactKind.CREATED:
            uuid = UUID
        read.append(one)
    return read


@MODERATE
@given(timelines(), st.data())
def test_a_replay_of_any_prefix_equals_the_live_request(
    story: Timeline, data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, len(story.facts)))
    live = [intent(ORDER), *story.facts[:count]]
    rows = [
        (moment, who, kind, text.encode("utf-8").decode("utf-8"))
        for moment, who, kind, text in written(live)
    ]
    replayed = lifecycle.replay(revived(rows))
    assert replayed == apply_all(ORDER, *live[1:])


@MODERATE
@given(st.lists(st.sampled_from(ANY_FACT), max_size=12))
def test_a_replay_of_anything_equals_the_live_request(told: list[Fact]) -> None:
    """All after the create answer, as it is in a journal."""
    live = [intent(ORDER), created(), *told]
    assert lifecycle.replay(revived(written(live))) == apply_all(ORDER, *live[1:])


@MODERATE
@given(timelines(), st.data())
def test_recovery_after_a_crash_at_any_point_ends_the_same(
    story: Timeline, data: st.DataObject
) -> None:
    """What was not on disk is lost; one GET, the blob and the ledger make up for it."""
    count = data.draw(st.integers(1, len(story.facts)))
    last: list[Fact] = [story.world.read()]
    if story.world.made is not None:
        last += [blob(story.world.made), story.world.ask()]
    lived = apply_all(ORDER, *story.facts, *last)
    recovered = lifecycle.replay(revived(written([intent(ORDER), *story.facts[:count]])) + last)
    assert recovered is not None
    before, after = judge(lived, ledger=True), judge(recovered, ledger=True)
    assert before.final == after.final
    if before.final:
        assert after == before


def test_without_an_intent_there_is_no_request() -> None:
    assert lifecycle.replay([]) is None
    assert lifecycle.replay([created(), answer(get())]) is None


def test_a_row_of_a_later_program_is_left_out() -> None:
    assert facts.fact_from_journal(at(0), "desk", "telepathy", "{}", None) is None
    assert facts.fact_from_journal(at(0), "oracle", "created", "{}", None) is None
    damaged = facts.fact_from_journal(at(0), "desk", "answer", "{", None)
    assert damaged is not None
    assert damaged.value == facts.Unreadable("not JSON")


def test_a_replayed_answer_about_another_request_moves_nothing() -> None:
    other = get(resolved=True)
    meta = other["meta"]
    assert isinstance(meta, dict)
    meta["uuid"] = "11111111-2222-4333-8444-555555555555"
    rows = written([intent(ORDER), created(), answer(other)])
    request = lifecycle.replay(revived(rows))
    assert request is not None
    assert judge(request, ledger=True).status is Status.WAITING


def test_the_platform_s_last_word_decides_whether_it_knows_the_request() -> None:
    unknown, waiting = frame_fact(FactKind.NOT_FOUND), answer(get(), 3)
    later = answer(get(), 9)
    for told, missing in (
        ([unknown], True),
        ([waiting, unknown], True),
        ([unknown, waiting], True),  # said() speaks at second 7
        ([unknown, later], False),
        ([later, unknown], False),
        ([waiting, unknown, later], False),
    ):
        request = apply_all(ORDER, created(), *told)
        assert request.not_found is missing
        assert judge(request, ledger=True).status is (Status.CHECK if missing else Status.WAITING)


def test_each_step_keeps_the_earliest_time_it_was_reported() -> None:
    early, late = frame('{"opened":true}', 5), frame('{"opened":true}', 50)
    for told in ([early, late], [late, early], [late, early, late]):
        request = apply_all(ORDER, created(1), *told)
        assert request.step_times[Step.OPENED] == at(5)
        assert request.step_times[Step.CREATED] == at(1)
    resolved = apply_all(ORDER, created(), answer(get(RIGHT, resolved_at=at(60)), 200))
    assert resolved.step_times[Step.RESOLVED] == at(60)


def test_announcements_ask_for_a_look_until_the_answer_knows_them() -> None:

    def wanted(*told: Fact) -> RefetchReason | None:
        return refetch_reason(apply_all(ORDER, created(), *told))

    assert refetch_reason(apply_all(ORDER, frame('{"signed":true}'))) is None
    assert wanted() is None
    assert wanted(frame('{"devapp_fetched":true}')) is None
    assert wanted(frame('{"signed":true}')) is RefetchReason.RESOLVE_ANNOUNCED
    assert (
        wanted(frame('{"signed":false}'), answer(get(opened=True)))
        is RefetchReason.RESOLVE_ANNOUNCED
    )
    assert wanted(frame('{"signed":false}'), answer(get(resolved=True))) is None
    assert wanted(frame('{"expired":true}')) is RefetchReason.EXPIRY_ANNOUNCED
    assert wanted(frame('{"expired":true}'), answer(get(expired=True))) is None
    assert wanted(frame('{"message":"Invalid payload!"}')) is RefetchReason.UNKNOWN_ANNOUNCED
    assert wanted(frame('{"message":"Invalid payload!"}'), frame_fact(FactKind.NOT_FOUND)) is None
    assert wanted(frame('{"cancelled":true}')) is RefetchReason.CANCEL_ANNOUNCED
    assert wanted(cancelled(True, "OK")) is RefetchReason.CANCEL_ANNOUNCED
    assert wanted(cancelled(True, "OK"), answer(get(cancelled=True, expired=True))) is None
    assert wanted(cancelled(False, "ALREADY_OPENED")) is None
    assert wanted(answer(get(RIGHT, result=None))) is RefetchReason.DISPATCH_PENDING
    assert wanted(answer(get(RIGHT, result=None)), on_ledger(RIGHT)) is None
    assert wanted(answer(get(RIGHT))) is None


# Answers of the platform join like everything else.

MOMENTS = st.sampled_from([None, at(1), at(60), at(900), datetime(2026, 1, 1, tzinfo=UTC)])
TEXTS = st.sampled_from([None, "A", "B", "C" * 3])
SNAPSHOTS = st.builds(
    Snapshot,
    uuid=st.sampled_from([None, UUID]),
    identifier=TEXTS,
    resolved=st.booleans(),
    signed=st.booleans(),
    cancelled=st.booleans(),
    expired=st.booleans(),
    app_opened=st.booleans(),
    pushed=st.booleans(),
    expires_at=MOMENTS,
    expires_in=st.none() | st.integers(-20, 20),
    created_at=MOMENTS,
    resolved_at=MOMENTS,
    hex=TEXTS,
    txid=TEXTS,
    account=TEXTS,
    signer=TEXTS,
    multisign_account=TEXTS,
    dispatched_to=TEXTS,
    dispatched_nodetype=TEXTS,
    dispatched_result=TEXTS,
    environment_nodetype=TEXTS,
    environment_networkid=st.none() | st.integers(0, 3),
)


def whole(snapshot: Snapshot) -> tuple[object, ...]:
    """All fields, also the one that equality leaves out."""
    return snapshot, snapshot.expires_in


@MODERATE
@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_joining_answers_is_commutative_associative_and_idempotent(
    one: Snapshot, two: Snapshot, three: Snapshot
) -> None:
    assert whole(one.merge(two)) == whole(two.merge(one))
    assert whole(one.merge(two).merge(three)) == whole(one.merge(two.merge(three)))
    assert whole(one.merge(one)) == whole(one)
    assert whole(one.merge(two).merge(two)) == whole(one.merge(two))
    assert one.merge(None) is one


@MODERATE
@given(SNAPSHOTS, SNAPSHOTS)
def test_joining_forgets_nothing(one: Snapshot, two: Snapshot) -> None:
    joined = one.merge(two)
    for name in ("resolved", "signed", "cancelled", "expired", "app_opened", "pushed"):
        assert getattr(joined, name) == (getattr(one, name) or getattr(two, name))
    for name in ("hex", "txid", "account", "dispatched_result", "resolved_at", "expires_at"):
        known = {getattr(one, name), getattr(two, name)} - {None}
        assert getattr(joined, name) in (known or {None})
    if one.txid and two.txid and one.txid != two.txid:
        assert joined.conflict == " and ".join(sorted((one.txid, two.txid)))


def test_frames_do_not_depend_on_the_clock() -> None:
    text = '{"opened":true}'
    one = facts.fact_from_frame(at(0), text, frames.parse_frame(text))
    two = facts.fact_from_frame(at(0) + timedelta(days=900), text, frames.parse_frame(text))
    assert one.value == two.value
    assert isinstance(apply_all(ORDER, one), Request)
