"""An audit on paper: with its findings, which are raised with its report, what the site answered and how they ended."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from quality_events.audits.schemas import SiteAuditRead
from quality_events.findings.model import AuditFinding
from runtime.work import Work
from serving.in_words import words
from serving.printed import Form, Table

_COLUMNS = ("Finding", "Class", "Clause", "Area", "State", "First due (UTC)", "Due (UTC)", "Evidence")
_ANSWERS = ("Finding", "Round", "Cause", "Action", "Until", "Answered", "What became of it")
_CLOSED = ("Finding", "Evidence seen", "CAPA", "All due on", "Closed")


async def form(work: Work, shown: SiteAuditRead) -> Form | None:
    """Each finding as it stands, in the order of the report. Before that there are none, for anybody."""
    query = select(AuditFinding).where(AuditFinding.audit_id == shown.id).order_by(col(AuditFinding.id))
    findings = (await work.session.scalars(query)).all()
    tables = {
        "What the site answered": (_ANSWERS, [each for finding in findings for each in answers(finding)]),
        "How findings were closed": (_CLOSED, [closed(each) for each in findings if each.closed_at]),
    }
    more = [Table(heading, columns, rows) for heading, (columns, rows) in tables.items() if rows]
    return Form("Audit", {}, _COLUMNS, [row(each) for each in findings], more) if findings else None


def row(finding: AuditFinding) -> list[str]:
    """One finding: how weighty it is, which clause is not met, where it stands and until when it is to be answered."""
    kind, area, state = (words(each) for each in (finding.classification, finding.area, finding.state))
    due = [_moment(each) for each in (finding.first_due_at, finding.due_at)]
    return [finding.number, kind, finding.clause, area, state, *due, finding.evidence]


def answers(finding: AuditFinding) -> Iterator[list[str]]:
    """Each cause and action of each round: of those that were rejected, with the reason, and of the last."""
    for each in finding.rejections:
        why = f"rejected by {each['rejected_by']}, {_told(each['rejected_at'])}: {each['reason']}"
        yield from _round(finding, each["round"], each, why)
    if finding.responded_at:
        last = {"actions": finding.actions, "responded_by": finding.responded_by}
        accepted = finding.accepted_at and f"accepted by {finding.accepted_by}, {_moment(finding.accepted_at)} UTC"
        of_it = last | {"responded_at": finding.responded_at.isoformat()}
        yield from _round(finding, finding.round, of_it, accepted or "waits for acceptance")


def _round(finding: AuditFinding, number: int, answer: Mapping[str, Any], became: str) -> Iterator[list[str]]:
    answered = f"by {answer['responded_by']}, {_told(answer['responded_at'])}"
    for each in answer["actions"]:
        said = [each["cause"], each["action"], str(each["due_on"])]
        yield [finding.number, str(number), *said, answered, became]


def closed(finding: AuditFinding) -> list[str]:
    """What was seen, and who closed it."""
    closing = f"by {finding.closed_by}" + (f", {_moment(finding.closed_at)} UTC" if finding.closed_at else "")
    all_due_on = str(finding.all_due_on) if finding.all_due_on else ""
    return [finding.number, finding.evidence_seen or "", finding.capa_number or "", all_due_on, closing]


def _told(instant: str) -> str:
    return f"{_moment(datetime.fromisoformat(instant))} UTC"


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}"
