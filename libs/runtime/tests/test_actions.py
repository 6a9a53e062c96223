"""What follows from a transition's declaration, and what does not fit it."""

import pytest

from notes.model import WRITERS, Note, State
from runtime.bodies import Body, Reason, Words
from runtime.lifecycle import transition
from serving.actions import Actions
from serving.listing import Filter, add, equal
from serving.shown import Shown


class Shorter(Body):
    """A body that names something else."""

    because: Words


class NoteShown(Shown):
    """A note as its readers see it."""

    text: str
    state: State


def notes() -> Actions[Note, NoteShown]:
    return Actions("notes", Note, NoteShown)


@pytest.mark.parametrize(("body", "misfit"), [(None, "reason"), (Shorter, "because, reason")])
def test_a_transition_that_nothing_fills_is_refused_when_it_is_declared(body: type[Body] | None, misfit: str) -> None:
    with pytest.raises(TypeError, match=rf"Note.issue and its body do not fit: {misfit}$"):
        notes().post("issue", Note.issue, body)


def test_a_signed_step_names_who_prepared_it() -> None:
    with pytest.raises(TypeError, match="is signed: it must say who prepared it"):
        transition(source={State.draft}, target=None, by=WRITERS, signed="agreed")(Note.withdraw)


def test_a_signed_step_has_no_route_that_asks_for_no_signature() -> None:
    signed = transition(source={State.draft}, target=None, by=WRITERS, independent_of={"issued_by"}, signed="agreed")(
        Note.withdraw
    )
    with pytest.raises(TypeError, match="is signed: only post"):
        notes().elsewhere("withdrawal", signed)


@pytest.mark.parametrize("named", [{}, {"about": "title"}])
def test_a_signed_step_says_what_people_know_the_record_by(
    named: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = transition(source={State.draft}, target=None, by=WRITERS, independent_of={"issued_by"}, signed="agreed")(
        Note.withdraw
    )
    monkeypatch.setattr(Note, "signed_as", named)
    with pytest.raises(TypeError, match=r"Note\.signed_as is to name fields of its answer"):
        notes().post("withdrawal", signed)


def test_a_reason_that_the_record_does_not_keep_is_the_audits() -> None:
    actions = notes()
    actions.post("issue", Note.issue, Reason)
    assert [route.path for route in actions.router.routes] == ["/notes/{note_id}/issue"]  # type: ignore[attr-defined]


def test_a_filter_cannot_take_the_name_of_what_every_list_takes() -> None:
    filters = equal(Note, "state") | {"limit": Filter(int, lambda _, values: None)}
    with pytest.raises(TypeError, match="every list takes limit"):
        add(notes().router, "", Note, NoteShown, None, filters, readers=(), about="Notes.")  # type: ignore[arg-type]
