"""What of a review is worked out without any I/O: its due date, answers with their counts, and the digest of it all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gxp.clocks import ONE_DAY, first_instant
from quality_events import clocks
from quality_events.clocks import Sponsor
from quality_events.product_reviews.terms import Question
from runtime.problems import Problem
from serving.canonical import canonical_json, sha256


def due_at(period_to: date, sponsor: Sponsor) -> datetime:
    """The end of the 90th calendar day after the last day of the period, in the sponsor's days."""
    return sponsor.days_after(first_instant(period_to, sponsor.zone), clocks.PRODUCT_REVIEW_DAYS)


def refuse_running(period_to: date, zone: ZoneInfo, now: datetime) -> None:
    """Raise a 422 Problem for a period that has not ended in the sponsor's zone."""
    if first_instant(period_to + ONE_DAY, zone) > now:
        yesterday = now.astimezone(zone).date() - ONE_DAY
        raise refused("period_to", f"the period has not ended in {zone.key}: name {yesterday} or earlier", period_to)


def refused(field: str, reason: str, value: object) -> Problem:
    """What is wrong with a field of a body, where only the records tell (422)."""
    errors = [{"field": f"body.{field}", "reason": reason, "value": str(value)[:80]}]
    return Problem(422, "invalid-request", f"{field}: {reason}", errors=errors)


def answer_of(question: Question, rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows that a question gives and how many there are of each kind, as canonical JSON."""
    counts: dict[str, Any] = {"all": len(rows)}
    for name in question.counted:
        counts[name] = Counter(kind for row in rows for kind in _kinds(row[name]))
    return canonical_json({"counts": counts, "rows": rows})


def _kinds(value: Any) -> list[str]:
    """As what a value is counted: each of several, each market with what holds there, and what nobody knows as such."""
    if isinstance(value, Mapping):
        return [f"{key} {each}" for key, each in value.items()] or ["none"]
    if isinstance(value, list):
        return [str(each) for each in value] or ["none"]
    if isinstance(value, bool):
        return [str(value).lower()]
    return ["unknown" if value is None else str(value)]


def seal(entries: Sequence[Any]) -> str:
    """The digest of what is the sponsor's alone. Its salts keep anybody from finding by trial what it is of."""
    return sha256(canonical_json([_said(entry) | {"salt": entry.salt} for entry in entries]))


def digest(review: Any, entries: Sequence[Any], seal: str) -> str:
    """The digest of the whole: what is reviewed, what both sides read of it, and the seal of what is the sponsor's."""
    names = ("number", "partner_id", "site_ids", "product_id", "period_from", "period_to", "time_zone")
    of = {name: _text(getattr(review, name)) for name in names}
    return sha256(canonical_json({"review": of, "entries": [_said(entry) for entry in entries], "sponsors": seal}))


def _said(entry: Any) -> dict[str, Any]:
    names = ("section", "question", "parameters", "digest", "evidence", "author")
    return {name: getattr(entry, name) for name in names}


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) for each in value]
    return str(value) if isinstance(value, UUID | date) else value
