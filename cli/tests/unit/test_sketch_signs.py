"""Signs in a column of their own belong to the numbers of another: 0.05 is not what was found where < stands."""

from pathlib import Path

import pytest

from tests.sketches import answered, said_of, sketched


@pytest.mark.parametrize("name", ["Sign", "Qualifier", "Operator", "Vorzeichen", "Z"])
@pytest.mark.parametrize("header", ["Lot,Test,{},Value,Unit", "Lot,Test,Value,{},Unit", "Lot,{},Test,Value,Unit"])
def test_signs_are_the_qualifiers_of_the_numbers(tmp_path: Path, name: str, header: str) -> None:
    names = header.format(name).split(",")
    rows = [
        {name: "", "Lot": "L1", "Test": "Assay", "Value": "98.2", "Unit": "%"},
        {name: "<", "Lot": "L1", "Test": "Water", "Value": "0.05", "Unit": "%"},
        {name: ">=", "Lot": "L1", "Test": "Purity", "Value": "99.9", "Unit": "%"},
    ]
    document = sketched(
        tmp_path, "\n".join([",".join(names), *(",".join(row[each] for each in names) for row in rows)])
    )
    mapping = answered(document)
    assert mapping.columns["Value"].qualifier_column == name
    assert mapping.columns[name].codes == {"<": "below_quantitation", ">=": "above"}
    assert "ASK: are these the signs" in said_of(document, name)


def test_each_of_several_numbers_has_the_sign_beside_it(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "Lot,Sign,Assay,Sign,Water\nL1,,98.2,<,0.05\nL2,=,98.1,-,0.07\n"))
    assert mapping.columns["Assay"].qualifier_column == "Sign #2"
    assert mapping.columns["Water"].qualifier_column == "Sign #4"
    assert (mapping.columns["Sign #2"].codes, mapping.missing) == ({"=": "none"}, ("-",))


def test_a_column_of_signs_that_is_blank_in_this_file_is_taken_for_others(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "Lot,Qualifier,Assay\nL1,,98.2\nL2,,98.1\n"))
    assert mapping.columns["Assay"].qualifier_column == "Qualifier"
    assert mapping.columns["Qualifier"].codes == {"<": "below_quantitation", ">": "above"}


def test_an_operator_who_is_a_person_is_no_sign(tmp_path: Path) -> None:
    mapping = answered(sketched(tmp_path, "Lot,Operator,Assay\nL1,AB,98.2\nL2,CD,98.1\n"))
    assert mapping.columns["Assay"].qualifier_column is None
    assert "Operator" in mapping.ignored
