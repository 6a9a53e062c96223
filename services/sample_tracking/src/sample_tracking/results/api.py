"""HTTP words for results."""

from itertools import groupby
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role, Side
from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import Evaluation
from runtime.access import READERS, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from sample_tracking.results import commands, queries
from sample_tracking.results.model import Result, ResultState
from sample_tracking.results.schemas import EnterResult, LotResults, ResultRead, TestOfLot

writing = APIRouter(prefix="/results", tags=["results"], route_class=CommandRoute)
reading = APIRouter(tags=["results"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Side.laboratory(Role.partner_lab), Role.lab)
async def enter(body: EnterResult, work: Command) -> ResultRead:
    """Enter a result by hand. It is evaluated at once; out of specification, it is announced at once."""
    return ResultRead.of(await commands.enter(work, body))


@writing.post("/{result_id}/review")
@allowed(Result.review)
async def review(result_id: UUID, work: Command) -> ResultRead:
    """A second person of the laboratory checked the result."""
    return ResultRead.of(await commands.review(work, result_id))


@writing.post("/{result_id}/approval")
@allowed(Result.approve)
async def approve(result_id: UUID, work: Command) -> ResultRead:
    """The laboratory's quality unit stands by the result."""
    return ResultRead.of(await commands.approve(work, result_id))


@reading.get("/results/{result_id}")
@allowed(*READERS)
async def read(result_id: UUID, work: Reading) -> ResultRead:
    """One result."""
    return ResultRead.of(await work.get(Result, result_id))


@reading.get("/results")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    lot: Annotated[str | None, Query(description="the lot's number")] = None,
    lot_id: Annotated[UUID | None, Query()] = None,
    material: Annotated[str | None, Query()] = None,
    test: Annotated[str | None, Query()] = None,
    evaluation: Annotated[Evaluation | None, Query()] = None,
    state: Annotated[ResultState | None, Query()] = None,
    laboratory_partner_id: Annotated[UUID | None, Query()] = None,
    stage: Annotated[TestStage | None, Query()] = None,
    role: Annotated[ResultRole | None, Query()] = None,
) -> Page[ResultRead]:
    """Results, newest first. Amended ones are among them, with ``superseded_by``."""
    filters = {
        "lot_number": lot,
        "lot_id": lot_id,
        "material": material,
        "test": test,
        "evaluation": evaluation,
        "state": state,
        "laboratory_partner_id": laboratory_partner_id,
        "stage": stage,
        "role": role,
    }
    return await page(work, Result, paging, filters, each(ResultRead.of), queries.visible(work))


@reading.get("/lots/{lot_id}/results")
@allowed(*READERS)
async def of_lot(lot_id: UUID, work: Reading) -> LotResults:
    """Everything found on one lot, test by test: originals, repeats and retests side by side."""
    results = await queries.of_lot(work, lot_id)
    tests = []
    for (test, stage), found in groupby(results, key=lambda result: (result.test, result.stage)):
        side_by_side = TestOfLot(test=test, stage=TestStage(stage))
        for result in found:
            getattr(side_by_side, result.role).append(ResultRead.of(result))
        tests.append(side_by_side)
    first = results[0]
    return LotResults(lot_id=lot_id, lot_number=first.lot_number, material=first.material, items=tests)
