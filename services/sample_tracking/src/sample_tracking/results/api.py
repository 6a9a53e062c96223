"""HTTP words for results."""

from itertools import groupby
from uuid import UUID

from fastapi import APIRouter

from contracts import Role, Side
from contracts.partner_feeds import ResultRole, TestStage
from runtime.access import READERS, allowed
from runtime.bodies import Country, Reason
from runtime.routes import Query, QueryRoute
from sample_tracking.results import commands, queries
from sample_tracking.results.model import Result
from sample_tracking.results.schemas import (
    AmendResult,
    AssignResult,
    EnterResult,
    InterpretResult,
    LotResults,
    ResultRead,
    TestOfLot,
)
from sample_tracking.sets import commands as sets
from serving.actions import Actions
from serving.listing import Filter, column, days, equal, whether
from serving.paging import Part

results = Actions("results", Result, ResultRead, queries.show, loads={"in_force": queries.in_force})
results.create(commands.enter, EnterResult, Side.laboratory(Role.partner_lab), Role.lab)
results.post("return", Result.send_back, Reason, sets.send_back_one)
results.post("amendment", Result.amend, AmendResult, commands.amend)
results.post("assignment", Result.assign, AssignResult)
results.post("interpretation", Result.interpret, InterpretResult, commands.interpret)
results.post("exemption", Result.exempt, Reason)
results.get()
results.list(
    equal(
        Result,
        *(
            "lot_id",
            "set_id",
            "order_id",
            "material",
            "test",
            "evaluation",
            "state",
            "laboratory_partner_id",
            "stage",
            "role",
        ),
    )
    | equal(Result, owner=str)
    | {"unjudged": whether(lambda _: queries.UNJUDGED, "a specification is there and it could not be judged")}
    | {"pending": whether(queries.waiting, "a stage of its test asks for the units of a further one")}
    | {"determination_outside": whether(queries.outside_beside, "one determination misses what the value meets")}
    | {"value_contradicted": whether(queries.of_other_units, "its determinations give another value")}
    | {"out_of_trend": whether(queries.out_of_trend_now, "it lies outside of what those before it let expect")}
    | {"reportable": Filter(queries.Reportability, queries.reportable_as, "its laboratory was entitled for the method")}
    | {
        "oos_in": Filter(Country, queries.oos_in, "outside the limits of this market, or of every market"),
        "passed_in": Filter(Country, queries.passed_in, "within all limits of this market and of every market"),
    }
    | {"lot": column(Result, "lot_number", about="the lot's number")}
    | days(queries.DAY, "determined"),
    "Results, newest first. Amended ones are among them, with `superseded_by`. A month counts as its first day.",
)
lots = APIRouter(tags=["results"], route_class=QueryRoute)


@lots.get("/lots/{lot_id}/results")
@allowed(*READERS)
async def of_lot(lot_id: UUID, work: Query, part: Part) -> LotResults:
    """Everything found on one lot, test by test: originals, repeats and retests side by side. A test is on one page."""
    found, more = await queries.of_lot(work, lot_id, part)
    tests = []
    shown = await results.shown(work, found)
    for (test, stage), of_test in groupby(shown, key=lambda result: (result.test, result.stage)):
        side_by_side: dict[str, list[ResultRead]] = {role: [] for role in ResultRole}
        for result in of_test:
            side_by_side[result.role].append(result)
        tests.append(TestOfLot(test=test, stage=TestStage(stage), **side_by_side))
    first = found[0]
    return LotResults(lot_id=lot_id, lot_number=first.lot_number, material=first.material, items=tests, next=more)
