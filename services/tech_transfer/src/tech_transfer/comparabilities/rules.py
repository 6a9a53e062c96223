"""When lots of two sites are comparable: pure rules. Three or more lots against ten of the other site's past."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from runtime.problems import RuleViolated
from tech_transfer.comparabilities.schemas import ComparabilityState
from tech_transfer.statistics import tolerance
from tech_transfer.statistics.equivalence import Bounds, NotAssessed, compare_two

HISTORY: Final = 10
SPREADS: Final = 1.5
"""How many standard deviations of the past lots the means may differ by."""
_WRITTEN: Final = Context(prec=12)


@dataclass(frozen=True, slots=True)
class Found:
    """What a comparison says."""

    state: ComparabilityState
    limit: Decimal | None
    difference: Decimal | None = None
    ci90: tuple[Decimal, ...] = ()
    not_assessed: str | None = None


def compared(
    history: Sequence[Decimal], receiving: Sequence[Decimal], limit: Decimal | None, justification: str | None
) -> Found:
    """Whether the 90 % interval of the difference of means lies strictly within the limit.

    Raises RuleViolated where another limit, or fewer historical lots than ten, are not justified.
    """
    if justification is None and (limit is not None or len(history) < HISTORY):
        what = (
            "limit: another one than 1.5 s of the past" if limit is not None else f"history: fewer than {HISTORY} lots"
        )
        raise RuleViolated(f"{what} takes a justification", fields=["justification"])
    spread = tolerance.mean_and_sd(history)[1] if len(history) > 1 else 0.0
    allowed = limit if limit is not None else _written(SPREADS * spread)
    if not allowed:
        why = "the historical lots do not vary, so that no limit follows: state and justify one"
        return Found(ComparabilityState.not_assessed, None, not_assessed=why)
    found = compare_two(history, receiving, Bounds.around_zero(allowed))
    if isinstance(found, NotAssessed):
        return Found(ComparabilityState.not_assessed, allowed, not_assessed=found.why)
    state = ComparabilityState.equivalent if found.equivalent else ComparabilityState.not_equivalent
    low, high = found.found.ci90
    return Found(state, allowed, _written(found.found.difference), (_written(low), _written(high)))


def _written(number: float) -> Decimal:
    return _WRITTEN.create_decimal_from_float(number)
