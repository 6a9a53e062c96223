"""Lifecycles, and the clock: no sequence of requests leaves the table."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Role, Side, clock
from notes.model import Note, State
from runtime import lifecycle
from runtime.lifecycle import NotAllowedNow
from runtime.problems import as_problem
from scripts.pictures import left_open, picture

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
NEXT = {("draft", "issue"): "issued", ("issued", "withdraw"): "withdrawn"} | {
    (state, "amend"): state for state in ("draft", "issued")
}
"""The same table, written once more by hand."""


@given(st.lists(st.sampled_from(["issue", "amend", "withdraw"]), max_size=12))
def test_no_sequence_leaves_the_table(moves: list[str]) -> None:
    note = Note(text="n", parties=[])
    for move in moves:
        before = str(note.state)
        assert (move in lifecycle.allowed_now(note)) == ((before, move) in NEXT)
        if (before, move) in NEXT:
            assert getattr(note, move)("because", NOON).partner_id == note.id
            assert note.state == NEXT[before, move]
        else:
            with pytest.raises(NotAllowedNow) as refusal:
                getattr(note, move)("because", NOON)
            assert note.state == before
            assert as_problem(refusal.value).extensions["allowed"] == lifecycle.allowed_now(note)


def test_a_rule_that_forbids_the_move_leaves_the_state() -> None:
    note = Note(text="n", parties=[])
    with pytest.raises(ValueError, match="occurred_at"):
        note.issue("because", None)  # type: ignore[arg-type]
    assert note.state == State.draft


def test_the_picture_is_the_table() -> None:
    assert picture(Note).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> draft",
        "    draft --> issued: issue",
        "    draft --> draft: amend",
        "    issued --> issued: amend",
        "    issued --> withdrawn: withdraw",
        "    withdrawn --> [*]",
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("```mermaid\na\n```\n\n## B\n\n```mermaid\nb\n```\n", []),
        ("## A\n```mermaid\na\n```mermaid\nb\n```\n", [2]),
        ("```sh\na\n```\n```mermaid\nb\n", [4]),
    ],
)
def test_two_diagrams_do_not_become_one_unseen(text: str, lines: list[int]) -> None:
    assert left_open(text) == lines


def test_a_move_names_roles_sides_and_whom_it_takes_another_person_than() -> None:
    rows = {row.name: row.needs for row in lifecycle.table(Note)}
    assert rows["issue"].grants == {(Role.quality, Side.sponsor), (Role.partner_quality, Side.owner)}
    assert rows["withdraw"].grants == {(Role.quality, Side.sponsor)}
    assert rows["withdraw"].independent_of == {"issued_by"}


def test_the_clock_stands_where_a_test_puts_it_and_goes_on() -> None:
    with clock.standing_at(NOON):
        assert clock.now() == clock.now() == NOON
    assert clock.now() > datetime(2020, 1, 1, tzinfo=UTC)
    assert clock.now() != NOON
    assert clock.now().tzinfo is UTC
