"""Numbers of verdicts as partners read them: pure rules. Twelve digits of a difference and of a ratio of spreads are as
good as the other laboratory's few results themselves: whoever has its own works them out. Of three results that are
told to one decimal also a ratio of two digits is enough for that, so that is the sponsor's alone."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from tech_transfer.method_transfers.criteria import Criterion
from tech_transfer.method_transfers.protocol import criterion_of

_OF_DIFFERENCE: Final = ("difference", "ci90", "limit")
_OF_THE_SPONSOR: Final = ("lots", "precision_ratio", "precision_upper95")


def for_partners(verdicts: Iterable[Mapping[str, Any]], criteria: Iterable[Any]) -> list[dict[str, Any]]:
    """Attributes as they are kept, the difference to the decimals of its limit as the protocol states it, nothing of
    single lots or of the ratio of spreads. They were judged unrounded."""
    rows = {each["attribute"]: each for each in criteria}
    return [_for_partners(each, criterion_of(rows[each["attribute"]])) for each in verdicts]


def _for_partners(row: Mapping[str, Any], criterion: Criterion) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in _OF_THE_SPONSOR}
    if row.get("limit"):
        places = _places(criterion, Decimal(row["limit"][1]))
        said |= {name: _rounded(row[name], places) for name in _OF_DIFFERENCE}
    return said


def _places(criterion: Criterion, limit: Decimal) -> int:
    """Of a limit that is only relative there are none as stated: two digits of what it came to."""
    stated = criterion.ratio or [each.absolute for each in criterion.bands if each.absolute]
    return max(map(_stated, stated)) if stated else max(0, 1 - limit.adjusted())


def _stated(limit: Decimal) -> int:
    """The decimals of a stated limit; zeros after its first two digits are none, for they ask for nothing."""
    needed = max(_decimals(limit.normalize()), 1 - limit.adjusted())
    return max(0, min(_decimals(limit), needed))


def _decimals(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _rounded(told: Any, places: int) -> Any:
    if isinstance(told, list | tuple):
        return [_rounded(each, places) for each in told]
    return None if told is None else str(Decimal(told).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
