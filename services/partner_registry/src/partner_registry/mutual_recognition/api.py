"""HTTP words for mutual recognition, its one use case, and the question that is asked of it."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import col, func, select

from contracts import Day
from contracts.certifying import RecognisedWork, RecognisingRegime
from partner_registry.known import KnownAt, found_as_known, unkept
from partner_registry.mutual_recognition.model import REGULATORY, MutualRecognition, recognising
from partner_registry.mutual_recognition.schemas import (
    CheckMutualRecognition,
    EndMutualRecognition,
    MutualRecognitionAnswer,
    MutualRecognitionRead,
    RecordMutualRecognition,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.bodies import Country, Reason
from runtime.numbers import next_number
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal
from serving.shown import Ref

OURS = READERS & SPONSORS
router = APIRouter(prefix="/mutual-recognitions", tags=["mutual-recognitions"], route_class=QueryRoute)


async def record(work: Work, body: RecordMutualRecognition) -> MutualRecognition:
    """Write a row down. It counts as none until it is checked and confirmed."""
    number = await next_number(work, "MRA", "mutual_recognition_number")
    row = MutualRecognition(**body.model_dump(), number=number, recorded_by=work.principal.subject)
    work.subject = work.add(row)
    return row


recognitions = Actions("mutual-recognitions", MutualRecognition, MutualRecognitionRead, readers=OURS)
recognitions.create(record, RecordMutualRecognition, *REGULATORY)
recognitions.post("check", MutualRecognition.check, CheckMutualRecognition)
recognitions.post("confirmation", MutualRecognition.confirm)
recognitions.post("rejection", MutualRecognition.reject, Reason)
recognitions.post("end", MutualRecognition.end, EndMutualRecognition)
recognitions.get()
recognitions.list(equal(MutualRecognition, "number", "state", "regime", "country"))


@router.get("/answer", name="answer")
@allowed(*OURS)
async def answer(
    work: Reading,
    regime: RecognisingRegime,
    country: Country,
    covers: RecognisedWork,
    product_kind: Annotated[str, Query(min_length=1, max_length=200)],
    on: Annotated[Day | None, Query(description="A day; today, in UTC, where none is given.")] = None,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> MutualRecognitionAnswer:
    """Whether a regime recognises a country's work for a kind of product on a day, and by which row."""
    of, day = MutualRecognition, on or work.now.date()
    rows = select(of).where(of.regime == regime, of.country == country).order_by(col(of.id))
    then = await found_as_known(work, rows, as_of)
    used, why_not = recognising(then, covers, product_kind, day)
    begun = await work.session.scalar(select(func.min(of.created_at))) if as_of else None
    kept = as_of is None or (begun is not None and begun <= as_of)
    return MutualRecognitionAnswer(
        regime=regime,
        country=country,
        covers=covers,
        product_kind=product_kind,
        on=day,
        kept=kept,
        recognised=used is not None,
        used=Ref(id=used.id, number=used.number, name=used.source) if used else None,
        why_not=why_not if kept else [unkept("mutual recognition", begun)],
    )
