"""Whether ranges lie within each other: pure rules (ICH Q8(R2), glossary: proven acceptable range, design space).

A bound that is None is none: a parameter may be limited on one side only. Bounds are themselves allowed.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from runtime.problems import RuleViolated

NORMAL, PROVEN, DESIGN = "normal", "proven", "design"
_CALLED: Final = {NORMAL: "normal operating range", PROVEN: "proven acceptable range", DESIGN: "design space"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where to where."""

    lower: Decimal | None = None
    upper: Decimal | None = None

    @property
    def given(self) -> bool:
        """Whether it is bounded at all."""
        return self.lower is not None or self.upper is not None


def refuse_crossed(bounds: Bounds, what: str = "") -> None:
    """Raise RuleViolated for a range that begins behind its end. ``what`` begins the names of its fields."""
    if bounds.lower is not None and bounds.upper is not None and bounds.lower > bounds.upper:
        names = [f"{what}lower", f"{what}upper"]
        why = f"{names[0]}: {bounds.lower} is more than {names[1]}, which is {bounds.upper}: exchange them"
        raise RuleViolated(why, fields=names)


def refuse_misfit(set_point: Decimal, normal: Bounds, proven: Bounds, design: Bounds) -> None:
    """Raise RuleViolated, which names the wrong bound, unless the set point lies in the normal operating range, that in
    the proven acceptable range, and that in the design space, where there is one."""
    ranges = {NORMAL: normal, PROVEN: proven, DESIGN: design}
    for name, bounds in ranges.items():
        if name != DESIGN and not bounds.given:
            names = [f"{name}_lower", f"{name}_upper"]
            why = f"{' and '.join(names)}: give at least one bound of the {_CALLED[name]}"
            raise RuleViolated(why, fields=names)
        refuse_crossed(bounds, f"{name}_")
    _refuse_outside("set_point", Bounds(set_point, set_point), NORMAL, normal, "set_point")
    _refuse_outside(_CALLED[NORMAL], normal, PROVEN, proven, NORMAL)
    if design.given:
        _refuse_outside(_CALLED[PROVEN], proven, DESIGN, design, PROVEN)


def _refuse_outside(called: str, inner: Bounds, outer_name: str, outer: Bounds, field: str) -> None:
    for side, from_there in (("lower", "below"), ("upper", "above")):
        own, limit = getattr(inner, side), getattr(outer, side)
        if limit is None or (own is not None and (own >= limit if side == "lower" else own <= limit)):
            continue
        name = field if field == "set_point" else f"{field}_{side}"
        given = "no bound" if own is None else str(own)
        fitting = "at least" if side == "lower" else "at most"
        why = f"{name}: {given} lets the {called} go {from_there} the {_CALLED[outer_name]}: {fitting} {limit} is right"
        raise RuleViolated(why, fields=[name, f"{outer_name}_{side}"])
