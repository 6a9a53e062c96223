"""A message in batches: what a translation goes on from is a row of which all is answered."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from partner_feeds.attempts import batches
from partner_feeds.attempts.batches import Batches, Form
from partner_feeds.language import load
from partner_feeds.messages.source import Spooled
from partner_feeds.records.answers import Accepted, Answer, Notice
from partner_feeds.translation.about import Origin
from tests.laboratory_files import HEADER, document

NOW = datetime(2026, 5, 20, tzinfo=UTC)
FILE = f"{HEADER}\n" + "".join(f"B{number};4.5.2026;98,7;\n" for number in range(1, 40))


def read(after: int = 0) -> Batches:
    form = Form("werte", load(document({}, {}, {}, "{Charge}")), "text/csv", "Europe/Vienna", NOW, Origin())
    return Batches(form, Spooled(BytesIO(FILE.encode())), after)


@pytest.mark.parametrize(("rows", "size"), [(1, 10**9), (7, 10**9), (10**9, 1)])
def test_from_whichever_place_it_goes_on_each_row_is_answered(
    rows: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS", rows)
    monkeypatch.setattr(batches, "BYTES", size)
    answers: list[Answer] = []
    place = 0
    while True:  # as if the process were killed behind each batch
        batch = read(place).take()
        answers += batch.answers
        if batch.last:
            break
        assert batch.answers, "it comes to an end"
        place = max(answer.row for answer in batch.answers)
    assert [answer.row for answer in answers if isinstance(answer, Accepted)] == list(range(2, 41))
    assert sum(isinstance(answer, Notice) for answer in answers) >= 1
