"""How a result stands to each market's limits, beside the gravest verdict, which stands for all."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from contracts.sample_tracking import Evaluation, MarketEvaluation
from contracts.unit_limits import FoundInUnits
from gxp.evaluation import Verdict

Evaluations = tuple[MarketEvaluation, ...]
_STORED: Final = TypeAdapter(Evaluations)


def of_markets(verdicts: Iterable[Verdict]) -> Evaluations:
    """The verdicts as they are told and kept."""
    return tuple(
        _evaluation(each.specification_id, each.market, each.evaluation, each.rounded, each.found)
        for each in verdicts
        if each.specification_id
    )


def as_json(evaluations: Evaluations) -> str:
    """What the column keeps: the same as the facts tell, so that the database can hold one against the other."""
    return ",".join(map(_json, evaluations)).join("[]")


def as_stored(evaluations: Evaluations) -> list[dict[str, Any]]:
    """The same, for a record of the session."""
    return [each.model_dump(mode="json") for each in evaluations]


def as_kept(stored: list[Any] | None) -> Evaluations:
    """What a record keeps; nothing where no limit applied."""
    return _STORED.validate_python(stored or ())


def markets_missed(evaluations: Iterable[MarketEvaluation]) -> tuple[str, ...]:
    """Whose limits the result lies outside; none is named where it misses those of every market."""
    missed = {each.market for each in evaluations if each.verdict is Evaluation.out_of_specification}
    return () if None in missed else tuple(sorted(market for market in missed if market))


def is_pending(evaluations: Iterable[MarketEvaluation]) -> bool:
    """Whether by one of them it waits for a further stage of its test."""
    return any(each.found and each.found.pending for each in evaluations)


def is_flagged(evaluations: Iterable[MarketEvaluation]) -> bool:
    """Whether one determination lies outside bounds that the value meets (FDA OOS guidance, 2022)."""
    return any(each.found and each.found.outside and each.verdict is Evaluation.passed for each in evaluations)


def contradicted(evaluations: Iterable[MarketEvaluation]) -> FoundInUnits | None:
    """What its units give by the first of the limits by which the value that was reported is another one."""
    found = (each.found for each in evaluations)
    return next((each for each in found if each and each.contradicted is not None), None)


def methods_of(verdicts: Iterable[Verdict]) -> list[str]:
    """The methods that the limits name by which these are."""
    return sorted({each.limit.method for each in verdicts if each.limit and each.limit.method})


# Of a batch's results many are judged alike, by the same specification: each verdict is put into words once.
@lru_cache(maxsize=4096)
def _evaluation(
    id: UUID, market: str | None, verdict: Evaluation, rounded: Decimal | None, found: FoundInUnits | None
) -> MarketEvaluation:
    return MarketEvaluation(specification_id=id, market=market, verdict=verdict, rounded=rounded, found=found)


@lru_cache(maxsize=4096)
def _json(evaluation: MarketEvaluation) -> str:
    return evaluation.model_dump_json()
