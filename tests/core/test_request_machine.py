"""A request beside a model platform and ledger, driven at random: its row is always true."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xumm_desk.core.decision.evidence import evidence_of
from xumm_desk.core.decision.needs import is_finished, needs_person, settling_decision
from xumm_desk.core.decision.rules import completed
from xumm_desk.core.state import lifecycle
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.state.facts import Fact, FactKind, Source, make_fact
from xumm_desk.core.status import FINAL, Status, Step
from xumm_desk.core.verdict.check import CheckState, Verdict
from xumm_desk.core.verdict.verdict import judge

from .builders import PAYMENT, at, blob, created, frame, frame_fact, intent, make_order
from .platform_model import CHOICES, RESULTS, World
from .test_laws import revived, written

MAY_CHANGE: Final = frozenset({Status.CANCELLED, Status.EXPIRED, Status.CHECK})
"""Final, but money may still come (a phone may hold it), or a person decides."""


class Shop(RuleBasedStateMachine):
    """Every rule is something that happens in a shop; frames wait in the air until delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.order = make_order(PAYMENT)
        start = intent(self.order)
        self.request = lifecycle.new_request(self.order, start.at)
        self.journal: list[Fact] = [start]
        self.air: list[Fact] = []
        self.heard: list[Fact] = []
        self.late: list[Fact] = []
        self.connected = True
        self.step = Step.INTENDED
        self.before: Verdict | None = None

    # What the till does with whatever reaches it: the engine's own rule.

    def tell(self, fact: Fact) -> None:
        after = lifecycle.apply_fact(self.request, fact)
        if after is not self.request:
            self.journal.append(fact)
        self.request = after
        platform = after.platform
        if platform is not None and platform.hex and after.blob is None:
            self.tell(blob(platform.hex, self.world.now))

    def listen(self) -> None:
        if self.connected:
            self.air += self.world.frames
        self.world.frames.clear()

    @initialize()
    def create(self) -> None:
        self.tell(created())

    # The customer.

    @rule()
    def open(self) -> None:
        self.world.open()
        self.listen()

    @rule()
    def begin_signing(self) -> None:
        self.world.begin_signing()
        self.listen()

    @rule(made=st.sampled_from(CHOICES))
    def sign(self, made: object) -> None:
        self.world.sign(made)  # type: ignore[arg-type]
        self.listen()

    @rule()
    def reject(self) -> None:
        self.world.reject()
        self.listen()

    @rule(result=st.sampled_from(RESULTS))
    def report(self, result: str) -> None:
        self.world.dispatch(result)
        self.listen()

    # The world.

    @rule(seconds=st.sampled_from([15.0, 120.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)
        self.listen()

    @rule(result=st.sampled_from(RESULTS), delivered=st.sampled_from(["1500000", "1400000"]))
    def ledger_decides(self, result: str, delivered: str) -> None:
        self.world.decide(result, delivered)

    @rule()
    def last_ledger_passes(self) -> None:
        self.world.lapse()

    # The connection.

    @rule()
    def socket_drops(self) -> None:
        self.connected = False
        self.tell(frame_fact(FactKind.SOCKET_LOST, why="reset"))

    @rule()
    def socket_returns(self) -> None:
        self.connected = True
        self.world.connect()
        self.listen()

    @precondition(lambda self: self.air)
    @rule(data=st.data())
    def frame_arrives(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.air) - 1))
        one = self.air.pop(place)
        self.heard.append(one)
        self.tell(one)

    @precondition(lambda self: self.air)
    @rule()
    def frames_are_lost(self) -> None:
        self.air.clear()

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def frame_is_repeated(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(self.heard)))

    @rule(text=st.sampled_from(["", "{", "[]", '{"signed":"?"}', '{"new":true}', "null"]))
    def nonsense_arrives(self, text: str) -> None:
        self.tell(frame(text, self.world.now))

    # The till.

    @rule()
    def look_now(self) -> None:
        self.tell(self.world.read())
        self.listen()

    @rule()
    def look_with_a_slow_answer(self) -> None:
        self.late.append(self.world.read())
        self.listen()

    @precondition(lambda self: self.late)
    @rule(data=st.data())
    def slow_answer_arrives(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.late) - 1))
        self.tell(self.late.pop(place))

    @rule()
    def cancel(self) -> None:
        self.tell(frame_fact(FactKind.CANCEL_REQUESTED))
        self.tell(self.world.cancel())
        self.listen()

    @precondition(lambda self: self.request.txid is not None)
    @rule()
    def ask_the_ledger(self) -> None:
        self.tell(self.world.ask())

    @precondition(lambda self: self.request.txid is not None)
    @rule()
    def no_node_answers(self) -> None:
        self.tell(frame_fact(FactKind.LEDGER_SILENT, why="none"))

    @rule()
    def crash_and_start_again(self) -> None:
        replayed = lifecycle.replay(revived(written(self.journal)))
        assert replayed == self.request
        self.request = replayed
        self.air.clear()
        self.late.clear()

    @rule(kind=st.sampled_from(DecisionKind), stale=st.booleans())
    def decide(self, kind: DecisionKind, stale: bool) -> None:
        verdict = judge(self.request, ledger=True)
        made = Decision(kind, "Anna", "why", about="1:older" if stale else "")
        complete = completed(made, self.request, verdict)
        value = complete.to_json()
        self.tell(make_fact(at(self.world.now), Source.OPERATOR, FactKind.DECISION, value))
        assert judge(self.request, ledger=True) == verdict
        newest = self.request.decisions.of(made.topic)
        assert newest is not None
        assert newest.decision == complete

    # What must be so at every moment.

    @invariant()
    def nothing_in_doubt_is_silent_unless_a_person_settled_it(self) -> None:
        verdict = judge(self.request, ledger=True)
        if verdict.status is Status.CHECK and not needs_person(self.request, verdict):
            settled = settling_decision(self.request, verdict)
            assert settled is not None
            assert settled.decision.about == evidence_of(self.request, verdict)
        if is_finished(self.request, verdict):
            assert verdict.final
            assert not needs_person(self.request, verdict)

    @invariant()
    def the_step_never_falls(self) -> None:
        assert self.request.step >= self.step
        self.step = self.request.step

    @invariant()
    def paid_is_true(self) -> None:
        verdict = judge(self.request, ledger=True)
        if verdict.status in (Status.PAID, Status.PAID_LATE):
            assert self.world.paid
            assert not self.world.withdrawn
            assert all(check.state is CheckState.PASSED for check in verdict.checks)
        assert judge(self.request, ledger=False).status not in (Status.FAILED,) or (
            self.world.ledger in ("never", "tecPATH_DRY")
        )

    @invariant()
    def failed_and_declined_are_true(self) -> None:
        status = judge(self.request, ledger=True).status
        if status is Status.FAILED:
            assert self.world.ledger in ("never", "tecPATH_DRY")
        if status is Status.DECLINED:
            assert self.world.resolved
            assert self.world.made is None
        if status is Status.CANCELLED:
            assert self.world.withdrawn
        if status in (Status.EXPIRED, Status.EXPIRED_OPENED):
            assert self.world.expired
        if status is Status.EXPIRED:
            assert self.world.opened == 0

    @invariant()
    def an_ending_stays(self) -> None:
        verdict = judge(self.request, ledger=True)
        before, self.before = self.before, verdict
        if before is not None and before.final and before.status not in MAY_CHANGE:
            assert verdict.status is before.status
            assert verdict.final
        if before is not None and before.status in FINAL and verdict.status not in FINAL:
            raise AssertionError(f"{before.status} fell back to {verdict.status}")

    def teardown(self) -> None:
        """Whatever was missed: the last look, the blob and the ledger settle it, from any prefix
        of the journal."""
        world = self.world
        last = [world.read()]
        if world.made is not None:
            last += [blob(world.made, world.now), world.ask()]
        ending = self.request
        for one in last:
            ending = lifecycle.apply_fact(ending, one)
        verdict = judge(ending, ledger=True)
        for count in {2, (2 + len(self.journal)) // 2, len(self.journal)}:
            if count > len(self.journal):
                continue
            replayed = lifecycle.replay(revived(written(self.journal[:count])))
            assert replayed is not None
            for one in last:
                replayed = lifecycle.apply_fact(replayed, one)
            again = judge(replayed, ledger=True)
            assert again.final == verdict.final
            if verdict.final:
                assert again.status is verdict.status
        self._truth(verdict)

    def _truth(self, verdict: Verdict) -> None:
        """With everything known the verdict is what happened."""
        world = self.world
        if world.made is None:
            expected = _unsigned(world)
        elif world.ledger in ("never", "tecPATH_DRY"):
            expected = {Status.FAILED}
        elif world.withdrawn or world.made != CHOICES[0]:
            expected = {Status.CHECK}
        elif world.ledger == "pending":
            expected = {Status.CONFIRMING}
        elif world.delivered != "1500000":
            expected = {Status.CHECK}
        else:
            expected = {Status.PAID, Status.PAID_LATE}
        assert verdict.status in expected, (verdict, world)


def _unsigned(world: World) -> set[Status]:
    if world.resolved:
        return {Status.DECLINED}
    if world.withdrawn:
        return {Status.CANCELLED}
    if world.expired:
        return {Status.EXPIRED_OPENED if world.opened else Status.EXPIRED}
    return {Status.WAITING, Status.OPENED, Status.PRE_SIGNED, Status.DISPATCHED}


TestShop = Shop.TestCase
TestShop.settings = settings(
    deadline=None,
    max_examples=120,
    stateful_step_count=40,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
