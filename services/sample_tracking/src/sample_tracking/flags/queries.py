"""Reads of flags."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col

from directory.names import names_of
from runtime.work import Work
from sample_tracking.flags.model import HOLDS_UP, DataIntegrityFlag
from sample_tracking.flags.schemas import FlagRead
from serving.listing import column, equal
from serving.paging import visible

_REFERENCES: Final = {"laboratory": "laboratory_site_id"}
FILTERS = equal(
    DataIntegrityFlag, "state", "rule", "result_id", "set_id", "lot_id", "material", "test", "laboratory_site_id"
) | {"lot": column(DataIntegrityFlag, "lot_number", about="the lot's number")}


async def show(work: Work, flags: Sequence[DataIntegrityFlag]) -> list[FlagRead]:
    """The flags with the names that the reader may know."""
    names = await names_of(work, flags, _REFERENCES)
    return [FlagRead.model_validate(dict(one) | names.of(one, references=_REFERENCES)) for one in flags]


async def of_sets(work: Work, sets: Collection[UUID]) -> Mapping[UUID, Sequence[DataIntegrityFlag]]:
    """The flags of sets, as far as the reader sees them, oldest first."""
    found: dict[UUID, list[DataIntegrityFlag]] = defaultdict(list)
    of = (
        visible(work, DataIntegrityFlag)
        .where(col(DataIntegrityFlag.set_id).in_(sets))
        .order_by(col(DataIntegrityFlag.id))
    )
    for flag in await work.session.scalars(of):
        found[flag.set_id].append(flag)
    return found


async def speaking_against(work: Work, results: Collection[UUID]) -> Collection[UUID]:
    """Those of the results that have a flag which nobody has answered, or which was confirmed, as far as the reader
    sees it."""
    flagged = col(DataIntegrityFlag.result_id).in_(results), col(DataIntegrityFlag.state).in_(HOLDS_UP)
    of = visible(work, DataIntegrityFlag).where(*flagged).with_only_columns(col(DataIntegrityFlag.result_id))
    return {*(await work.session.scalars(of)).all()}
