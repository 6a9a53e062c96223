"""Reads of transcriptions."""

from collections.abc import Sequence
from typing import Any, Final

from directory.names import names_of
from runtime.work import Work
from sample_tracking.transcriptions.model import Transcription, TranscriptionState
from sample_tracking.transcriptions.schemas import TranscriptionRead
from serving.listing import column, days, equal

_REFERENCES: Final = {"site": "site_id", "partner": "partner_id", "laboratory": "laboratory_site_id"}
FILTERS = (
    equal(Transcription, "lot_id", "material", "stage", "state", "laboratory_site_id", "laboratory_partner_id")
    | equal(Transcription, "corrects")
    | {"lot": column(Transcription, "lot_number", about="the lot's number")}
    | days(Transcription.created_at, "keyed")
)


async def show(work: Work, transcriptions: Sequence[Transcription]) -> list[TranscriptionRead]:
    """The transcriptions with the names that the reader may know."""
    names = await names_of(work, transcriptions, _REFERENCES)
    return [
        TranscriptionRead.model_validate(dict(one) | names.of(one, references=_REFERENCES) | _typed(one))
        for one in transcriptions
    ]


def _typed(one: Transcription) -> dict[str, Any]:
    # Of one that was withdrawn, too, nobody reads it: whoever types the paper anew does so without seeing it.
    shown = one.state == TranscriptionState.verified
    return {
        "differences": one.differences if one.state == TranscriptionState.differing else [],
        "first": one.typed_first["results"] if shown else None,
        "second": one.typed_second["results"] if shown and one.typed_second else None,
    }
