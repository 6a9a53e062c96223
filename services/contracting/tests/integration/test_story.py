"""An agreement from its draft to its end, by both sides and the clock."""

from datetime import date
from typing import Any
from uuid import UUID

from contracts import contracting as facts
from services.contracting.tests.agreeing import DEVIATIONS, REASON, from_noon, in_days, noon_of


@from_noon
async def test_from_a_draft_to_an_end(agreeing: Any, service: Any, bus: Any, known: Any) -> None:
    version = await agreeing.proposed(notice_days=90)
    assert (version["state"], version["version_number"], version["waiting_for"]["side"]) == ("in_review", 1, "both")
    assert {each["rule"] for each in version["missing"]} == {
        *(f"{s}_{d}" for s in ("sponsor", "partner") for d in ("agreed", "signed")),
        "matrix",
    }
    version = await agreeing.signed(version)
    assert (version["state"], version["waiting_for"], version["missing"]) == ("signed", None, [])
    assert [each["holds"] for each in version["signatures"]] == [True, True]
    await agreeing.tick(version["agreement_id"])
    id = UUID(version["agreement_id"])
    path = f"/agreements/{id}"
    agreement = (await service.client.get(path)).json()
    assert (agreement["state"], agreement["current_version"], agreement["review_due_on"] > in_days(360)) == (
        "effective",
        1,
        True,
    )
    (effective,) = await bus.told(facts.AgreementEffective, agreement_id=id)
    assert [(each.code, each.amounts) for each in effective.clauses] == [("notify_deviation", DEVIATIONS["amounts"])]
    assert effective.site_ids == (known.site,)

    longer = DEVIATIONS | {"amounts": {"critical": 48, "major": 72}}
    second = await agreeing.amended(str(id), 1, effective_from=in_days(30), clauses=[longer], notice_days=90)
    assert (second["version_number"], second["changed_clauses"]) == (2, ["notify_deviation"])
    await agreeing.signed(second)
    await agreeing.tick(str(id))
    assert (await service.client.get(path)).json()["current_version"] == 1, "its day is to come"
    with noon_of(in_days(31)):
        await agreeing.tick(str(id))
        versions = (await service.client.get(path)).json()["versions"]
    assert [each["state"] for each in versions] == ["superseded", "effective"]
    assert versions[0]["effective_to"] == in_days(29)
    (superseded,) = await bus.told(facts.AgreementSuperseded, agreement_id=id)
    assert (superseded.version_number, superseded.superseded_by) == (1, 2)

    with noon_of(in_days(40)):
        async with service.as_("partner_commercial", partner_id=known.maker) as partner:
            noticed = await partner.done(f"{path}/notice", REASON)
        assert (noticed["state"], noticed["ends_on"], noticed["notice_by"]) == ("in_notice", in_days(130), "partner")
    with noon_of(in_days(130)):
        await agreeing.tick(str(id))
        assert (await service.client.get(path)).json()["state"] == "in_notice", "its last day still counts"
    with noon_of(in_days(131)):
        await agreeing.tick(str(id))
        ended = (await service.client.get(path)).json()
    assert (ended["state"], ended["ended_on"]) == ("terminated", in_days(130))
    assert ended["versions"][1]["effective_to"] == in_days(130)
    (terminated,) = await bus.told(facts.AgreementTerminated, agreement_id=id)
    assert (terminated.ending, terminated.ended_on) == ("notice", date.fromisoformat(in_days(130)))
    assert "confidentiality" in terminated.surviving
    told = [type(each.fact).__name__ for each in bus.heard if getattr(each.fact, "agreement_id", None) == id]
    assert told == [
        *("AgreementProposed", "AgreementAgreed", "AgreementSigned", "AgreementEffective"),
        *("AgreementProposed", "AgreementAgreed", "AgreementSigned", "AgreementSuperseded", "AgreementEffective"),
        *("AgreementNoticeGiven", "AgreementTerminated"),
    ]
