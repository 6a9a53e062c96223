"""What no agreement covers, what was cancelled or waived, and who reads it."""

from datetime import date, timedelta
from typing import Any

from contracts import Holder
from contracts.contracting_obligations import ObligationCorrected, ObligationOpened, ObligationWaived
from contracts.quality_events import DeviationAmended, DeviationCancelled, DeviationClassified, QualityEventsBallHeld
from services.contracting.tests.obliging import JUNE, NOTIFY, Accord, Departure, clauses, owed
from tests.world import handled


async def test_nothing_that_no_agreement_covers_is_passed_over(
    bus: Any, known: Any, service: Any, database: Any, maker: Any
) -> None:
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    await handled(bus, database, departure.raised("2026-10-05T10:00Z"))
    listed = {"state": "not_covered", "partner_id": str(known.maker)}
    found = (await service.client.get("/obligations", params=listed)).json()["items"]
    assert {each["clause"] for each in found} == {"notify_deviation", "close_deviation", "acknowledge_deviation"}
    assert {each["why"] for each in found} == {"no agreement names this partner"}
    assert (await maker.get("/obligations", params=listed)).json()["items"] == []
    assert (await maker.get(f"/obligations/{found[0]['id']}")).status_code == 404

    accord = Accord(service, known.maker)
    await accord.takes_effect(date(2026, 10, 6), clauses(**NOTIFY))
    found = await owed(maker, departure)
    assert found["why"] == "no quality agreement was in force for this site and product on 2026-10-05"
    assert not bus.of(ObligationOpened, subject_id=departure.id)
    await accord.ends(date(2026, 10, 31))
    after = Departure(known.maker, known.site, known.product, "2026-11-01T08:00Z")
    await handled(bus, database, after.raised("2026-11-01T10:00Z"))
    assert (await owed(service.client, after))["state"] == "not_covered"


async def test_one_clause_for_one_site_says_so_of_another(bus: Any, known: Any, service: Any, database: Any) -> None:
    (clause,) = clauses(**NOTIFY)
    elsewhere = clause.model_copy(update={"site_ids": [known.laboratory_site]})
    accord = Accord(service, known.maker)
    await accord.takes_effect(JUNE, [elsewhere])
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    await handled(bus, database, departure.raised("2026-10-05T10:00Z"))
    found = await owed(service.client, departure)
    assert found["why"] == f"{accord.number} version 1 has notify_deviation, and not for this site and product"


async def test_a_cancelled_deviation_owes_nothing_and_its_breach_stays_readable(
    bus: Any, known: Any, service: Any, database: Any, maker: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses(**NOTIFY))
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    await handled(bus, database, departure.raised("2026-10-07T10:00Z"))
    await handled(bus, database, departure.said(DeviationCancelled, "2026-10-08T10:00Z", reason="a typing error"))
    void = await owed(maker, departure)
    assert (void["state"], void["why"]) == ("void", "the deviation was cancelled")
    opened_up = (await maker.get(f"/obligations/{void['id']}")).json()
    assert [each["verdict"] for each in opened_up["verdicts"]] == ["breached", "void"]
    (told,) = await bus.told(ObligationCorrected, subject_id=departure.id)
    assert (told.before, told.verdict) == ("breached", "void")


async def test_a_class_raised_afterwards_is_judged_as_it_was_proposed(
    bus: Any, known: Any, service: Any, database: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses(**NOTIFY))
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    raised = departure.said(DeviationClassified, "2026-10-09T10:00Z", classification="critical")
    await handled(bus, database, departure.raised("2026-10-07T10:00Z", "major"), raised)
    found = await owed(service.client, departure)
    assert (found["state"], found["judged_as"]) == ("met", "major")


async def test_a_breach_is_waived_by_the_side_to_which_it_is_owed_and_kept_beside(
    bus: Any, known: Any, service: Any, database: Any, maker: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses("acknowledge_deviation", **NOTIFY))
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    await handled(bus, database, departure.raised("2026-10-07T10:00Z"))
    theirs, ours = await owed(maker, departure), await owed(maker, departure, "acknowledge_deviation")
    why = {"reason": "the sponsor knew by telephone"}
    assert (await maker.post(f"/obligations/{theirs['id']}/waiver", json=why)).status_code == 403
    async with service.as_("sourcing") as sourcing:
        assert (await sourcing.post(f"/obligations/{theirs['id']}/waiver", json=why)).status_code == 403
    assert (await service.client.post(f"/obligations/{ours['id']}/waiver", json=why)).status_code == 403
    assert [each["name"] for each in ours["allowed"]] == ["waive"]
    assert theirs["allowed"] == []
    waived = await service.client.done(f"/obligations/{theirs['id']}/waiver", why)
    assert (waived["state"], waived["verdict"], waived["waived_by"]) == ("waived", "breached", "tester")
    assert waived["signatures"][0]["meaning"] == "it is not held against who owes it"
    assert (await maker.done(f"/obligations/{ours['id']}/waiver", why))["state"] == "waived"
    assert (await owed(maker, departure))["waiver_reason"] == why["reason"]
    late = {"overdue": "true", "subject_id": str(departure.id)}
    assert (await service.client.get("/obligations", params=late)).json()["items"] == [], "nobody waits for it any more"
    assert len(await bus.told(ObligationWaived, 2, subject_id=departure.id)) == 2

    departure.aware = departure.aware + timedelta(days=1, hours=5)
    amended = departure.said(DeviationAmended, "2026-10-20T09:00Z", title="Weight", category="process")
    await handled(bus, database, amended)
    waived = await owed(maker, departure)
    assert (waived["state"], waived["verdict"]) == ("waived", "met")
    (told,) = await bus.told(ObligationCorrected, subject_id=departure.id, clause="notify_deviation")
    assert (told.waived, told.verdict) == (True, "met")


async def test_nobody_but_both_sides_reads_it_and_whose_turn_it_was_stands_beside(
    bus: Any, known: Any, service: Any, database: Any, maker: Any
) -> None:
    await Accord(service, known.maker).takes_effect(JUNE, clauses(**NOTIFY))
    departure = Departure(known.maker, known.site, known.product, "2026-10-05T08:00Z")
    held = QualityEventsBallHeld(
        subject_type="deviation",
        subject_id=departure.id,
        number="DEV-2026-1",
        side=Holder.sponsor,
        awaited_partner_id=None,
        why="reported",
        occurred_at="2026-10-05T10:00Z",
    )
    await handled(bus, database, held, departure.raised("2026-10-05T10:00Z"))
    found = await owed(service.client, departure)
    turns = (await maker.get(f"/obligations/{found['id']}")).json()["turns"]
    assert [(each["side"], each["why"], each["since"]) for each in turns] == [
        ("sponsor", "reported", "2026-10-05T10:00:00Z")
    ]
    async with service.as_("partner_quality", partner_id=known.laboratory) as rival:
        assert await owed(rival, departure) is None
        assert (await rival.get(f"/obligations/{found['id']}")).status_code == 404
        counted = await rival.get("/obligations", params={"count": "true"})
        assert counted.json()["total"] == 0
        why = {"reason": "none of theirs"}
        assert (await rival.post(f"/obligations/{found['id']}/waiver", json=why)).status_code == 404
