"""Whose turn it is: from the state and the sides of a record, without I/O."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Field

from contracts import BallHeld, Holder, Side
from runtime.turns import Waiting, holder

MAKER, LABORATORY = UUID(int=1), UUID(int=2)
START = datetime(2026, 3, 27, 7, tzinfo=UTC)


class State(StrEnum):
    tested = "tested"
    judged = "judged"
    disputed = "disputed"
    ended = "ended"


class Inquiry(Waiting):
    __tablename__: ClassVar[str] = "inquiry"
    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id", Side.laboratory: "laboratory_partner_id"}
    ball = BallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.tested: {Side.laboratory},
        State.judged: {Side.sponsor},
        State.disputed: {Side.maker, Side.sponsor},
    }
    id: UUID = UUID(int=9)
    state: State = State.tested
    partner_id: UUID | None = Field(default=MAKER)
    laboratory_partner_id: UUID | None = Field(default=LABORATORY)


def test_a_side_is_the_sponsor_or_a_partner_or_both() -> None:
    found = {state: holder(inquiry := Inquiry(state=state), inquiry.turn()) for state in State}
    assert found == {
        State.tested: (Holder.partner, LABORATORY),
        State.judged: (Holder.sponsor, None),
        State.disputed: (Holder.both, MAKER),
        State.ended: (None, None),
    }


def test_a_side_without_a_partner_is_unknown_and_not_the_partner() -> None:
    lost = Inquiry(laboratory_partner_id=None)
    assert holder(lost, lost.turn()) == (Holder.unknown, None)
    assert holder(lost, {Side.maker, Side.laboratory, Side.sponsor}) == (Holder.unknown, None)
    assert holder(lost, {Side.maker}) == (Holder.partner, MAKER)


def test_two_partners_are_not_one() -> None:
    assert holder(Inquiry(), {Side.maker, Side.laboratory}) == (Holder.partner, None)


def test_nothing_is_told_while_the_same_side_has_it() -> None:
    inquiry = Inquiry()
    assert inquiry.pass_turn(START) is not None
    assert inquiry.pass_turn(START + timedelta(days=1)) is None
    assert inquiry.awaited_since == START


@given(st.lists(st.tuples(st.sampled_from(State), st.integers(min_value=0, max_value=10**9)), max_size=20))
def test_the_times_of_all_sides_add_up_to_the_whole(moves: list[tuple[State, int]]) -> None:
    inquiry, now = Inquiry(), START
    facts = [inquiry.pass_turn(now)]
    for state, microseconds in moves:
        now += timedelta(microseconds=microseconds)
        inquiry.state = state
        facts.append(inquiry.pass_turn(now))
    held = [fact for fact in facts if fact]
    ends = [fact.occurred_at for fact in held[1:]] + [now]
    assert all(isinstance(end, datetime) for end in ends)
    parts = [end - fact.occurred_at for fact, end in zip(held, ends, strict=True)]  # type: ignore[operator]
    assert sum(parts, timedelta()) == now - START
    assert all(part >= timedelta() for part in parts)
    holders = [(fact.side, fact.awaited_partner_id) for fact in held]
    assert all(before != after for before, after in pairwise(holders))
