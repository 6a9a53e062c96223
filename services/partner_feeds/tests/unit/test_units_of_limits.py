"""Limits beside a result are numbers of its unit: one in another unit is a fault, in the mapping or in the row."""

from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from tests.laboratory_files import Case, check, document

LIMIT = {"holds": "number"}
UNITS = {"holds": "text", "codes": {"%": "%", "ppm": "[ppm]"}}
OF_THE_ROW = {"unit": "", "unit_column": "Einheit"}
UP_TO_MAX = {"limits": {"upper": "Max"}}
ROW = "B1;3.5.2026;"
HEADER = "Charge;Tag;Wert;Einheit;Max"


@pytest.mark.parametrize(
    ("columns", "record", "reason"),
    [
        ({"Max": LIMIT | {"unit": "[ppm]"}}, UP_TO_MAX, "records[0].limits.upper: the limit is in [ppm]"),
        ({"Min": LIMIT | {"unit": "mg"}}, {"limits": {"lower": "Min"}}, "records[0].limits.lower: the limit is in mg"),
        (
            {"Wert": {"limit_column": "LOQ"}, "LOQ": LIMIT | {"unit": "[ppm]"}},
            {},
            "columns.Wert.limit_column: the limit is in [ppm], and the value is not: LOQ would be taken in %, as Wert",
        ),
        (
            {name: {"holds": "number", "unit": "%"} for name in ("D1", "D2")} | {"Max": LIMIT | {"unit": "mg"}},
            {"replicates": {"d": {"columns": ["D1", "D2"], "value": "mean"}}} | UP_TO_MAX,
            "Max would be taken in %, as D1 is",
        ),
    ],
)
def test_a_limit_in_another_unit_does_not_load(columns: dict[str, Any], record: dict[str, Any], reason: str) -> None:
    with pytest.raises(MappingInvalid) as raised:
        load(document({}, columns, record, "{Charge}"))
    assert reason in str(raised.value)


CASES = [
    Case(
        "a limit in %, and a result whose row says ppm",
        f"{HEADER}\n{ROW}0,05;%;0,1\n{ROW}50;ppm;0,1\n{ROW}50;ppm;",
        ["B1 0.05", "B1 50"],
        {3: "is in %, and Wert in [ppm]: write both in one unit"},
        columns={"Wert": OF_THE_ROW, "Einheit": UNITS, "Max": LIMIT | {"unit": "%"}},
        record=UP_TO_MAX,
    ),
    Case(
        "a limit without a unit is in that of its result",
        f"{HEADER}\n{ROW}50;ppm;100",
        ["B1 50"],
        columns={"Wert": OF_THE_ROW, "Einheit": UNITS, "Max": LIMIT},
        record=UP_TO_MAX,
    ),
    Case(
        "a unit for the result and one for its limit",
        f"{HEADER};E2\n{ROW}50;ppm;100;[ppm]\n{ROW}0,05;%;100;[ppm]\n{ROW}0,05;%;100;",
        ["B1 50"],
        {3: "is in [ppm], and Wert in %", 4: "Max has no meaning without its unit"},
        columns={"Wert": OF_THE_ROW, "Einheit": UNITS, "Max": LIMIT | {"unit_column": "E2"}, "E2": {"holds": "text"}},
        record=UP_TO_MAX,
    ),
    Case(
        "the same in JSON",
        '{"Charge": "B1", "Tag": "3.5.2026", "Wert": 0.05, "Max": 500, "Einheit": "ppm"}\n'
        '{"Charge": "B2", "Tag": "3.5.2026", "Wert": 0.05, "Max": 0.1, "Einheit": "%"}',
        ["B2 0.05"],
        {1: "is in [ppm], and Wert in %"},
        file={"format": "jsonl", "delimiter": "", "decimal": ""},
        columns={"Max": LIMIT | {"unit_column": "Einheit"}, "Einheit": UNITS},
        record=UP_TO_MAX,
    ),
    Case(
        "replicates of which each has a unit",
        f"Charge;Tag;Wert;Einheit;D2;E2\n{ROW}0,1;%;0,3;%\n{ROW}0,1;%;3000;[ppm]",
        ["B1 0.2"],
        {3: "is in [ppm], and Wert in %: write both in one unit"},
        columns={
            **{"Wert": OF_THE_ROW, "Einheit": UNITS},
            **{"D2": LIMIT | {"unit_column": "E2"}, "E2": {"holds": "text"}},
        },
        record={"replicates": {"d": {"columns": ["Wert", "D2"], "value": "mean"}}},
    ),
    Case(
        "the limit of a word",
        f"{HEADER}\n{ROW}<LOQ;ppm;50\n{ROW}<LOQ;%;0,05\n{ROW}0,2;%;50",
        ["B1 0.05 below_quantitation", "B1 0.2"],
        {2: "is in [ppm], and Wert in %"},
        columns={
            "Wert": {"limit_column": "Max", "words": {"<LOQ": "below_quantitation"}},
            "Max": LIMIT | {"unit_column": "Einheit"},
            "Einheit": UNITS,
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_limit_in_another_unit_refuses_its_row(case: Case) -> None:
    check(case)
