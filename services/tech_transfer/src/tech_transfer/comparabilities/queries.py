"""Reads of comparability."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from directory.names import names_of
from runtime.work import Work
from serving.listing import equal
from serving.withheld import Withheld
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.comparabilities.schemas import OF_BOTH, ComparabilityRead
from tech_transfer.transfers.shown import REFERENCES

FILTERS = equal(Comparability, "transfer_id", "number", "state", "attribute")


async def show(work: Work, found: Sequence[Comparability]) -> list[ComparabilityRead]:
    """The comparisons with names, each as far as who asks reads it."""
    known, unread = await names_of(work, found, REFERENCES), numbers_read(work.principal.partner_id)
    return [
        ComparabilityRead.model_validate(dict(one) | known.of(one, references=REFERENCES) | unread) for one in found
    ]


def numbers_read(partner_id: UUID | None) -> dict[str, Any]:
    """What a partner reads in place of the numbers that rest on the sending site's lots; the sponsor reads them."""
    return {} if partner_id is None else {"limit": None, "difference": None, "ci90": []}


def withholding(columns: Withheld) -> Withheld:
    """What partners do not read of the past of comparisons."""
    return {table: unread._replace(by_partners=[*unread.by_partners, *OF_BOTH]) for table, unread in columns.items()}
