"""A creation beside a platform that comes and goes, driven at random: one request, one truth."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from xumm_desk.core.state import lifecycle
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge

from .builders import PAYMENT, apply_all, created, frame_fact, intent, make_order, on_ledger, signed
from .test_laws import revived, written

MONEY = signed(PAYMENT)


class Creating(RuleBasedStateMachine):
    """The engine's own rules: who may send again, and when; the platform answers or does not."""

    def __init__(self) -> None:
        super().__init__()
        self.order = make_order(PAYMENT)
        start = intent(self.order)
        self.request = lifecycle.new_request(self.order, start.at)
        self.journal: list[Fact] = [start]
        self.sending = True
        self.exists = False
        self.closed = False
        self.paid = False

    def tell(self, fact: Fact) -> None:
        after = lifecycle.apply_fact(self.request, fact)
        if after is not self.request:
            self.journal.append(fact)
        self.request = after

    @property
    def status(self) -> Status:
        return judge(self.request, ledger=True).status

    @precondition(lambda self: self.sending and not self.exists and not self.request.unsure)
    @rule()
    def the_platform_is_down(self) -> None:
        attempt = self.request.resend_count
        self.tell(
            frame_fact(FactKind.NOT_CREATED, why="down", code=None, down=True, attempt=attempt)
        )
        self.sending = False

    @precondition(lambda self: self.sending)
    @rule(arrived=st.booleans())
    def the_answer_is_lost(self, arrived: bool) -> None:
        self.exists = self.exists or arrived
        self.tell(frame_fact(FactKind.CREATE_UNSURE, why="cut"))

    @precondition(lambda self: self.sending)
    @rule()
    def it_is_created_or_found(self) -> None:
        self.exists = True
        self.sending = False
        self.tell(created())

    @precondition(lambda self: not self.sending and self.request.create_failure is not None)
    @rule()
    def a_person_sends_it_again(self) -> None:
        if self.request.uuid is None and not self.closed:
            self.tell(
                frame_fact(FactKind.RESENT, Source.OPERATOR, attempt=self.request.resend_count + 1)
            )
            self.sending = True

    @precondition(lambda self: self.status is Status.CREATING)
    @rule()
    def a_person_gives_up(self) -> None:
        self.tell(frame_fact(FactKind.CLOSED, Source.OPERATOR))
        self.closed = True

    @precondition(lambda self: not self.paid)
    @rule()
    def money_comes(self) -> None:
        raw = on_ledger(MONEY).text[:-1] + ',"paired":"tag"}'
        self.tell(revived([(self.journal[0].at.isoformat(), "ledger", "payment", raw)])[0])
        self.paid = True

    @rule()
    def crash_and_start_again(self) -> None:
        replayed = lifecycle.replay(revived(written(self.journal)))
        assert replayed == self.request
        self.request = replayed
        # An intent whose end nobody saw is cleared up: it is being sent again.
        known = replayed.uuid is not None or replayed.create_failure is not None or replayed.closed
        self.sending = not known

    @rule(data=st.data())
    def the_facts_come_in_another_order(self, data: st.DataObject) -> None:
        told = self.journal[1:]
        again = data.draw(st.permutations(told)) if told else []
        assert apply_all(self.order, *again, *again[:2]) == self.request

    @invariant()
    def the_row_is_true(self) -> None:
        verdict = judge(self.request, ledger=True)
        if self.paid:
            created_once = self.request.uuid is not None or self.request.create_failure is None
            good = created_once and not self.closed
            assert verdict.status is (Status.PAID if good else Status.CHECK)
        elif self.request.uuid is not None:
            assert verdict.status is Status.WAITING
        elif self.closed:
            assert (verdict.status, verdict.final) == (Status.CANCELLED, True)
        elif self.sending:
            assert (verdict.status, verdict.final) == (Status.CREATING, False)
        else:
            assert (verdict.status, verdict.final) == (Status.FAILED, True)

    @invariant()
    def what_may_exist_is_never_called_failed(self) -> None:
        if self.exists and not self.paid:
            assert self.status is not Status.FAILED


TestCreating = Creating.TestCase
TestCreating.settings = settings(
    deadline=None,
    max_examples=120,
    stateful_step_count=30,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_a_refusal_for_good_outlives_every_sending() -> None:
    order = make_order(PAYMENT)
    refused = frame_fact(FactKind.NOT_CREATED, why="no", code=603)
    again = frame_fact(FactKind.RESENT, Source.OPERATOR, attempt=3)
    for told in ([refused, again], [again, refused]):
        request = apply_all(order, *told)
        assert request.create_failure is not None
        assert judge(request, ledger=True).status is Status.FAILED


def test_an_older_journal_s_refusal_can_be_sent_again() -> None:
    order = make_order(PAYMENT)
    down = frame_fact(FactKind.NOT_CREATED, why="down", code=None, down=True)
    again = frame_fact(FactKind.RESENT, Source.OPERATOR, attempt=1)
    assert apply_all(order, down).create_failure is not None
    assert apply_all(order, down, again).create_failure is None
    later = frame_fact(FactKind.NOT_CREATED, why="down", code=None, down=True, attempt=1)
    assert apply_all(order, down, again, later).create_failure is not None
    assert apply_all(order, later, down, again) == apply_all(order, again, later, down)
