"""Names of tests in a column of their own: a statistic of the results beside it is no test."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate
from partner_feeds.values.lots import lot_number
from partner_feeds.values.statistics import is_statistic
from partner_feeds.values.texts import CannotRead

NOW = datetime(2026, 11, 14, tzinfo=UTC)
MAPPING = """
code: x
version: 1
delimiter: ";"
columns:
  L: {holds: text}
  T: {holds: text%s}
  D: {holds: date, format: D.M.YYYY}
  R: {holds: number, unit: "%%"}
lots:
  b: {material: P1, number: "{L}"}
records:
  - {record: TestResult, id: "{L}/{T}", occurred_at: D, lot: b, stage: release, test: "{T}", value: R}
"""


def read(test: str, *, says: str = "") -> Answer:
    file = f"L;T;D;R\nL1;{test};1.2.2026;99.1\n"
    return next(iter(translate(load(MAPPING % says), [file.encode()], now=NOW)))


@pytest.mark.parametrize(
    "word",
    [
        *(
            "Mean",
            "AVERAGE",
            "Avg.",
            "SD",
            "S.D.",
            "Std Dev",
            "Std. Dev.",
            "RSD",
            "RSD %",
            "RSD (%)",
            "%RSD",
            "Min",
            "Max",
        ),
        *("n", "n = 6", "n=6", "Mean (n=6)", "Median", "CV", "Standard deviation", "rel. SD"),
        *(
            "Mittelwert",
            "Standardabweichung",
            "StdAbw",
            "Std.-Abw.",
            "VK",
            "Moyenne",
            "\u00c9cart-type",
            "Promedio",
            "Media",
        ),
        *(
            "Desviaci\u00f3n est\u00e1ndar",
            "Deviazione standard",
            "\u5e73\u5747\u503c",
            "\u5e73\u5747",
            "\u6807\u51c6\u5dee",
        ),
        *("\u6a19\u6e96\u504f\u5dee", "\u76f8\u5bf9\u6807\u51c6\u504f\u5dee", "\u6700\u5927\u5024", "\u00d8"),
    ],
)
def test_a_statistic_is_no_test(word: str) -> None:
    answer = read(word)
    assert isinstance(answer, Refused)
    assert "is a statistic, and no test" in answer.errors[0].reason
    assert "skip: {T: [" in answer.errors[0].reason


@pytest.mark.parametrize(
    "name",
    [
        "N",
        "Assay",
        "Mean particle size",
        "Assay min",
        "Minerals",
        "Total impurities",
        "SDS",
        "Maximum weight",
        "RSD-1",
        "CV1",
    ],
)
def test_a_test_is_one(name: str) -> None:
    assert not is_statistic(name)
    assert isinstance(read(name), Accepted)


def test_a_statistic_that_the_mapping_names_is_a_test() -> None:
    assert isinstance(read("Mean", says=", codes: {Mean: assay}"), Accepted)


@pytest.mark.parametrize("text", ["98,2", "13.3.2026", "0117", "< 5"])
def test_a_number_or_a_date_is_no_test(text: str) -> None:
    answer = read(text)
    assert isinstance(answer, Refused)
    assert "has no letter" in answer.errors[0].reason
    assert isinstance(read("0117", says=", pattern: '[0-9]{4}'"), Accepted)
    assert isinstance(read(text, says=f", codes: {{'{text}': assay}}"), Accepted)


@pytest.mark.parametrize(
    "word", ["Spec", "LSL", "Grenzwert", "Limit [%]", "Upper limit", "规格", "Mean of 6", "MW", "Średnia"]
)
def test_what_was_asked_for_or_computed_is_no_test(word: str) -> None:
    answer = read(word)
    assert isinstance(answer, Refused)
    assert "and no test" in answer.errors[0].reason


@pytest.mark.parametrize(
    "word", ["Limit of detection", "Spectrum", "Mass", "Max. force", "Idoxuridine", "Dose", "Do-Wert"]
)
def test_a_name_that_only_begins_so_is_a_test(word: str) -> None:
    assert isinstance(read(word), Accepted)


@pytest.mark.parametrize("mark", ["ditto", "dto.", "do.", "idem", "s.o.", "siehe oben", "同上", "〃", "\u2033", '"'])
def test_a_mark_for_the_cell_above_is_no_name(mark: str) -> None:
    written = mark.replace('"', '""')
    answer = read(f'"{written}"')
    assert isinstance(answer, Refused)
    assert "stands for the cell above: write it out" in answer.errors[0].reason
    file = f'L;T;D;R\nL1;water;1.2.2026;99.1\nL2;"{written}";1.2.2026;99.1\n'
    filled = list(translate(load(MAPPING % ", fill_down: true"), [file.encode()], now=NOW))
    taken = [record for each in filled if isinstance(each, Accepted) for record in each.records]
    assert [record.test for record in taken if isinstance(record, TestResult)] == ["water"] * 2
    with pytest.raises(CannotRead, match="stands for the cell above"):
        lot_number(mark, of_a_lot=True)
