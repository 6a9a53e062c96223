"""States of results: what a laboratory has finished is never proposed to be left out, and the rest is asked about."""

from pathlib import Path

import pytest

from tests.sketches import answered, said_of, sketched


def of_states(*states: str, name: str = "Status") -> str:
    rows = [f"L{at},{state},2026-02-03,Assay,98.2,%" for at, state in enumerate(states)]
    return "\n".join([f"Lot,{name},Date,Test,Result,Unit", *rows])


@pytest.mark.parametrize(
    ("states", "taken"),
    [
        (("Approved", "Cancelled", "Draft"), ("Approved",)),
        (("Freigegeben", "Geprüft", "Entwurf"), ("Freigegeben", "Geprüft")),
        (("Released", "Rejected", "Released"), ("Released",)),
        (("Final", "Draft"), ("Final",)),
        (("Complete", "In Progress"), ("Complete",)),
        (("A", "A", "X"), ("A",)),
    ],
)
def test_rows_of_a_finished_state_are_those_that_are_taken(
    tmp_path: Path, states: tuple[str, ...], taken: tuple[str, ...]
) -> None:
    document = sketched(tmp_path, of_states(*states))
    mapping = answered(document)
    assert (mapping.take, mapping.skip) == ({"Status": taken}, {})
    asked = document.split("take:\n")[1].splitlines()[0]
    assert "# ASK: are results of" in asked
    assert all(state in asked for state in states)


def test_states_are_known_without_their_name_and_by_a_yes(tmp_path: Path) -> None:
    assert answered(sketched(tmp_path, of_states("Approved", "Draft", name="Level"))).take == {"Level": ("Approved",)}
    assert answered(sketched(tmp_path, of_states("Yes", "No", name="Approved"))).take == {"Approved": ("Yes",)}


@pytest.mark.parametrize("states", [("Geprüft", "Geprüft"), ("3", "5"), ("Neu", "Alt")])
def test_where_no_state_is_told_from_others_it_is_said_that_all_are_taken(
    tmp_path: Path, states: tuple[str, ...]
) -> None:
    document = sketched(tmp_path, of_states(*states))
    mapping = answered(document)
    assert (mapping.take, mapping.skip) == ({}, {})
    assert f"ASK which states count: rows of all are taken, such as {states[0]}" in said_of(document, "Status")


def test_verdicts_are_no_states_and_a_finished_word_is_never_skipped(tmp_path: Path) -> None:
    assert answered(sketched(tmp_path, of_states("Pass", "Fail", name="Verdict"))).take == {}
    mapping = answered(sketched(tmp_path, of_states("Approved", "Blank", "Sample", name="Type")))
    assert mapping.skip == {"Type": ("Blank",)}
