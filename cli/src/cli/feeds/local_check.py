"""A mapping tried on a file, here: nothing is sent, nothing is kept."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cli.failures import Failure
from cli.feeds.outcome import Outcome
from cli.feeds.pieces import read
from cli.output import progress
from partner_feeds.language import AnyMapping, BatchRecordMapping, MappingInvalid, load_any
from partner_feeds.records.answers import Accepted, Answer, Notice
from partner_feeds.reporting.within import WithinFile
from partner_feeds.translation.about import Origin
from partner_feeds.translation.b2mml import translate_records
from partner_feeds.translation.beside import records_of
from partner_feeds.translation.files import translate

MOST_ERRORS = 1000
"""As many as an answer of partner_feeds lists."""


def check(file: Path, mapping: Path, time_zone: str | None, values: int = 0) -> Outcome:
    """What the mapping would make of the file, and of the first rows that are taken so many value by value.

    Raises Failure for a mapping that cannot be used.
    """
    try:
        compiled = load_any(mapping.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise Failure(f"{mapping} is not UTF-8: {error}", "Save it as UTF-8.") from error
    except MappingInvalid as error:
        lines = "\n".join(f"  {fault.where or mapping.name}: {fault.reason}" for fault in error.faults)
        raise Failure(f"{mapping} is no mapping that can be used:\n{lines}") from error
    zone = ZoneInfo(time_zone) if time_zone else None
    outcome, within = Outcome(), WithinFile()
    with progress() as bar:
        chunks = _Again(lambda: read(file, bar, "checking"))
        for answer in _answers(compiled, chunks, file.name, zone, values):
            if isinstance(answer, Notice):
                outcome.notices.append(answer.text)
                continue
            row = within.outcome(answer)
            setattr(outcome, row.outcome, getattr(outcome, row.outcome) + 1)
            outcome.errors += map(asdict, row.errors[: MOST_ERRORS - len(outcome.errors)])
            if isinstance(answer, Accepted) and answer.cells:
                outcome.values.append(_values(answer))
    return outcome


def _answers(
    mapping: AnyMapping, chunks: Iterable[bytes], name: str, zone: ZoneInfo | None, values: int
) -> Iterator[Answer]:
    now = datetime.now(UTC)
    if isinstance(mapping, BatchRecordMapping):
        return translate_records(mapping, chunks, now=now, time_zone=zone, show=values)
    origin = Origin(name, now.astimezone(zone).date())
    return translate(mapping, chunks, now=now, time_zone=zone, origin=origin, show=values)


def _values(answer: Accepted) -> dict[str, Any]:
    cells = [cell._asdict() for cell in answer.cells]
    return {"row": answer.row, "cells": cells, "records": records_of(answer.records)}


@dataclass(frozen=True)
class _Again:
    """The file's bytes, from the beginning each time that they are read."""

    begin: Callable[[], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        return self.begin()
