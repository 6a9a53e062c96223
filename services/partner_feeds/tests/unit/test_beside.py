"""Each value of what is taken stands beside where it was found: in a table's cell, an event's path, an element."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from partner_feeds import examples
from partner_feeds.language import BatchRecordMapping, load, load_any
from partner_feeds.records.answers import Accepted, Cell
from partner_feeds.translation.b2mml import translate_records
from partner_feeds.translation.beside import as_json
from partner_feeds.translation.events import read_events
from partner_feeds.translation.files import translate

NOW, ZONE = datetime(2026, 6, 1, tzinfo=UTC), ZoneInfo("Europe/Ljubljana")
MAPPING = """
code: beside
version: 1
delimiter: ";"
decimal: comma
columns:
  Lot: {holds: text, required: true}
  When: {holds: date, format: D.M.YYYY h:mm, of: "{Day} {Time}"}
  Assay: {holds: number, unit: "%", name: assay, aliases: [Content]}
  Impurity: {holds: number, unit: "%"}
  Result: {holds: number, unit_column: Unit}
  Unit: {holds: text}
  Product: {holds: text, above: Product}
  Site: {holds: text, constant: S-1}
ignored: {Remark: for the laboratory}
lots: {b: {material: "{Product}", number: "{Lot}", site: "{Site}"}}
records:
  - record: TestResult
    id: "{Lot}/{test}"
    occurred_at: When
    lot: b
    stage: release
    tests: [Assay, Impurity, Result]
"""
FILE = """Product;VEL-100
Lot;Day;Time;Content;Impurity;Result;Unit;Remark
L-1;3.2.2026;8:05;98,50;<0,05;4,1;mg;fine
L-2;4.2.2026;9:00;99,1;;;;
L-3;5.2.2026;9:00;99,x;;;;
"""


def shown(show: int) -> list[tuple[Cell, ...]]:
    return [
        each.cells
        for each in translate(load(MAPPING), [FILE.encode()], now=NOW, time_zone=ZONE, show=show)
        if isinstance(each, Accepted)
    ]


def test_a_cell_is_shown_as_it_is_written_and_as_it_is_read() -> None:
    first, second = shown(5)
    assert [tuple(cell) for cell in first] == [
        ("Lot", "L-1", "L-1"),
        ("{Day} {Time}", "3.2.2026 8:05", "2026-02-03T08:05:00+01:00"),
        ("Content", "98,50", "98.50 %"),
        ("Impurity", "<0,05", "below quantitation 0.05 %"),
        ("Result", "4,1", "4.1 mg"),
        ("Unit", "mg", "mg"),
        ("above the table: Product", "", "VEL-100"),
        ("Site: constant", "", "S-1"),
    ]
    assert "Impurity" not in {cell.source for cell in second}


def test_only_as_many_rows_are_shown_as_were_asked_for() -> None:
    assert [bool(cells) for cells in shown(1)] == [True, False]
    assert not any(shown(0))


def test_an_events_values_are_shown_by_their_paths() -> None:
    (answer,) = read_events(examples.EVENT.encode(), batched=False, now=NOW, show=1)
    assert isinstance(answer, Accepted)
    cells = {cell.source: cell for cell in answer.cells}
    data = json.loads(examples.EVENT)["data"]
    assert cells["data.lot.number"] == ("data.lot.number", data["lot"]["number"], data["lot"]["number"])
    assert all(cell.read not in ("", "nothing") for cell in answer.cells)


def test_an_element_is_shown_by_its_texts_beside_its_record() -> None:
    mapping = load_any(examples.RECORD_MAPPING)
    assert isinstance(mapping, BatchRecordMapping)
    answers = translate_records(mapping, [examples.RECORD.encode()], now=NOW, show=100)
    whole, *used = [each for each in answers if isinstance(each, Accepted) and each.cells]
    assert ("BatchProductionRecord/Version", "2", None) in whole.cells
    assert used
    for answer in used:
        (cell,) = [cell for cell in answer.cells if cell.source.endswith("/TimeStamp")]
        assert cell.read is None
        assert as_json(answer.records[0])["occurred_at"][:10] == cell.written[:10]
