"""What a buyer may state of stages that its seller began, and whose a stage is for a release."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from contracts import Moment
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.stages import BatchStage, Stage
from quality_events.batches.takeovers import refuse_former, take_over
from runtime.problems import RuleViolated
from tests.dossiers import LOT, WORLD, batch, found, told, usual
from tests.releasing import qualified

AT, ZONE = datetime(2018, 11, 24, 23, tzinfo=UTC), "Europe/Vienna"
BUYER = uuid4()


def stage(started: str, ended: str | None = None, **more: Any) -> Stage:
    def read(text: str) -> Moment:
        return moments.read(text)

    return Stage(
        step="compression", site_id=LOT.site_id, started_at=read(started), ended_at=ended and read(ended), **more
    )


@pytest.mark.parametrize(
    ("began", "ended", "now", "refused"),
    [
        ("2018-11-20", "2018-11-22", stage("2018-11-20", "2018-11-23"), True),
        ("2018-11-20", None, stage("2018-11-20", "2018-11-28"), False),
        ("2018-11-20", None, stage("2018-11-21", "2018-11-28"), True),
        ("2018-11-20", None, stage("2018-11-20", "2018-11-28", equipment=("P-2",)), True),
        ("2018-11-24T22:59:00Z", "2018-11-26", stage("2018-11-25"), True),
        ("2018-11-24T23:00:00Z", "2018-11-26", stage("2018-11-24"), False),
        ("2018-11-24", "2018-11-26", stage("2018-11-25"), True),
        ("2018-11-25", "2018-11-26", stage("2018-11-24"), False),
    ],
)
def test_a_stage_of_the_seller_is_but_ended(began: str, ended: str | None, now: Stage, refused: bool) -> None:
    one = Batch.announce(LOT)
    known = BatchStage.state(one.id, stage(began, ended), None, "ana")
    refuse_former(one, known, now, ZONE)
    take_over(one, BUYER, AT)
    assert (one.partner_id, one.parties) == (BUYER, [LOT.partner_id, BUYER])
    if refused:
        with pytest.raises(RuleViolated, match="stays as it was stated"):
            refuse_former(one, known, now, ZONE)
    else:
        refuse_former(one, known, now, ZONE)


def test_each_answers_for_its_own_stages() -> None:
    site = str(WORLD.site)
    made = [("granulation", "2018-11-05", "2018-11-08"), ("coating", "2018-11-29", "2018-12-01")]
    stages = [{"step": step, "site_id": site, "started_at": begun, "ended_at": ended} for step, begun, ended in made]
    whose = {"partner_id": str(BUYER), "parties": [str(WORLD.maker), str(BUYER)], "taken_over_at": AT.isoformat()}
    known = told(*usual(), qualified(WORLD, WORLD.site, "packaging"))
    sites = [each | {"partner_id": str(BUYER)} for each in found(known)["sites"] if each["id"] == site]
    dossier = batch(known, stages=stages, sites=sites, **whose)
    assert [each.partner_id for each in dossier.done] == [WORLD.maker, BUYER]
