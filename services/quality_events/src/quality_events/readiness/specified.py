"""By which revision of a product's specification a batch is judged, and the tests that it asks for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from contracts.moments import first_day
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import AppliesTo, SpecificationPurpose
from quality_events import moments
from quality_events.readiness.terms import Dossier
from quality_events.regimes import registered_as


def required(dossier: Dossier, market: str, today: date) -> Mapping[str, bool] | None:
    """The tests that a market asks for, each with whether it is only reported; None where no limits are in force."""
    found = specification_of(dossier, market, today)
    return for_release(found) if found else None


def for_release(specification: Mapping[str, Any]) -> Mapping[str, bool]:
    """The tests of a release, each with whether it is only reported."""
    tests = (each for each in specification["tests"] if each["stage"] == TestStage.release)
    return {each["test"]: each["report_only"] for each in tests}


def specification_of(dossier: Dossier, market: str, today: date) -> Mapping[str, Any] | None:
    """What a market's results have to meet.

    One of the market's own goes before one for every market. Of each the highest revision counts that was in force when
    the batch was made, or applies to all that is open; where none was, the highest in force.
    """
    return max(
        judging(dossier, market, today), key=lambda each: (each["revision"], each["specification_id"]), default=None
    )


def judging(dossier: Dossier, market: str, today: date) -> Sequence[Mapping[str, Any]]:
    """The revisions by which a result of the batch is judged: that of the day of making, and those for all open lots.

    It is the rule by which results are held against them (``judging`` of sample_tracking), with its day: the first that
    the statement of the completion allows, in UTC. Of a batch that was made before the first revision each is as good.
    """
    made = _made_on(dossier) or today
    for name in (*registered_as(market), None):
        if own := [each.said for each in dossier.specifications if _is_for(each.said, name, today)]:
            planned = any(_begins(each) <= made.isoformat() for each in own)
            applying = [each for each in own if _begins(each) <= made.isoformat() or _of_all(each)] if planned else own
            last = max(each["revision"] for each in applying)
            return [each for each in applying if each["revision"] == last] if planned else applying
    return ()


def _made_on(dossier: Dossier) -> date | None:
    at = dossier.batch["completed_at"] or dossier.batch["started_at"]
    return first_day(moments.read(at)) if at else None


def _is_for(said: Mapping[str, Any], market: str | None, today: date) -> bool:
    """Whether it holds for the release to a market on a day."""
    of_release = said.get("purpose", SpecificationPurpose.release) == SpecificationPurpose.release
    return of_release and said["market"] == market and _begins(said) <= today.isoformat()


def _begins(said: Mapping[str, Any]) -> str:
    return said.get("effective_from") or ""


def _of_all(said: Mapping[str, Any]) -> bool:
    return bool(said.get("applies_to") == AppliesTo.all_open_lots)
