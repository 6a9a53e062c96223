"""Whether a protocol asks all that the critical quality attributes of its transfer ask."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from sqlmodel import col, select

from gxp.units import converted
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.cqas.model import Cqa
from tech_transfer.process_readings.rules import plain
from tech_transfer.qbd.terms import CqaCriticality, DesignState
from tech_transfer.transfer_batches.schemas import AttributeLimits, KeptLimits
from tech_transfer.transfers.model import Transfer

_RANK: Final = [CqaCriticality.minor, CqaCriticality.major, CqaCriticality.critical]


def departing(limits: Sequence[AttributeLimits], attributes: Iterable[Cqa]) -> dict[str, str]:
    """By the code of each attribute of which a protocol asks less than the attribute does: what it lacks, in words.

    A protocol names an attribute by its code or its name, however these are spaced.
    """
    found = dict[str, str]()
    for each in attributes:
        own = [one for one in limits if _is_of([one.attribute], each)]
        lacks = [why for one in own if (why := _laxer(one, each))] if own else ["the protocol has no limits for it"]
        if lacks:
            found[each.code] = f"{each.code} ({each.name}): {'; '.join(lacks)}"
    return found


def called(names: Sequence[str], attributes: Iterable[Cqa]) -> list[str]:
    """What is called by some names, by all that it is called: these first, then code and name of its attribute."""
    own = [one for each in attributes if _is_of(names, each) for one in (each.code, each.name)]
    found = dict[str, str]()
    for each in (*names, *own):
        found.setdefault(plain(each), each)
    return [*found.values()]


def kept(limits: Iterable[AttributeLimits], attributes: Sequence[Cqa]) -> list[KeptLimits]:
    """Limits with what else the tests of their results are called; what was known of that before stays."""
    return [
        KeptLimits.model_validate(each.model_dump() | {"also_called": called(each.names, attributes)[1:]})
        for each in limits
    ]


def _is_of(names: Iterable[str], attribute: Cqa) -> bool:
    return not {plain(attribute.code), plain(attribute.name)}.isdisjoint(map(plain, names))


def _laxer(limits: AttributeLimits, attribute: Cqa) -> str | None:
    """What limits do not ask that an attribute asks; nobody can say that of what it asks in words."""
    if _RANK.index(CqaCriticality(limits.criticality)) < _RANK.index(attribute.criticality):
        return f"it is {attribute.criticality}, and not {limits.criticality}"
    if attribute.requirement is not None:
        return None
    if limits.text is not None:
        return "it has bounds, for which no text stands"
    if converted(Decimal(1), limits.unit, attribute.unit) is None:
        return f"{limits.unit} cannot be compared with {attribute.unit}"
    lower, upper = (
        None if each is None else converted(each, limits.unit, attribute.unit) for each in (limits.lower, limits.upper)
    )
    below = attribute.lower is not None and (lower is None or lower < attribute.lower)
    above = attribute.upper is not None and (upper is None or upper > attribute.upper)
    ends = [f"{word} {end}" for word, end in (("from", attribute.lower), ("to", attribute.upper)) if end is not None]
    asks = " ".join(ends)
    return f"it asks {asks} {attribute.unit}, and the protocol's limits reach beyond that" if below or above else None


async def in_force(work: Work, transfer: Transfer) -> Sequence[Cqa]:
    """The attributes of a transfer that count."""
    found = select(Cqa).where(Cqa.transfer_id == transfer.id, Cqa.state == DesignState.in_force)
    return (await work.session.scalars(found.order_by(col(Cqa.id)))).all()


async def refuse_departing(
    work: Work, transfer: Transfer, limits: Sequence[AttributeLimits], field: str = "limits"
) -> None:
    """Raise RuleViolated where a protocol asks less of an attribute of the transfer than that does."""
    if lacks := departing(limits, await in_force(work, transfer)):
        why = f"each quality attribute of {transfer.number} has limits within its own, under its code or its name"
        raise RuleViolated(f"{field}: {'; '.join(lacks.values())}: {why}", fields=[field], missing=[*lacks])
