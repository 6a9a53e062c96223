"""The mappings that ship with the project, on rows made by hand in the published data's form."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contracts import partner_feeds as facts
from partner_feeds.language import Mapping, shipped
from partner_feeds.records.answers import Accepted, Refused
from partner_feeds.records.model import (
    Amount,
    BatchCompletion,
    BatchStart,
    LotCode,
    MaterialUsed,
    NamedValue,
    ProcessData,
    Record,
    TestResult,
)
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
LABORATORY, PROCESS = "tablets-laboratory", "tablets-process"
BATCH = {"batch": "901", "code": "7", "strength": "5MG", "size": "1200000", "start": "maj.19", "api_code": "3",
         "api_batch": "44", "smcc_batch": "5", "lactose_batch": "6", "starch_batch": "8"}  # fmt: skip

Run = Callable[..., list[Record]]


def file_of(mapping: Mapping, *rows: dict[str, str]) -> bytes:
    """A file with the mapping's columns; a cell that a row does not give is blank."""
    names = [*mapping.columns, *mapping.ignored]
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "\r\n".join(";".join(line) for line in lines).encode()


@pytest.fixture(scope="module")
def run() -> Run:
    def translated(code: str, *rows: dict[str, str]) -> list[Record]:
        mapping = shipped()[code]
        found = list(translate(mapping, [file_of(mapping, *rows)], now=NOW))
        assert all(isinstance(answer, Accepted) for answer in found), found
        return [record for answer in found if isinstance(answer, Accepted) for record in answer.records]

    return translated


def test_both_load() -> None:
    assert set(shipped()) == {LABORATORY, PROCESS}


def test_a_batch_starts_in_its_month_with_its_inputs(run: Run) -> None:
    (start,) = run(LABORATORY, BATCH)
    assert start == BatchStart(
        record_id="7/901/start",
        occurred_at="2019-05",
        lot=LotCode("7", "901"),
        planned_quantity=Amount(Decimal(1200000), "{tablet}"),
        inputs=tuple(MaterialUsed(*lot) for lot in (("api-3", "44"), ("smcc", "5"), ("lactose", "6"), ("starch", "8"))),
    )


@pytest.mark.parametrize(
    ("month", "number"),
    [
        ("jan", 1), ("feb", 2), ("mar", 3), ("apr", 4), ("maj", 5), ("jun", 6),
        ("jul", 7), ("avg", 8), ("sep", 9), ("okt", 10), ("nov", 11), ("dec", 12),
    ],
)  # fmt: skip
def test_every_slovene_month(run: Run, month: str, number: int) -> None:
    (start,) = run(LABORATORY, BATCH | {"start": f"{month}.21"})
    assert isinstance(start, BatchStart)
    assert start.occurred_at == f"2021-{number:02d}"


def test_an_english_month_is_refused_with_the_nearest() -> None:
    mapping = shipped()[LABORATORY]
    (answer,) = translate(mapping, [file_of(mapping, BATCH | {"start": "oct.19"})], now=NOW)
    assert isinstance(answer, Refused)
    assert (answer.row, answer.errors[0].field) == (2, "start")
    assert answer.errors[0].reason.endswith("nearest: okt")


def test_a_completion_only_where_there_is_a_yield(run: Run) -> None:
    complete = run(LABORATORY, BATCH | {"batch_yield": "97.5", "tbl_yield": "98.1"})[1]
    assert complete == BatchCompletion(
        record_id="7/901/completion",
        occurred_at="2019-05",
        lot=LotCode("7", "901"),
        yield_percent=Decimal("97.5"),
        stage_yields=(NamedValue("tbl_yield", Decimal("98.1"), "%"),),
    )
    compressed = run(LABORATORY, BATCH | {"tbl_yield": "98.1"})[1]
    assert isinstance(compressed, ProcessData)
    assert compressed.values == (NamedValue("tbl_yield", Decimal("98.1"), "%"),)


def test_results_by_stage(run: Run) -> None:
    given = {"tbl_av_hardness": "46", "dissolution_min": "79", "resodual_solvent": "0.06", "impurity_o": " " * 48}
    results = [record for record in run(LABORATORY, BATCH | given) if isinstance(record, TestResult)]
    assert [(result.test, result.stage, str(result.value), result.unit) for result in results] == [
        ("tbl_av_hardness", facts.TestStage.intermediate, "46", "N"),
        ("dissolution_min", facts.TestStage.release, "79", "%"),
        ("residual_solvent", facts.TestStage.release, "0.06", "%"),
    ]


def test_a_raw_material_s_result_belongs_to_its_lot_and_a_differing_one_stands_beside_it(run: Run) -> None:
    again = BATCH | {"batch": "902", "start": "jun.19"}
    found = run(LABORATORY, BATCH | {"api_water": "1.5"}, again | {"api_water": "1.50"}, again | {"api_water": "1.6"})
    results = [record for record in found if isinstance(record, TestResult)]
    assert {result.lot for result in results} == {LotCode("api-3", "44")}
    assert Counter(result.record_id for result in results) == {"api-3/44/api_water/1.5": 2, "api-3/44/api_water/1.6": 1}


def test_a_material_s_result_without_its_lot_is_refused() -> None:
    mapping = shipped()[LABORATORY]
    row = BATCH | {"starch_batch": "", "starch_ph": "4.4"}
    (answer,) = translate(mapping, [file_of(mapping, row)], now=NOW)
    assert isinstance(answer, Refused)
    assert answer.errors[0].field == "starch_batch"


def test_the_press_s_values_without_the_laboratory_s_results(run: Run) -> None:
    row = {
        "batch": "901",
        "code": "7",
        "tbl_speed_mean": "99.8",
        "weekend": "yes",
        "main_CompForce mean": "4.2",
        "pre_CompForce_mean": "7.08E-05",
        "Drug release min (%)": "79",
    }
    (data,) = run(PROCESS, row)
    assert data == ProcessData(
        record_id="7/901/compression",
        occurred_at=None,
        lot=LotCode("7", "901"),
        step="compression",
        values=(
            NamedValue("tbl_speed_mean", Decimal("99.8")),
            NamedValue("weekend", "yes"),
            NamedValue("main_CompForce_mean", Decimal("4.2"), "kN"),
            NamedValue("pre_CompForce_mean", Decimal("0.0000708"), "kN"),
        ),
    )
