"""Local times that do not exist, or exist twice, are refused by row with both readings, unless an order decides."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.records.model import ProcessData, TestResult
from partner_feeds.translation.files import translate

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
NOW = datetime(2026, 11, 27, tzinfo=UTC)
MAPPING = """
code: logger
version: 1
delimiter: ";"
columns:
  Charge: {holds: text, pattern: "[A-Z]+"}
  Counter: {holds: number}
  Time: {holds: date, format: "%s", required: true %s}
  Temp: {holds: number, unit: Cel, name: temperature}
lots:
  batch: {material: VEL-100, number: "{Charge}"}
records:
  - {record: TestResult, id: "{Charge}/{Counter}/{test}", occurred_at: Time, lot: batch, stage: release, tests: [Temp]}
"""
TWICE = "2026-10-25T02:30:00+02:00 or as 2026-10-25T02:30:00+01:00"
NEVER = "2026-03-29T01:30:00+01:00 or as 2026-03-29T03:30:00+02:00"
Read = Callable[..., list[Answer]]


def read(*rows: str, options: str = "", format_: str = "D.M.YYYY hh:mm", zone: ZoneInfo = LJUBLJANA) -> list[Answer]:
    """The answers to rows of a charge, a counter and a time."""
    file = "\n".join(["Charge;Counter;Time;Temp", *(f"{row};21.5" for row in rows)])
    return list(translate(load(MAPPING % (format_, options)), [file.encode()], now=NOW, time_zone=zone))


def times(answers: list[Answer]) -> list[str]:
    """For each row its time in UTC, or why it was refused."""
    found = []
    for answer in answers:
        if isinstance(answer, Refused):
            found.append(answer.errors[0].reason)
        elif isinstance(answer, Accepted):
            (record,) = answer.records
            assert isinstance(record, TestResult)
            assert isinstance(record.occurred_at, datetime)
            found.append(f"{record.occurred_at.astimezone(UTC):%d. %H:%M}")
    return found


@pytest.mark.parametrize(
    ("time", "readings"), [("25.10.2026 02:30", TWICE), ("29.3.2026 02:30", NEVER)], ids=["twice", "never"]
)
def test_such_a_time_is_refused_with_both_readings(time: str, readings: str) -> None:
    refused, good = read(f"A;1;{time}", "A;2;25.10.2026 12:00")
    assert isinstance(refused, Refused)
    (error,) = refused.errors
    assert (error.row, error.field, error.value) == (2, "Time", time)
    assert readings in error.reason
    assert "write the time with its offset, in a column whose format ends in Z" in error.reason
    assert isinstance(good, Accepted)


def test_an_offset_in_the_text_decides() -> None:
    answers = read("A;1;25.10.2026 02:30+02:00", "A;2;25.10.2026 02:30+01:00", format_="D.M.YYYY hh:mmZ")
    assert times(answers) == ["25. 00:30", "25. 01:30"]


def test_a_zone_that_does_not_put_its_clock_back_has_no_such_time() -> None:
    assert times(read("A;1;25.10.2026 02:30", zone=ZoneInfo("Asia/Tokyo"))) == ["24. 17:30"]


HOURS = [
    "A;1;25.10.2026 01:50", "A;2;25.10.2026 02:10", "A;3;25.10.2026 02:50", "A;4;25.10.2026 02:10",
    "A;5;25.10.2026 02:50", "A;6;25.10.2026 03:10",
]  # fmt: skip
INSTANTS = ["24. 23:50", "25. 00:10", "25. 00:50", "25. 01:10", "25. 01:50", "25. 02:10"]
IN_ORDER, BY_COUNTER = ", in_order: true", ", sequence_column: Counter"


@pytest.mark.parametrize("options", [IN_ORDER, BY_COUNTER])
def test_the_order_of_the_rows_decides_the_hour_that_comes_twice(options: str) -> None:
    assert times(read(*HOURS, options=options)) == INSTANTS


def test_a_counter_decides_also_where_the_newest_row_comes_first() -> None:
    assert times(read(*reversed(HOURS), options=BY_COUNTER)) == INSTANTS[::-1]


def test_without_a_row_that_tells_the_order_decides_nothing() -> None:
    found = times(read(*HOURS[:3], HOURS[5], options=IN_ORDER))
    assert [found[0], found[3]] == [INSTANTS[0], INSTANTS[5]]
    assert all("the order of the rows does not show which is meant" in reason for reason in found[1:3])


def test_what_came_behind_the_second_turn_is_of_the_second_turn() -> None:
    """02:50 comes after 02:55 has come, so it is of the second turn; what was before may be of either."""
    found = times(read("A;1;25.10.2026 02:55", "A;2;25.10.2026 02:50", options=IN_ORDER))
    assert found == ["25. 00:55", "25. 01:50"]


def test_an_order_that_runs_backwards_decides_nothing() -> None:
    rows = ["A;1;25.10.2026 02:50", "A;2;25.10.2026 02:10", "A;3;25.10.2026 02:50", "A;4;25.10.2026 02:10"]
    assert all("does not show" in reason for reason in times(read(*rows, options=IN_ORDER)))


def test_neighbours_that_contradict_the_order_decide_nothing() -> None:
    rows = ["A;1;25.10.2026 03:10", "A;2;25.10.2026 02:50", "A;3;25.10.2026 02:10", "A;4;25.10.2026 03:20"]
    found = times(read(*rows, options=IN_ORDER))
    assert [found[0], found[3]] == ["25. 02:10", "25. 02:20"]
    assert all("does not show" in reason for reason in found[1:3])


def test_a_row_without_its_number_stands_in_no_order() -> None:
    rows = [HOURS[0], HOURS[1], "A;;25.10.2026 02:20", *HOURS[2:]]
    file = "\n".join(["Charge;Counter;Time;Temp", *(f"{row};21.5" for row in rows)])
    mapping = (MAPPING % ("D.M.YYYY hh:mm", BY_COUNTER)).replace("{Charge}/{Counter}/", "{Charge}/")
    found = times(list(translate(load(mapping), [file.encode()], now=NOW, time_zone=LJUBLJANA)))
    assert "does not show" in found.pop(2)
    assert found == INSTANTS


def test_rows_of_one_number_stand_in_no_order_to_each_other() -> None:
    rows = ["A;1;25.10.2026 02:55", "B;2;25.10.2026 02:50", "C;2;25.10.2026 02:10", "D;3;25.10.2026 03:10"]
    assert times(read(*rows, options=BY_COUNTER)) == ["25. 00:55", "25. 01:50", "25. 01:10", "25. 02:10"]
    tied = ["A;1;25.10.2026 01:50", "B;2;25.10.2026 02:50", "C;2;25.10.2026 02:10", "D;3;25.10.2026 03:10"]
    assert ["does not show" in found for found in times(read(*tied, options=BY_COUNTER))] == [False, True, True, False]


def test_a_time_that_does_not_exist_is_in_no_order() -> None:
    found = times(read("A;1;29.3.2026 01:20", "A;2;29.3.2026 02:30", "A;3;29.3.2026 03:10", options=IN_ORDER))
    assert [found[0], found[2]] == ["29. 00:20", "29. 01:10"]
    assert NEVER in found[1]


def test_bad_rows_between_do_not_cut_the_order() -> None:
    answers = read(*HOURS[:2], "A;x;25.10.2026 02:20", "too;few", *HOURS[2:], options=IN_ORDER)
    assert [type(answer) for answer in answers[2:4]] == [Refused, Refused]
    assert times(answers[:2] + answers[4:]) == INSTANTS
    assert [answer.row for answer in answers] == list(range(2, 10)), "answers keep the order of the rows"


def test_nothing_is_decided_past_the_rows_that_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("partner_feeds.translation.order.MOST_WAITING", 2)
    found = times(read(*HOURS, options=IN_ORDER))
    assert ["does not show" in each for each in found] == [False, True, True, True, True, False]
    monkeypatch.setattr("partner_feeds.translation.order.MOST_WAITING", 10)
    monkeypatch.setattr("partner_feeds.translation.order.LARGEST_WAITING", 40)
    assert times(read(*HOURS, options=IN_ORDER)) == found


def test_each_column_has_its_own_order() -> None:
    mapping = """
