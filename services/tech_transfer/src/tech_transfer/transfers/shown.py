"""How a record under a transfer is shown."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

from directory.names import names_of
from runtime.work import Work
from serving.shown import Ref, Shown

REFERENCES: Final = {
    "product": "product_id",
    "sending_site": "sending_site_id",
    "sending_partner": "sending_partner_id",
    "receiving_site": "receiving_site_id",
    "receiving_partner": "receiving_partner_id",
}
"""The references of a transfer, and of what belongs to one, each with its column."""


class PartRead(Shown):
    """What is computed of each record under a transfer."""

    product: Ref | None
    sending_site: Ref | None
    sending_partner: Ref | None
    receiving_site: Ref | None
    receiving_partner: Ref | None


R = TypeVar("R", bound=PartRead)


def showing(read: type[R]) -> Callable[[Work, Sequence[Any]], Awaitable[list[R]]]:
    """How records are shown that need no more than names."""

    async def show(work: Work, records: Sequence[Any]) -> list[R]:
        known = await names_of(work, records, REFERENCES)
        return [read.model_validate(dict(one) | known.of(one, references=REFERENCES)) for one in records]

    return show
