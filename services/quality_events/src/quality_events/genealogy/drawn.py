"""What went out of a batch, by all that was told: by hand it is refused to be more than was made, reports are kept."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from uuid import UUID

from contracts import Quantity
from quality_events.genealogy.model import exactly
from runtime.work import Work

_DRAWN = "SELECT id, made, made_unit, quantity, unit FROM batch_drawn($1::uuid[])"


def is_overdrawn(made: Quantity, drawn: Iterable[Quantity]) -> bool:
    """Whether more went out than was made. What does not convert to the unit in which it was made is not compared."""
    comparable = (exactly(each, made.unit) for each in drawn)
    return sum(filter(None, comparable), Fraction(0)) > Fraction(made.value)


async def overdrawn_of(work: Work, batch_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those batches of which more went out than was made."""
    made: dict[UUID, Quantity] = {}
    drawn: defaultdict[UUID, list[Quantity]] = defaultdict(list)
    for id, value, of_made, quantity, unit in await work.connection.fetch(_DRAWN, list(batch_ids)):
        made[id] = Quantity(value=value, unit=of_made)
        drawn[id].append(Quantity(value=quantity, unit=unit))
    return frozenset(id for id, all_of_it in made.items() if is_overdrawn(all_of_it, drawn[id]))