code: two-times
version: 1
delimiter: ";"
columns:
  Charge: {holds: text, pattern: "[A-Z]+"}
  Begin: {holds: date, format: "D.M.YYYY hh:mm", in_order: true}
  End: {holds: date, format: "D.M.YYYY hh:mm", in_order: true}
  Temp: {holds: number}
lots:
  batch: {material: VEL-100, number: "{Charge}"}
records:
  - {record: ProcessData, id: "{Charge}/b", occurred_at: Begin, lot: batch, step: drying, values: [Temp]}
  - {record: ProcessData, id: "{Charge}/e", occurred_at: End, lot: batch, step: dried, values: [Temp]}
"""
    rows = ["A;25.10.2026 02:10;25.10.2026 02:50", "B;25.10.2026 02:20;25.10.2026 02:05",
            "C;25.10.2026 02:25;25.10.2026 03:10", "D;25.10.2026 02:15;25.10.2026 03:30"]  # fmt: skip
    file = "\n".join(["Charge;Begin;End;Temp", *(f"{row};21.5" for row in rows)])
    found = []
    for answer in translate(load(mapping), [file.encode()], now=NOW, time_zone=LJUBLJANA):
        assert isinstance(answer, Accepted)
        for record in answer.records:
            assert isinstance(record, ProcessData)
            assert isinstance(record.occurred_at, datetime)
            found.append(f"{record.occurred_at.astimezone(UTC):%H:%M}")
    assert found == ["00:10", "00:50", "00:20", "01:05", "00:25", "02:10", "01:15", "02:30"]


@pytest.mark.parametrize(
    ("options", "format_", "fault"),
    [
        (", sequence_column: Zaehler", "D.M.YYYY hh:mm", "sequence_column: no number column is called 'Zaehler'"),
        (", sequence_column: Charge", "D.M.YYYY hh:mm", "sequence_column: no number column is called 'Charge'"),
        (", in_order: true", "D.M.YYYY", "the format has an hour (hh), and no offset (Z)"),
        (", in_order: true", "D.M.YYYY hh:mmZ", "the format has an hour (hh), and no offset (Z)"),
        (", in_order: true, sequence_column: Counter", "D.M.YYYY hh:mm", "not both"),
    ],
)
def test_an_order_that_cannot_be_is_refused_at_load(options: str, format_: str, fault: str) -> None:
    with pytest.raises(MappingInvalid) as invalid:
        load(MAPPING % (format_, options))
    assert fault in str(invalid.value)


def test_a_column_that_only_tells_the_order_is_used() -> None:
    text = (MAPPING % ("D.M.YYYY hh:mm", BY_COUNTER)).replace("{Charge}/{Counter}/", "{Charge}/")
    assert load(text).columns["Counter"].holds == "number"
