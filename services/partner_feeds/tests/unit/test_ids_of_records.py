"""A record's id is its source's: a mapping that translates a word otherwise reports nothing a second time."""

from typing import Any

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted
from partner_feeds.translation.files import translate
from tests.laboratory_files import NOW, document

LONG = "Charge;Tag;Prüfung;Wert\nB1;4.5.2026;Gehalt;98,7"
WIDE = "Charge;Tag;Wert\nB1;4.5.2026;98,7"
OF_A_ROW = {"test": "{Prüfung}", "value": "Wert", "id": "{Charge}/{Prüfung}"}


def record(lines: str, columns: dict[str, Any], rule: dict[str, Any]) -> Any:
    """The one record of the file."""
    given = {"Wert": {"holds": "number", "unit": "%"}} | columns
    mapping = load(document({}, given, rule, "{Charge}"))
    (answer,) = translate(mapping, [lines.encode()], now=NOW)
    assert isinstance(answer, Accepted), answer
    return answer.records[0]


@pytest.mark.parametrize(
    ("codes", "test"),
    [
        (None, "Gehalt"),
        (["Gehalt", "Wasser"], "Gehalt"),
        ({"Gehalt": "assay"}, "assay"),
        ({"Gehalt": "content", "Assay": "content"}, "content"),
    ],
)
@pytest.mark.parametrize("id_", ["{Charge}/{Prüfung}", "{Charge}/{test}"])
def test_an_id_has_words_as_they_are_written(codes: Any, test: str, id_: str) -> None:
    column = {"holds": "text"} | ({"codes": codes} if codes else {})
    found = record(LONG, {"Prüfung": column}, OF_A_ROW | {"id": id_})
    assert (found.record_id, found.test) == ("B1/Gehalt", test)


def test_two_words_that_mean_the_same_are_one_in_ids() -> None:
    codes = {"Assay": "assay", "Gehalt": "assay"}
    found = record(LONG, {"Prüfung": {"holds": "text", "codes": codes}}, OF_A_ROW)
    assert (found.record_id, found.test) == ("B1/Assay", "assay")


@pytest.mark.parametrize("name", ["Wert", "assay"])
def test_a_test_in_a_column_of_its_own_is_known_by_the_column(name: str) -> None:
    found = record(WIDE, {"Wert": {"holds": "number", "unit": "%", "name": name}}, {})
    assert (found.record_id, found.test) == ("B1/Wert", name)
