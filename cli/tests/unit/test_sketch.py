"""A mapping proposed from a file: it loads, and says what it guessed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.failures import Failure
from tests.sketches import answered, said_of, sketched

WIDE = (
    "Charge;Artikel;Freigabe;Gehalt [%];Bemerkung\n24-0117;VEL-100;31.1.2024;99,1;\n24-0118;VEL-100;1.2.2024;98,4;neu\n"
)
LONG = (
    "LIMS export\n\nLot,Product,Test,Result,Unit,Tested,Rev\n"
    "L1,VEL,assay,99.1,%,03/25/2026 10:30,1\nL1,VEL,water,<0.05,%,03/04/2026 11:00,1\n"
)
SHAPES = {
    "one row per batch": WIDE,
    "one row per result": LONG,
    "neither lot nor date": "Sample;Viability (%);Cells\nS1;97.1;1204\nS2;92.0;501\n",
    "one name twice": "Lot,Conc.,Units,Conc.,Units\nL1,30.4,ng/mL,6.1,ng/uL\nL2,560,ng/mL,112,ng/uL\n",
    "two names twice, none taken": "Lot,Assay,Note,Note\nL1,99.1,a,b\nL2,98.7,c,d\n",
    "a name with braces, one with a break": 'Lot,"Conc {raw}","Peak\narea"\nL1,5.5,7\nL2,5.6,9\n',
    "a name of YAML's": "Lot,yes,#,a: b,- c,[d],*e\nL1,1.5,x,2.5,3.5,4.5,5.5\nL2,1.6,y,2.6,3.6,4.6,5.6\n",
    "numbers as names": "Lot,220.0,220.5,221.0\nL1,0.02,0.03,0.01\nL2,0.05,0.04,0.06\n",
    "a column without a name": ",Lot,Assay\nA1,L1,99.1\nA2,L2,98.7\n",
    "numbers as names beside none": ",Lot,5,6,7\nA1,L1,99.1,3,1\nA2,L2,98.7,9,2\n",
    "every kind of missing": "Lot,Assay,Water\nL1,NaN,-\nL2,98.1,0.3\nL3,n/a,0.4\n",
    "words among numbers": "Lot,Water,Metals\nL1,0.3,<LOQ\nL2,ND,0.1\nL3,0.4,0.2\nL4,spilt,0.3\n",
    "a value of words": "Lot;Test;Result\nL1;Appearance;Conforms\nL1;Odour;Conforms\n",
    "types, and a mean below": "Lot\tType\tArea\nL1\tSample\t5.5\nS1\tStandard\t5.0\nMean\t\t5.2\n",
    "dates in two forms": "Lot,In,Tested,Assay\nL1,2026-01-02,2026-01-05,9.5\nL2,2026-01-02,2026-01-05 10:00,9\n",
    "records": '[{"lot": "L1", "assay": {"value": 98.5}}, {"lot": "L2", "assay": {"value": 98.1}}]',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_proposal_loads_once_lot_and_date_are_said(shape: str, tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, SHAPES[shape]))
    assert not set(mapping.columns) & set(mapping.ignored)
    for rule in mapping.records:
        assert len(rule.tests) == len(set(rule.tests))


NAMES = st.one_of(
    st.sampled_from(
        ["Lot", "Batch ID", "Test", "Result", "Unit", "Date", "Tested", "Type", "Rev", "Assay (%)", "", "5"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
CELLS = st.one_of(
    st.sampled_from(
        ["1.5", "1,5", "1,240.5", "<0.05", "ND", "<LOQ", "NaN", "", "2026-01-02", "1/2/26 4:05 PM", "mg", "S1"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6), data=st.data())
def test_no_file_makes_a_proposal_that_cannot_be_loaded(
    rows: list[list[str]], data: st.DataObject, tmp_path: Path
) -> None:
    names = ["Batch", *data.draw(st.lists(NAMES, min_size=3, max_size=3))]
    quoted = ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in [names, *rows]]
    try:
        document = sketched(tmp_path, "\n".join(quoted))
    except Failure:
        return
    answered(document)


def test_a_table_of_a_row_for_each_batch(tmp_path: Path) -> None:
    document = sketched(tmp_path, WIDE)
    mapping = answered(document)
    assert (mapping.code, mapping.delimiter, mapping.decimal) == ("results-of-june", ";", "comma")
    assert (mapping.columns["Gehalt [%]"].unit, mapping.columns["Freigabe"].format) == ("%", ("D.M.YYYY",))
    assert mapping.records[0].tests == ("Gehalt [%]",)
    assert "Bemerkung" in mapping.ignored
    assert "ASK" in document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_result_for_each_row_below_a_title(tmp_path: Path, encoding: str) -> None:
    document = sketched(tmp_path, LONG.encode(encoding))
    mapping = answered(document)
    assert (mapping.records[0].test, mapping.records[0].value, mapping.records[0].revision) == (
        "{Test}",
        "Result",
        "Rev",
    )
    assert mapping.columns["Result"].unit_column == "Unit"
    assert mapping.columns["Tested"].format == ("M/D/YYYY hh:mm",), "a 25 cannot be a month"
    assert "found by its columns" in document


def test_an_encoding_that_no_mark_says_is_asked(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot;Länge (µm)\nL1;5,5\nL2;5,6\n".encode("windows-1252"))
    assert "ASK" in said_of(document, "encoding: windows-1252")


def test_two_columns_of_one_name_are_known_by_their_places(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, SHAPES["one name twice"]))
    places = {key: (column.position, column.aliases) for key, column in mapping.columns.items() if column.position}
    assert places == {
        "Conc. #2": (2, ("Conc.",)),
        "Units #3": (3, ("Units",)),
        "Conc. #4": (4, ("Conc.",)),
        "Units #5": (5, ("Units",)),
    }
    assert mapping.columns["Conc. #2"].unit_column == "Units #3"


def test_rows_that_would_have_one_id_are_counted(tmp_path: Path) -> None:
    document = sketched(tmp_path, "Lot,Vial,Area,Height\nL1,a,5.5,1.1\nL1,b,5.4,1.2\nL2,c,5.6,1.3\n")
    assert "# ASK: 1 rows of the file have the id of another: {Vial} tells them apart" in document


@pytest.mark.parametrize(
    "content", ["", "only words\nand more\n", "1;2;3\n4;5;6\n", "Operator;Smith\nViability (%);68.2\nTotal;3.58E6\n"]
)
def test_what_is_no_table_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    with pytest.raises(Failure):
        sketched(tmp_path, content)
