"""Lifecycles: no sequence of transitions escapes the table, and what has ended stays."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_drafts.schemas import DraftState
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import VersionState
from contracting.agreement_versions.terms import Party
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import AgreementState, GiveNotice
from contracting.joint_decisions.model import JointDecision
from contracting.joint_decisions.schemas import DecisionSubject, JointDecisionState
from contracting.price_lists.model import PriceList
from contracting.price_lists.schemas import PriceListState
from contracting.responsibilities.model import OwnClause, OwnClauseState
from contracts.contracting import Renewal
from services.contracting.tests.made import NOW, PARTNER, agreement, draft, terms, version
from tests.lifecycles import Moves, assert_a_move_each, assert_the_table_holds

TODAY = NOW.date()
NOTICE = GiveNotice(reason="x")
DATED = version(expires_on="2027-01-31", notice_days=30, renewal="automatic", renewal_months=6)


def dated() -> Agreement:
    """An agreement that has a last day and knows a notice, once it is in force."""
    return agreement()


def renew(it: Agreement) -> object:
    """Both agree on a later last day of one that is renewed so."""
    it.renewal = Renewal.by_agreement
    return it.renew((it.expires_on or TODAY) + timedelta(1), DATED, NOW)


def decision() -> JointDecision:
    """A review that the sponsor proposed."""
    return JointDecision.propose(agreement(), Party.sponsor, "ana", subject=DecisionSubject.review)


def price_list() -> PriceList:
    """One of the sponsor's."""
    return PriceList.write("PRL-1", PARTNER, "x", [], Party.sponsor, "ana")


MOVES: Mapping[type, Moves] = {
    AgreementDraft: (
        draft,
        {
            "write": lambda it: it.write(terms(title="y"), Party.sponsor, "ana"),
            "submit": lambda it: it.submit(uuid4(), uuid4()),
            "discard": lambda it: it.discard(Party.sponsor),
        },
        {DraftState.submitted, DraftState.discarded},
    ),
    AgreementVersion: (
        version,
        {
            "propose_again": lambda it: it.propose_again(terms(title="y"), {}, [], ["bor"], "ana", NOW),
            "state_responsibilities": lambda it: it.state_responsibilities(),
            "send_back": lambda it: it.send_back(),
            "agree": lambda it: it.agree(it.digest, [], "ana", NOW),
            "agree_as_partner": lambda it: it.agree_as_partner(it.digest, [], "pia", NOW),
            "sign": lambda it: it.sign([], "bor", NOW),
            "sign_as_partner": lambda it: it.sign_as_partner([], "pol", NOW),
            "withdraw": lambda it: it.withdraw("x"),
            "withdraw_as_partner": lambda it: it.withdraw_as_partner("x"),
            "take_effect": lambda it: it.take_effect(NOW),
            "supersede": lambda it: it.supersede(TODAY),
            "end": lambda it: it.end(TODAY),
            "lapse": lambda it: it.lapse("x"),
        },
        {VersionState.superseded, VersionState.ended, VersionState.withdrawn},
    ),
    Agreement: (
        dated,
        {
            "tell_of_version": lambda it: it.tell_of_version(),
            "abandon": lambda it: it.abandon("x"),
            "take_effect": lambda it: it.take_effect(DATED, NOW),
            "renew_by_itself": lambda it: it.renew_by_itself(DATED, NOW),
            "renew": renew,
            "give_notice": lambda it: it.give_notice(Party.partner, TODAY, NOTICE, DATED, NOW),
            "record_notice": lambda it: it.record_notice(Party.sponsor, TODAY, NOTICE, DATED, NOW),
            "set_end": lambda it: it.set_end(date(2026, 4, 1), "x"),
            "expire": lambda it: it.expire(DATED, NOW),
            "terminate": lambda it: it.terminate(DATED, NOW),
            "review": lambda it: it.review(None, TODAY, DATED, NOW),
            "warn": lambda it: it.warn(90, DATED, NOW),
        },
        {AgreementState.expired, AgreementState.terminated, AgreementState.abandoned},
    ),
    JointDecision: (
        decision,
        {
            "agree": lambda it: it.agree(Party.partner, "pia", NOW),
            "decline": lambda it: it.decline(Party.partner, "x", "pia", NOW),
            "withdraw": lambda it: it.withdraw(Party.sponsor),
            "lapse": lambda it: it.lapse(),
        },
        {*JointDecisionState} - {JointDecisionState.proposed},
    ),
    PriceList: (
        price_list,
        {"disclose": lambda it: it.disclose(), "withdraw": lambda it: it.withdraw(Party.sponsor)},
        {PriceListState.disclosed, PriceListState.withdrawn},
    ),
    OwnClause: (
        lambda: OwnClause(code="sterile_filters", words="Sterile filters"),
        {"retire": lambda it: it.retire("x")},
        {OwnClauseState.retired},
    ),
}
"""By model: how a new one is made, a move for each transition, and the states that nothing leaves."""


@pytest.mark.parametrize("model", MOVES)
def test_each_transition_has_a_move(model: type) -> None:
    assert_a_move_each(model, MOVES[model])


@pytest.mark.parametrize("model", MOVES)
@given(data=st.data())
def test_no_sequence_of_moves_escapes_the_table(model: type, data: Any) -> None:
    assert_the_table_holds(model, MOVES[model], data)
