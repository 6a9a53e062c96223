"""Who made a lot whose site was sold: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sample_tracking.results.applying import day_after


@dataclass(frozen=True, slots=True)
class Sale:
    """A site passed to another owner, by sale or by law."""

    from_partner_id: UUID
    partner_id: UUID
    effective_on: date
    """The first local day of the site on which it was the new owner's."""
    effective_at: datetime
    """When that day began there."""

    def is_after(self, ended: str) -> bool:
        """Whether a making that ended at a moment was over for certain. A month has ended with its last day."""
        if "T" in ended:
            return datetime.fromisoformat(ended) < self.effective_at
        return day_after(ended) <= self.effective_on


def maker_of(named: UUID, ended: str | None, sales: Sequence[Sale]) -> UUID:
    """The owner of the site when the making of a lot ended; while it has not, whoever owns it now makes it on.

    ``named`` is whom the lot's last fact names. It stands where no sale that is known here is one by or to that: the
    fact knows of a sale that is still to come here.
    """
    owners = [each.from_partner_id for each in sales[:1]] + [each.partner_id for each in sales]
    if named not in owners:
        return named
    before = [each for each in sales if ended is None or not each.is_after(ended)]
    return owners[len(before)]
