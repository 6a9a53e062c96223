"""How the result of a row came about."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from pydantic import TypeAdapter, ValidationError

from contracts import Day
from partner_feeds.language.rules import ProvenanceRule
from partner_feeds.records.model import Measurement
from partner_feeds.translation import parts
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import RowFault

_DAY: Final[TypeAdapter[date]] = TypeAdapter(Day)
_SHA_256: Final = re.compile("[0-9a-f]{64}")


def provenance(rule: ProvenanceRule) -> Callable[[Values], Measurement | None]:
    """What a row says of it; None where that is nothing."""
    texts = (rule.analyst, rule.instrument, rule.calibration_due, rule.raw_data_digest)
    analyst, instrument, due, digest = (parts.text(each or None) for each in texts)
    injected, entered = parts.cell(rule.injected_at), parts.cell(rule.entered_at)

    def read(values: Values) -> Measurement | None:
        last_day, hexadecimal = due(values), digest(values)
        found = Measurement(
            analyst(values),
            instrument(values),
            None if last_day is None else _day(rule.calibration_due or "", last_day),
            None if hexadecimal is None else _sha_256(rule.raw_data_digest or "", hexadecimal),
            injected(values),
            entered(values),
        )
        return None if found == Measurement() else found

    return read


def _day(field: str, text: str) -> date:
    """Raises RowFault for what is no day."""
    try:
        return _DAY.validate_strings(text)
    except ValidationError as error:
        raise RowFault(field, text, "is no day: write YYYY-MM-DD") from error


def _sha_256(field: str, text: str) -> str:
    """Raises RowFault for what is none."""
    if not _SHA_256.fullmatch(text.lower()):
        raise RowFault(field, text, "is no SHA-256: 64 hexadecimal digits")
    return text.lower()
