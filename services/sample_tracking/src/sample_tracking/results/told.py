"""What a stored result tells others, in the published words."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from contracts.sample_tracking import EvaluatedResult, OosDetected, ResultsReported
from sample_tracking.results.fields import ResultFields
from sample_tracking.results.markets import as_kept, markets_missed

if TYPE_CHECKING:
    from sample_tracking.results.model import Result


def reported(result: "Result") -> ResultsReported:
    """All of it, as it is now."""
    stored = _stored(result, EvaluatedResult) | {"below_quantitation": result.below_quantitation}
    stored |= {"voided": result.voided, "evaluations": result.evaluations or ()}
    stored["evaluated_against"] = result.evaluated_against or ()
    stored["read_as"] = None if result.read_test == result.test else result.read_test
    stored["unjudged"] = result.unjudged or result.pending
    evaluated = EvaluatedResult(result_id=result.id, pending=result.pending, **stored)
    return ResultsReported(lot=result.lot, results=(evaluated,), **_stored(result, ResultsReported))


def oos(result: "Result", now: datetime) -> OosDetected:
    """That it is out of specification, as it was read just now."""
    read: dict[str, Any] = dict(result.interpretation or {})
    more = {"limit": result.applied_limit, "historic": bool(result.is_history), "read_at": now, **read}
    verdicts = (*as_kept(result.evaluations), *as_kept(result.evaluated_against))
    by_limit = (each.found for each in verdicts if each.specification_id == result.specification_id)
    more |= {"markets": markets_missed(verdicts), "found": next(by_limit, None)}
    if "text" in read:
        more["value"] = None
    return OosDetected.of(result, result.occurred_at, **more)


def _stored(result: "Result", part: type[BaseModel]) -> dict[str, Any]:
    return {name: getattr(result, name) for name in part.model_fields if name in ResultFields.model_fields}
