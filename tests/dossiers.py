"""A batch as readiness sees it, from facts and without a database."""

from datetime import date
from typing import Any

from contracts import Fact
from quality_events.copies.known import row_of
from quality_events.readiness.conditions import judge
from quality_events.readiness.dossier import assembled
from quality_events.readiness.terms import Condition, Dossier
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.releasing import qualified, recorded, registered, results_of, specified
from tests.world import World, site_registered

TODAY = date(2026, 5, 4)
WORLD = World()
LOT = WORLD.lot()


def told(*facts: Fact) -> list[dict[str, Any]]:
    """The facts as they are kept, in the order in which they were told."""
    kept = [row_of(recorded(fact, at, str(_key(fact)))) for at, fact in enumerate(facts)]
    return [{**row, "about": str(row["about"])} for row in kept]


def _key(fact: Any) -> Any:
    names = (
        *(
            "flag_id",
            "qualification_id",
            "registration_id",
            "specification_id",
            "qp_capacity_id",
            "mutual_recognition_id",
            "result_id",
            "lot",
            "site_id",
        ),
        "product_id",
    )
    return next(getattr(fact, name) for name in names if hasattr(fact, name))


def usual() -> list[Fact]:
    """What is told of a batch whose sites, product and tests are in order."""
    sites = [site_registered(WORLD.site, WORLD.maker), site_registered(WORLD.laboratory_site, WORLD.laboratory)]
    works = [qualified(WORLD, WORLD.site, "drug_product"), qualified(WORLD, WORLD.laboratory_site, "testing")]
    return [*sites, *works, registered(WORLD, "AT"), specified(WORLD), *results_of(WORLD, LOT)]


def batch(known: list[dict[str, Any]], **more: Any) -> Dossier:
    """A batch that was made in December 2018, with what is known around it."""
    return assembled(found(known, **more))


def found(known: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The same as the database gives it."""
    sites = [
        {"id": str(WORLD.site), "partner_id": str(WORLD.maker), "time_zone": "Europe/Vienna"},
        {"id": str(WORLD.laboratory_site), "partner_id": str(WORLD.laboratory), "time_zone": "Europe/Vienna"},
    ]
    nothing: dict[str, Any] = dict.fromkeys(
        ("maker_reviewed_at", "sponsor_reviewed_at", "record_received_at", "expiry_date", "yield_percent")
    )
    lists: dict[str, Any] = {
        name: []
        for name in (
            *("deviations", "investigations", "holds", "inputs", "parents", "stages", "dispositions"),
            *("statements", "elsewhere", "aliases", "overdrawn"),
        )
    }
    own = {
        "id": str(LOT.id), "number": LOT.number, "site_id": str(WORLD.site), "partner_id": str(WORLD.maker),
        "state": "under_review", "product_id": str(WORLD.product), "started_at": "2018-11-05",
        "completed_at": "2018-12-03", "record_version": "1.0", "record_complete": True, "reviewed_side": "sponsor",
        "applied_changes": [], "markets": ["AT"], "came_by": [],
    }  # fmt: skip
    return nothing | lists | own | {"sites": sites, "known": known} | more


def condition(dossier: Dossier, name: str, market: str = "AT") -> Condition:
    """One condition."""
    return next(each for each in judge(dossier, market, TODAY) if each.name == name)


def verdict(dossier: Dossier, name: str, market: str = "AT") -> Verdict:
    """How one condition stands."""
    return condition(dossier, name, market).verdict
