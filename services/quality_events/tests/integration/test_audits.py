"""Audits over HTTP: planned, confirmed by the site, reported under a signature, and answered until all is closed."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from contracts import clock
from contracts.audits import (
    AuditCompleted,
    AuditPostponed,
    AuditScheduled,
    FindingClosed,
    FindingOverdue,
    FindingRaised,
    FindingResponded,
    FindingResponseRejected,
)
from gxp import calendars
from quality_events.findings.model import AuditFinding
from runtime.deadlines import overdue_timer

BERLIN = ZoneInfo("Europe/Berlin")
"""Where the site of ``known`` is; its country is Austria."""
TODAY = datetime.now(UTC).date()
YESTERDAY = str(TODAY - timedelta(1))
TEAM = [{"name": "Mira Vidmar", "function": "lead auditor", "subject": "tom", "independent": True}]
FOUND: dict[str, Any] = {
    "classification": "major",
    "area": "data_integrity",
    "clause": "EU GMP 4.8",
    "evidence": "entries of two days were made on the third",
}
REPORT: dict[str, Any] = {"outcome": "acceptable_with_findings", "report": "0b" * 32}
ANSWER = {"actions": [{"cause": "no terminal", "action": "terminals", "due_on": "2099-01-31"}]}
SEEN = {"evidence_seen": "photographs of the terminals", "all_due_on": "2099-01-31"}


def site_quality(service: Any, world: Any) -> Any:
    return service.as_("partner_quality", partner_id=world.maker, subject="ana")


def auditor(service: Any, subject: str = "mira") -> Any:
    return service.as_("auditor", subject=subject)


async def plan(service: Any, world: Any, **more: Any) -> Any:
    body = {"site_id": str(world.site), "kind": "for_cause", "scope": "tablets", "planned_on": YESTERDAY, "team": TEAM}
    return await service.client.done("/audits", body | more)


async def conducted(service: Any, world: Any) -> str:
    """The path of an audit that took place."""
    path = f"/audits/{(await plan(service, world))['id']}"
    async with site_quality(service, world) as site:
        await site.done(f"{path}/confirmation")
    async with auditor(service, "tom") as lead:
        await lead.done(f"{path}/conduct", {"conducted_on": YESTERDAY})
    return path


async def reported(service: Any, world: Any, *classes: str) -> tuple[str, list[str]]:
    """The paths of an audit with its report, and of the findings."""
    path = await conducted(service, world)
    findings = [FOUND | {"classification": each} for each in classes]
    async with auditor(service) as second:
        await second.done(f"{path}/report", REPORT | {"findings": findings})
    listed = await service.client.get("/audit-findings", params={"audit_id": path.rpartition("/")[2], "sort": "id"})
    return path, [f"/audit-findings/{each['id']}" for each in listed.json()["items"]]


async def test_from_a_plan_to_the_last_finding(bus: Any, known: Any, service: Any, printed: Any) -> None:
    audit = await plan(service, known)
    path, id = f"/audits/{audit['id']}", UUID(audit["id"])
    assert (audit["waiting_for"]["side"], audit["first_planned_on"]) == ("partner", YESTERDAY)
    later = {"planned_on": str(TODAY), "reason": "an inspection that day"}
    async with auditor(service) as mira:
        postponed = await mira.done(f"{path}/postponement", later)
    assert (postponed["planned_on"], postponed["first_planned_on"]) == (str(TODAY), YESTERDAY)
    async with site_quality(service, known) as site:
        seen = (await site.get(path)).json()
        assert [each["name"] for each in seen["allowed"]] == ["confirm"], "what is planned is the site's to confirm"
        assert (await site.done(f"{path}/confirmation"))["confirmed_by"] == "ana"
    async with auditor(service, "tom") as tom:
        assert (await tom.done(f"{path}/conduct", {"conducted_on": str(TODAY)}))["report_due_at"]
        refused = await tom.post(f"{path}/report", json=REPORT | {"findings": [FOUND]})
    assert (refused.status_code, refused.json()["fields"]) == (403, ["conducted_by"])
    async with auditor(service) as mira:
        ended = await mira.done(f"{path}/report", REPORT | {"findings": [FOUND, FOUND]})
    assert (ended["state"], ended["signatures"][0]["meaning"]) == ("reported", "this is the report of the audit")

    raised = await bus.told(FindingRaised, 2, audit_id=id)
    for count, finding in enumerate(raised, 1):
        way = f"/audit-findings/{finding.finding_id}"
        async with site_quality(service, known) as site:
            answered = await site.done(f"{way}/response", ANSWER)
            assert (answered["waiting_for"]["side"], answered["audit"]["number"]) == ("sponsor", audit["number"])
            assert (await site.post(f"{way}/acceptance")).status_code == 403
        async with auditor(service) as mira:
            await mira.done(f"{way}/acceptance")
            lacking = await mira.post(f"{way}/verification", json={})
            assert lacking.json()["missing"] == ["evidence_seen", "capa_number or all_due_on"], lacking.text
            assert (await mira.done(f"{way}/verification", SEEN))["state"] == "closed"
        state = (await service.client.get(path)).json()["state"]
        assert state == ("closed" if count == 2 else "reported")
    async with site_quality(service, known) as site:
        paper = " ".join((await printed(site, path)).split())
    assert all(each in paper for each in (*(fact.number for fact in raised), FOUND["clause"], "major", "closed")), paper
    scheduled = await bus.told(AuditScheduled, 2, audit_id=id)
    assert [fact.confirmed for fact in scheduled] == [False, True]
    (moved,) = await bus.told(AuditPostponed, audit_id=id)
    assert (str(moved.before), moved.reason) == (YESTERDAY, "an inspection that day")
    (completed,) = await bus.told(AuditCompleted, audit_id=id)
    assert (completed.outcome, completed.major, completed.critical) == ("acceptable_with_findings", 2, 0)
    assert completed.conducted_on == TODAY
    assert len(await bus.told(FindingResponded, 2, audit_id=id)) == len(await bus.told(FindingClosed, 2, audit_id=id))


async def test_an_answer_is_rejected_twice_and_that_escalates(bus: Any, known: Any, service: Any, printed: Any) -> None:
    audit, (path,) = await reported(service, known, "minor")
    for round in (2, 3):
        async with site_quality(service, known) as site:
            await site.done(f"{path}/response", ANSWER)
            assert (await site.post(f"{path}/rejection", json={"reason": "x"})).status_code == 403
        async with auditor(service) as mira:
            again = await mira.done(f"{path}/rejection", {"reason": "no cause of the night shift"})
        assert (again["state"], again["round"], again["waiting_for"]["side"]) == ("raised", round, "partner")
    assert [each["responded_by"] for each in again["rejections"]] == ["ana", "ana"]
    facts = await bus.told(FindingResponseRejected, 2, finding_id=UUID(again["id"]))
    assert [fact.escalate for fact in facts] == [False, True]
    assert facts[1].due_at < facts[1].first_due_at, "ten days from now come before the thirtieth of the report"
    async with site_quality(service, known) as site, auditor(service) as mira:
        await site.done(f"{path}/response", ANSWER)
        await mira.done(f"{path}/acceptance")
        closed = await mira.done(f"{path}/verification", SEEN)
        paper = "".join((await printed(site, audit)).split())
    action = ANSWER["actions"][0]
    rounds = [f"{number} {action['cause']} {action['action']} {action['due_on']} by ana" for number in (1, 2, 3)]
    became = ["rejected by mira", ": no cause of the night shift", "accepted by mira", "by mira"]
    ended = [
        SEEN["evidence_seen"],
        SEEN["all_due_on"],
        closed["closed_at"][:10],
        f"{closed['due_at'][:10]} {closed['due_at'][11:16]}",
    ]
    lacking = [each for each in (*rounds, *became, *ended) if "".join(each.split()) not in paper]
    assert (lacking, paper.count("".join(became[0].split()))) == ([], 2), paper
    (signature,) = (await service.client.get(audit)).json()["signatures"]
    assert signature["holds"], "that its last finding was closed changes no report"


async def test_a_report_that_was_sent_before_it_is_told_here_has_run_since_then(
    bus: Any, known: Any, service: Any, tick: Any
) -> None:
    body = {"planned_on": str(TODAY - timedelta(50))}
    path = f"/audits/{(await plan(service, known, **body))['id']}"
    async with site_quality(service, known) as site, auditor(service, "tom") as tom:
        await site.done(f"{path}/confirmation")
        await tom.done(f"{path}/conduct", {"conducted_on": body["planned_on"]})
    now = datetime.now(UTC)
    async with auditor(service) as mira:
        for days in (60, -1 / 24):
            wrong = REPORT | {"findings": [FOUND], "sent_at": (now - timedelta(days)).isoformat()}
            assert (await mira.post(f"{path}/report", json=wrong)).status_code == 409
        sent = {"findings": [FOUND], "sent_at": (now - timedelta(40)).isoformat()}
        assert (await mira.done(f"{path}/report", REPORT | sent))["state"] == "reported"
    await tick(overdue_timer(AuditFinding, AuditFinding.fall_overdue))
    (finding,) = await bus.told(FindingOverdue, audit_id=UUID(path.rpartition("/")[2]))
    sent_on = (now - timedelta(40)).astimezone(BERLIN)
    works = calendars.named("AT")
    last = next(day for days in range(30, 40) if works(day := sent_on.date() + timedelta(days)))
    answered_by = datetime.combine(last + timedelta(1), time(), BERLIN)
    assert finding.first_due_at == answered_by, "thirty days of the site's calendar, and the whole of a last one"


async def test_overdue_is_told_once_by_the_first_date(bus: Any, known: Any, service: Any, tick: Any) -> None:
    _, (path,) = await reported(service, known, "major")
    timer = overdue_timer(AuditFinding, AuditFinding.fall_overdue)
    finding = UUID(path.rpartition("/")[2])
    for days in (31, 60):
        with clock.standing_at(datetime.now(UTC) + timedelta(days)):
            await tick(timer)
    async with site_quality(service, known) as site:
        await site.done(f"{path}/response", ANSWER)
    await bus.told(FindingResponded, finding_id=finding)
    (fact,) = await bus.told(FindingOverdue, finding_id=finding)
    assert fact.occurred_at == fact.first_due_at


async def test_one_without_findings_is_closed_by_its_report(bus: Any, known: Any, service: Any) -> None:
    path = await conducted(service, known)
    async with auditor(service) as mira:
        closed = await mira.done(f"{path}/report", {"outcome": "acceptable", "report": "0" * 64})
    assert (closed["state"], closed["waiting_for"]) == ("closed", None)


PLAN = {
    "actions": [{"owner": "Ana", "description": "terminals", "due_on": "2099-01-31"}],
    "effectiveness": {"measure": "late entries", "target": "0", "better": "lower", "sample": 20},
}


async def test_a_capa_is_the_partners_own_and_has_its_days(known: Any, service: Any) -> None:
    _, (path,) = await reported(service, known, "critical")
    async with site_quality(service, known) as site:
        await site.done(f"{path}/response", ANSWER)
        cause = {"root_cause": "no terminal", "site_id": str(known.site), "source_type": "finding"}
        own = await site.done("/capas", cause | {"source_id": path.removeprefix("/audit-findings/")})
        assert own["source_id"] == path.removeprefix("/audit-findings/")
    sponsors = await service.client.done("/capas", {"root_cause": "no terminal"})
    async with auditor(service) as mira:
        await mira.done(f"{path}/acceptance")
        for number in (sponsors["number"], "CAPA-2026-1"):
            body = {"evidence_seen": "photographs", "capa_number": number}
            refused = await mira.post(f"{path}/verification", json=body)
            assert (refused.status_code, number in refused.json()["detail"]) == (409, True)
        body["capa_number"] = own["number"]
        undated = await mira.post(f"{path}/verification", json=body)
        assert (undated.status_code, undated.json()["fields"]) == (409, ["all_due_on"]), "nobody planned it"
        body["all_due_on"] = SEEN["all_due_on"]
        assert (await mira.done(f"{path}/verification", body))["capa_number"] == own["number"]


async def test_a_site_has_one_surveillance_audit_at_a_time(known: Any, service: Any) -> None:
    first = await plan(service, known, kind="surveillance")
    body = {"site_id": str(known.site), "kind": "surveillance", "scope": "x", "planned_on": YESTERDAY}
    refused = await service.client.post("/audits", json=body)
    assert (refused.status_code, first["number"] in refused.json()["detail"]) == (409, True)
    assert (await plan(service, known, kind="for_cause"))["state"] == "planned"


async def test_remarks_are_the_sponsors_and_a_rival_sees_nothing(known: Any, service: Any) -> None:
    audit_path, (path,) = await reported(service, known, "minor")
    before = (await service.client.get(audit_path)).json()
    said = await service.client.post(f"{audit_path}/remarks", json={"remark": "ask for the audit trail again"})
    assert said.status_code == 201, said.text
    assert (await service.client.get(audit_path)).json()["version"] == before["version"]
    remarks = (await service.client.get(f"{audit_path}/remarks")).json()
    assert [each["remark"] for each in remarks] == ["ask for the audit trail again"]
    async with site_quality(service, known) as site:
        assert (await site.get(f"{audit_path}/remarks")).status_code == 403
        for shown in (audit_path, f"{audit_path}/history", path, f"{path}/history"):
            answer = await site.get(shown)
            assert answer.status_code == 200
            assert "audit trail again" not in answer.text
    async with service.as_("partner_quality", partner_id=uuid4()) as rival:
        for hidden in (audit_path, path, f"{path}/history"):
            assert (await rival.get(hidden)).status_code == 404
        assert (await rival.post(f"{path}/response", json=ANSWER)).status_code == 404
        for listed in ("/audits", "/audit-findings"):
            assert (await rival.get(listed)).json()["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"planned_on": "soon"}, "planned_on"), ({"kind": "x"}, "kind"), ({"team": [{"name": ""}]}, "team")],
)
async def test_what_is_wrong_is_named(known: Any, service: Any, wrong: Any, field: str) -> None:
    body = {"site_id": str(known.site), "kind": "for_cause", "scope": "x", "planned_on": YESTERDAY} | wrong
    refused = await service.client.post("/audits", json=body)
    assert refused.status_code == 422
    assert field in refused.text
