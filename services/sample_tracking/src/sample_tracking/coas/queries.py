"""Reads of certificates of analysis."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from directory.names import names_of
from runtime.work import Work
from sample_tracking.coas.contents import Entries, changed, investigation, left_out
from sample_tracking.coas.model import LIVE, MANUFACTURER, Coa
from sample_tracking.coas.printed import finding
from sample_tracking.coas.schemas import CoaAbout, CoaRead, CoaResult
from sample_tracking.flags.queries import speaking_against
from sample_tracking.results.model import Result
from serving.listing import column, days, equal
from serving.paging import visible

_REFERENCES: Final = {"site": "site_id", "partner": "partner_id"}
_FOUND: Final = text("SELECT * FROM found_in_the_lot(:certificate)")
FILTERS = (
    equal(Coa, "number", "state", "lot_id", "material", "market", "specification_id")
    | {"lot": column(Coa, "lot_number", about="the lot's number")}
    | days(Coa.issued_at, "issued")
)


async def show(work: Work, coas: Sequence[Coa]) -> list[CoaRead]:
    """The certificates with the names that the reader may know, and what of them has changed by what it may see."""
    names, found = await names_of(work, coas, _REFERENCES), await _found(work, coas)
    flagged = await speaking_against(work, {UUID(entry["result_id"]) for one in coas for entry in one.results})
    return [
        CoaRead.model_validate(
            dict(one)
            | names.of(one, references=_REFERENCES)
            | _about(one)
            | _now(work, one, found)
            | {"flagged": None if work.principal.partner_id else tests_of(one.results, flagged)}
            | _said(one, {str(each.id): each for each in found.get(one.lot_id, ())})
        )
        for one in coas
    ]


def tests_of(entries: Entries, results: Collection[UUID]) -> list[str]:
    """The tests of the entries that show one of these results."""
    return sorted({str(entry["test"]) for entry in entries if UUID(entry["result_id"]) in results})


async def found_in_the_lot(work: Work, coa: Coa) -> Sequence[Result]:
    """All results of its lot with those that they amend, also what its issuer may not read."""
    statement = select(Result).from_statement(_FOUND.bindparams(certificate=coa.id))
    with work.session.no_autoflush:
        return (await work.session.scalars(statement, execution_options={"populate_existing": True})).all()


def _about(coa: Coa) -> dict[str, Any]:
    about = CoaAbout.model_validate(coa.about) if coa.about else None
    return {"product_name": about and about.product.name, "manufacturer": about and str(about.maker)}


def _said(coa: Coa, found: Mapping[str, Result]) -> dict[str, Any]:
    """Its results, with how the investigations of those that fail stand, and the same in short."""
    by_id = found if coa.state in LIVE else {}
    kept = [entry | {"investigation": investigation(entry, by_id.get(entry["result_id"]))} for entry in coa.results]
    results = [CoaResult.model_validate(entry) for entry in kept]
    return {"results": results, "findings": [finding(each) for each in results]}


def _now(work: Work, coa: Coa, found: Mapping[UUID, Sequence[Result]]) -> dict[str, Any]:
    """What of it is not true any more and, for the sponsor alone, how many results it leaves out as invalid."""
    if coa.state not in LIVE:
        return {"changed": [], "found_invalid": None}
    of_lot, by_the_sponsor = found[coa.lot_id], work.principal.partner_id is None
    maker = [] if coa.names_its_maker else [MANUFACTURER]
    return {
        "changed": [*changed(coa.results, coa.specification_id, of_lot), *maker],
        "found_invalid": len(left_out(coa.results, of_lot)) if by_the_sponsor else None,
    }


async def _found(work: Work, coas: Sequence[Coa]) -> Mapping[UUID, Sequence[Result]]:
    """The results of the lots of those that are to be true, as far as the reader may see them."""
    lots, found = {one.lot_id for one in coas if one.state in LIVE}, defaultdict[UUID, list[Result]](list)
    if lots:
        of_lots = visible(work, Result).where(col(Result.lot_id).in_(lots))
        with work.session.no_autoflush:
            for one in await work.session.scalars(of_lots):
                found[one.lot_id].append(one)
    return found
