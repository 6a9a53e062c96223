"""Dates as systems write them, and files in which nobody can know which number is the month."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.files import translate

NOW = datetime(2026, 11, 14, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Ljubljana")


def mapping(format_: str, *, of: str = "") -> str:
    return (
        'code: x\nversion: 1\ndelimiter: ";"\ncolumns:\n  L: {holds: text}\n'
        f"  D: {{holds: date, format: {format_}{of}}}\nlots:\n  b: {{material: P1, number: '{{L}}'}}\n"
        "records:\n  - {record: BatchStart, id: '{L}', occurred_at: D, lot: b}\n"
    )


def read(format_: str, *cells: str, header: str = "L;D", of: str = "") -> list[Answer]:
    rows = "".join(f"L{number};{cell}\n" for number, cell in enumerate(cells))
    return list(translate(load(mapping(format_, of=of)), [f"{header}\n{rows}".encode()], now=NOW, time_zone=ZONE))


def moment(answer: Answer) -> Any:
    assert isinstance(answer, Accepted), answer
    return getattr(answer.records[0], "occurred_at", None)


def reason(answer: Answer) -> str:
    assert isinstance(answer, Refused), answer
    return answer.errors[0].reason


@pytest.mark.parametrize(
    ("format_", "cell", "expected"),
    [
        ("M/D/YYYY h:mm a", "3/13/2026 4:05 PM", datetime(2026, 3, 13, 16, 5, tzinfo=ZONE)),
        ("M/D/YYYY h:mm a", "3/13/2026 12:05 a.m.", datetime(2026, 3, 13, 0, 5, tzinfo=ZONE)),
        ("YYYY/M/D ah:mm", "2026/3/13 \u4e0b\u53484:05", datetime(2026, 3, 13, 16, 5, tzinfo=ZONE)),
        ("YYYY/M/D ah:mm", "2026/3/13 \u4e0a\u534812:05", datetime(2026, 3, 13, 0, 5, tzinfo=ZONE)),
        ("YYYY/M/D ah:mm", "2026/3/13 \u5348\u5f8c0:05", datetime(2026, 3, 13, 12, 5, tzinfo=ZONE)),
        ("YYYY/M/D h:mm a", "2026/3/13 4:05 \uc624\ud6c4", datetime(2026, 3, 13, 16, 5, tzinfo=ZONE)),
        ("D.M.YYYY h:mm", "13.3.2026 9:05", datetime(2026, 3, 13, 9, 5, tzinfo=ZONE)),
        ("YYYY-MM-DDThh:mm:ss.SSSZ", "2026-03-13T09:05:01.250Z", datetime(2026, 3, 13, 9, 5, 1, 250000, UTC)),
        ("\"D.M.YYYY hh:mm 'Uhr'\"", "13.3.2026 09:05 Uhr", datetime(2026, 3, 13, 9, 5, tzinfo=ZONE)),
        ("iso", "2026-03-13T09:05:01.2501234Z", datetime(2026, 3, 13, 9, 5, 1, 250123, UTC)),
        ("iso", "2026-03-13 09:05", datetime(2026, 3, 13, 9, 5, tzinfo=ZONE)),
        ("iso", "2026-03-13", date(2026, 3, 13)),
        ("excel", "46094", date(2026, 3, 13)),
        ("excel-1904", "44632", date(2026, 3, 13)),
        ("unix", "1773392400", datetime(2026, 3, 13, 9, tzinfo=UTC)),
        ("unix-ms", "1773392400000", datetime(2026, 3, 13, 9, tzinfo=UTC)),
        ("excel", "46094,5", datetime(2026, 3, 13, 12, tzinfo=ZONE)),
        ("[D.M.YYYY, iso, D.M.YYYY 00:00:00]", "13.3.2026 00:00:00", date(2026, 3, 13)),
        ("[D.M.YYYY, iso, D.M.YYYY 00:00:00]", "2026-03-13", date(2026, 3, 13)),
        ("D.M.YYYY", "\uff11\uff13.3.2026", date(2026, 3, 13)),
    ],
)
def test_a_date_is_read_as_precisely_as_it_is_written(format_: str, cell: str, expected: object) -> None:
    found = moment(read(format_, cell)[0])
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("format_", "cell", "why"),
    [
        ("M/D/YYYY hh:mm", "3/13/2026 4:05 PM", "the mapping's format has a beside the hour"),
        ("M/D/YYYY hh:mm", "3/13/2026 4:05", "the mapping's format has h"),
        ("M/D/YYYY h:mm a", "3/13/2026 13:05 PM", "there is no hour 13 PM"),
        ("iso", "13.3.2026", "not an ISO 8601 date"),
        ("iso", "2026-03-13T25:05", "there is no such time"),
        ("iso", "2026-03-29 02:30", "does not exist in Europe/Ljubljana"),
        ("excel", "2026", "none since 2000"),
        ("unix", "1773392400000", "thousandths unix-ms"),
        ("excel", "20260313", "not the number of a day"),
        ("[D.M.YYYY, iso]", "3/13/2026", "not a date of any form of the mapping: write it such as 17.5.2019 or 2019"),
    ],
)
def test_a_date_that_cannot_be_read_says_what_would_be_right(format_: str, cell: str, why: str) -> None:
    assert why in reason(read(format_, cell)[0])


@pytest.mark.parametrize(
    ("format_", "ours"),
    [
        ("dd.mm.yyyy", "write DD.MM.YYYY"),
        ("D.M.YYYY HH:MM", "write D.M.YYYY hh:mm"),
        ("yyyy-MM-dd'T'HH:mm:ss", "write YYYY-MM-DD'T'hh:mm:ss"),
        ("TT.MM.JJJJ", "write DD.MM.YYYY"),
        ("jj/mm/aaaa", "write DD/MM/YYYY"),
        ("'%d.%m.%Y %H:%M'", "write DD.MM.YYYY hh:mm"),
        ("M/d/yyyy h:mm tt", "write M/D/YYYY h:mm a"),
        ("YYYY-mm-DD", "write YYYY-MM-DD"),
        ("D.M.YYYY Uhr", "the letter 'U'"),
        ("D.M.YYYY mm", "names the minute and no hour"),
        ("D.M.YYYY hh:mm:SSS", "names the fraction and no second"),
        ("[DD/MM/YYYY, MM/DD/YYYY]", "two of the date formats read 06/05/2004 as different dates"),
        ("[D.M.YY, M.D.YY]", "as different dates"),
    ],
)
def test_a_format_of_another_notation_does_not_load_and_ours_is_named(format_: str, ours: str) -> None:
    with pytest.raises(MappingInvalid) as raised:
        load(mapping(format_))
    assert ours in str(raised.value)


def test_one_date_that_can_only_be_exchanged_refuses_the_whole_file() -> None:
    (answer,) = read("DD/MM/YYYY", "03/04/2026", "05/05/2026", "03/25/2026", "05/06/2026")
    assert isinstance(answer, Refused)
    (error,) = answer.errors
    assert (error.row, error.field, error.value) == (4, "D", "03/25/2026")
    assert "row 2 with 03/04/2026 may be either: no row of the file was taken" in error.reason


@pytest.mark.parametrize(
    ("format_", "cells"),
    [("DD/MM/YYYY", ("25/03/2026", "05/05/2026", "03/25/2026")), ("DD/MM/YYYY", ("03/04/2026", "03/32/2026"))],
)
def test_a_date_that_leaves_the_others_clear_refuses_its_row_alone(format_: str, cells: tuple[str, ...]) -> None:
    *taken, refused = read(format_, *cells)
    assert all(isinstance(answer, Accepted) for answer in taken)
    assert "there is no month" in reason(refused)


@pytest.mark.parametrize(
    ("format_", "cells"),
    [
        ("YYYY-MM-DD", ("2026-03-04", "2026-25-03")),
        ("iso", ("2026-03-04", "2026-25-03")),
        ("iso", ("2026-04-03T10:00", "2026-25-03T10:00Z")),
        ("[D.M.YYYY, M/D/YYYY]", ("3.4.2026", "5.4.2026", "03/25/2026")),
        ("[M/D/YYYY, D.M.YYYY]", ("03/04/2026", "25.3.2026")),
        ("[iso, D.M.YYYY]", ("2026-03-04", "25.3.2026")),
    ],
)
def test_dates_that_a_spreadsheet_may_have_exchanged_refuse_the_file(format_: str, cells: tuple[str, ...]) -> None:
    (refused,) = read(format_, *cells)
    assert "no row of the file was taken" in reason(refused)


@pytest.mark.parametrize("format_", ["[D.M.YYYY, iso]", "[D.M.YYYY, YYYY-MM-DD]"])
def test_a_date_that_begins_with_its_year_makes_no_other_doubtful(format_: str) -> None:
    assert all(isinstance(answer, Accepted) for answer in read(format_, "3.4.2026", "2026-03-25"))


def test_two_forms_of_one_order_prove_each_other_nothing_and_need_not() -> None:
    assert all(isinstance(answer, Accepted) for answer in read("[D.M.YYYY, D/M/YYYY]", "3.4.2026", "25/3/2026"))


@pytest.mark.parametrize("cells", [("3.4.2026", "25.3.2026", "03/25/2026"), ("25.3.2026", "03/04/2026", "3/25/2026")])
def test_dates_of_two_forms_that_each_prove_their_order_are_taken(cells: tuple[str, ...]) -> None:
    assert all(isinstance(answer, Accepted) for answer in read("[D.M.YYYY, M/D/YYYY]", *cells))


def test_a_column_of_the_same_form_tells_the_order_too() -> None:
    document = mapping("D/M/YYYY").replace("lots:", "  Taken: {holds: date, format: D/M/YYYY}\nlots:")
    document = document.replace(
        "records:", 'records:\n  - {record: BatchStart, id: "{L}/s", occurred_at: Taken, lot: b}'
    )
    found = list(translate(load(document), [b"L;D;Taken\nL1;3/4/2026;2/3/2026\nL2;5/4/2026;3/25/2026\n"], now=NOW))
    assert [answer.row for answer in found] == [3]
    assert "row 2 with" in reason(found[0])


def test_a_row_that_is_left_out_tells_the_order_too() -> None:
    document = mapping("D/M/YYYY").replace("columns:", "take: {S: [ok]}\ncolumns:\n  S: {holds: text}")
    found = list(translate(load(document), [b"L;D;S\nL1;3/4/2026;ok\nL2;3/25/2026;draft\n"], now=NOW))
    assert [answer.row for answer in found] == [3]


def test_a_source_that_can_be_read_only_once_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="begins anew"):
        list(translate(load(mapping("D.M.YYYY")), iter([b"L;D\nL1;1.2.2026\n"]), now=NOW))


OF = ', of: "{Day} {Time}"'


def test_a_date_of_two_cells() -> None:
    rows = read(
        '["D.M.YYYY hh:mm", D.M.YYYY]', "13.3.2026;14:05", "13.3.2026;", "13.3.2026;2", header="L;Day;Time", of=OF
    )
    assert [moment(row) for row in rows[:2]] == [datetime(2026, 3, 13, 14, 5, tzinfo=ZONE), date(2026, 3, 13)]
    assert isinstance(rows[2], Refused)
    assert rows[2].errors[0].value == "13.3.2026 2"


def test_a_date_of_two_cells_is_ordered_and_doubted_as_any_other() -> None:
    in_order = ", in_order: true" + OF
    cells = ("25.10.2026;02:40", "25.10.2026;02:10")
    first, second = (moment(row) for row in read("D.M.YYYY hh:mm", *cells, header="L;Day;Time", of=in_order))
    assert (first.astimezone(UTC).hour, second.astimezone(UTC).hour) == (0, 1)
    doubted = read("D/M/YYYY hh:mm", "3/4/2026;10:00", "3/25/2026;10:00", header="L;Day;Time", of=OF)
    assert len(doubted) == 1


def test_a_file_without_a_part_of_a_date_is_told_which() -> None:
    (answer,) = read("D.M.YYYY hh:mm", "13.3.2026", header="L;Day", of=OF)
    assert isinstance(answer, Refused)
    assert [error.field for error in answer.errors] == ["Time"]
