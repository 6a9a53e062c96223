"""HTTP words for the facts behind the numbers."""

from fastapi import APIRouter

from kpi.facts.model import MeasuredFact
from kpi.facts.queries import FILTERS, show
from kpi.facts.schemas import FactRead
from runtime.access import READERS
from serving import listing

ABOUT = "What was measured, newest first, each with the event that proves it. Reversals are listed: values add up."
router = APIRouter(prefix="/facts", tags=["facts"])
listing.add(router, "", MeasuredFact, FactRead, show, FILTERS, readers=READERS, about=ABOUT)
