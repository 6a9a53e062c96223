"""Names of tests in a column of their own: a statistic of the results beside it is no test."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.files import translate
from partner_feeds.values.statistics import is_statistic

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
