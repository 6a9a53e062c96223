"""A mapping tried on a file, here: nothing is sent, nothing is kept."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cli.failures import Failure
from cli.feeds.outcome import Outcome
from cli.feeds.pieces import read
from cli.output import progress
from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, LeftOut, Notice, Refused
from partner_feeds.translation.about import Origin
from partner_feeds.translation.files import translate

MOST_ERRORS = 1000
"""As many as an answer of partner_feeds lists."""


def check(file: Path, mapping: Path, time_zone: str | None) -> Outcome:
    """What the mapping would make of the file. Raises Failure for a mapping that cannot be used."""
    try:
        compiled = load(mapping.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise Failure(f"{mapping} is not UTF-8: {error}", "Save it as UTF-8.") from error
    except MappingInvalid as error:
        lines = "\n".join(f"  {fault.where or mapping.name}: {fault.reason}" for fault in error.faults)
        raise Failure(f"{mapping} is no mapping that can be used:\n{lines}") from error
    zone = ZoneInfo(time_zone) if time_zone else None
    outcome, now = Outcome(), datetime.now(UTC)
    with progress() as bar:
        chunks = _Again(lambda: read(file, bar, "checking"))
        origin = Origin(file.name, now.astimezone(zone).date())
        for answer in translate(compiled, chunks, now=now, time_zone=zone, origin=origin):
            match answer:
                case Accepted(records=()):
                    outcome.without_record += 1
                case Accepted():
                    outcome.accepted += 1
                case LeftOut():
                    outcome.left_out += 1
                case Refused(errors=errors):
                    outcome.refused += 1
                    room = max(0, MOST_ERRORS - len(outcome.errors))
                    outcome.errors += [asdict(error) for error in errors[:room]]
                case Notice(text=text):
                    outcome.notices.append(text)
    return outcome


@dataclass(frozen=True)
class _Again:
    """The file's bytes, from the beginning each time that they are read."""

    begin: Callable[[], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        return self.begin()
