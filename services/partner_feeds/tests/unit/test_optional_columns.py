"""What a file may lack: nothing but the column, the label or the part of the name itself is passed over."""

from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from tests.laboratory_files import HEADER, Case, check, document

ROW = "B1;3.5.2026;0,05"
UNIT = {"holds": "text", "above": "Einheit", "optional": "true", "default": "%", "codes": {"%": "%"}}
IN_IT = {"Wert": {"unit": "", "unit_column": "Einheit"}, "Einheit": UNIT}
STATUS = {"holds": "text", "optional": "true"}


def above(name: str, block: str, taken: list[str], reason: str = "", **more: Any) -> Case:
    refused = {1: reason} if reason else {}
    left_out = more.pop("left_out", 0)
    return Case(name, f"{block}{HEADER}\n{ROW}", taken, refused, left_out=left_out, **more)


VOIDS: dict[str, Any] = {
    "columns": {"Status": STATUS | {"above": "Status", "codes": {"storniert": "storniert"}}},
    "record": {"void": {"Status": ["storniert"]}},
}


@pytest.mark.parametrize(
    "case",
    [
        above("no label", "", ["B1 0.05"], columns=IN_IT),
        above(
            "no label, of which a text is put together",
            "",
            ["B1 0.05"],
            columns={
                "Ort": {"holds": "text", "above": "Ort", "optional": "true"},
                "Labor": {"holds": "text", "of": "lab-{Ort}"},
            },
            record={"laboratory": "{Labor}"},
        ),
        above("a unit that is none of the codes", "Einheit: mg/mL\n", [], "list of codes", columns=IN_IT),
        above("two units", "Einheit: %\nEinheit: mg/mL\n", [], "where it is % and also mg/mL", columns=IN_IT),
        above("a label of which nothing stands", "Einheit:\n", ["B1 0.05"], left_out=1, columns=IN_IT),
        above("no status", "", ["B1 0.05"], **VOIDS),
        above("a status that withdraws", "Status: storniert\n", ["B1 voided"], left_out=1, **VOIDS),
        above("a status written otherwise", "Status: Storniert!\n", [], "list of codes", **VOIDS),
    ],
    ids=lambda case: case.name,
)
def test_what_is_there_must_be_readable(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("file", "record", "reason"),
    [
        ({"take": {"Status": ["frei"]}}, {}, "take: Status is optional, and of a file without it every row"),
        ({"skip": {"Status": ["Blank"]}}, {}, "skip: Status is optional, and of a file without it every row"),
        ({}, {"void": {"Status": ["storniert"]}}, "records[0].void: Status is optional, and of a file without it"),
    ],
)
def test_rows_are_chosen_by_a_column_that_each_file_has(
    file: dict[str, Any], record: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MappingInvalid) as raised:
        load(document(file, {"Status": STATUS}, record, "{Charge}"))
    assert reason in str(raised.value)


def test_a_file_without_it_may_be_said_to_withdraw_nothing() -> None:
    status = STATUS | {"default": "frei"}
    check(Case("", f"{HEADER}\n{ROW}", ["B1 0.05"], columns={"Status": status}, record={"void": {"Status": ["weg"]}}))


def test_a_record_of_json_that_lacks_it_is_left_out_by_take() -> None:
    check(
        Case(
            "",
            '{"Charge": "B1", "Tag": "3.5.2026", "Wert": 0.05}',
            left_out=1,
            file={"format": "jsonl", "delimiter": "", "decimal": "", "take": {"Status": ["frei"]}},
            columns={"Status": STATUS},
        )
    )
