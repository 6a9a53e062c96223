"""A mapping proposed from a file: it loads, and says what it guessed."""

from pathlib import Path
from typing import Any

import pytest

from cli.failures import Failure
from cli.feeds.sketch import propose
from partner_feeds.language.load import load

WIDE = (
    "Charge;Artikel;Freigabe;Gehalt [%];Bemerkung\n24-0117;VEL-100;31.1.2024;99,1;\n24-0118;VEL-100;1.2.2024;98,4;neu\n"
)
LONG = (
    "LIMS export\n\nLot,Product,Test,Result,Unit,Tested,Rev\n"
    "L1,VEL,assay,99.1,%,03/25/2026 10:30,1\nL1,VEL,water,<0.05,%,03/04/2026 11:00,1\n"
)


@pytest.fixture
def proposed(tmp_path: Path) -> Any:
    def of(content: str, encoding: str = "utf-8") -> str:
        file = tmp_path / "results of June.csv"
        file.write_bytes(content.encode(encoding))
        return propose(file)

    return of


def test_a_table_of_a_row_for_each_batch(proposed: Any) -> None:
    document = proposed(WIDE)
    mapping: Any = load(document)
    assert (mapping.code, mapping.delimiter) == ("results-of-june", ";")
    assert (mapping.columns["Gehalt [%]"].unit, mapping.columns["Freigabe"].format) == ("%", ("D.M.YYYY",))
    assert mapping.records[0].tests == ("Gehalt [%]",)
    assert "Bemerkung" in mapping.ignored
    assert "ASK" in document


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_result_for_each_row_below_a_title(proposed: Any, encoding: str) -> None:
    document = proposed(LONG, encoding)
    mapping: Any = load(document)
    assert (mapping.records[0].test, mapping.records[0].value, mapping.records[0].revision) == (
        "{Test}",
        "Result",
        "Rev",
    )
    assert mapping.columns["Result"].unit_column == "Unit"
    assert mapping.columns["Tested"].format == ("M/D/YYYY hh:mm",), "a 25 cannot be a month"
    assert "found by its columns" in document


def test_what_is_no_table_is_said_to_be_none(proposed: Any) -> None:
    for content in ("", "only words\nand more\n", "1;2;3\n4;5;6\n"):
        with pytest.raises(Failure):
            proposed(content)
