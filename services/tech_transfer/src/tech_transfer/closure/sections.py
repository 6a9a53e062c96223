"""What a closure report tells: each section is a pure function of all that is known of a transfer.

A slice of the service adds its own: a name, a title, columns, and the rows. What a row says must not change with the
day on which it is asked for.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from contracts.tech_transfer import Gate
from serving.canonical import canonical_json
from tech_transfer.closure import results, slices
from tech_transfer.closure.section import Rows, Section, day
from tech_transfer.gates.dossier import Dossier
from tech_transfer.lessons.schemas import LessonState
from tech_transfer.timeline import queries as timeline
from tech_transfer.transfers import plan


def plan_and_actual(dossier: Dossier) -> Rows:
    """Each gate with the days that were planned, first and last, and how it was passed."""
    first, last = plan.read(dossier.transfer.first_planned), plan.read(dossier.transfer.planned)
    passed = dossier.passed
    return [
        [
            *(gate.value, day(first[gate]), day(last[gate])),
            *([_local(dossier, gate), passed[gate].verdict, passed[gate].number] if gate in passed else ["", "", ""]),
        ]
        for gate in plan.IN_ORDER
    ]


def days_by_side(dossier: Dossier) -> Rows:
    """By how many days each gate was late, and to whom they count: together they are the slip."""
    return [
        [slip.gate.value, str(len(slip.days)), holder.value, str(days)]
        for slip in timeline.slips(dossier)
        for holder, days in slip.by_side.items()
    ]


def days_by_record(dossier: Dossier) -> Rows:
    """For which records those days were waited for."""
    found = []
    for slip in timeline.slips(dossier):
        waited = Counter(
            (each.holder.value, each.by.rule, each.by.record_type or "", each.by.record_number or "")
            for each in slip.days
            if each.by
        )
        found += [[slip.gate.value, *key, str(days)] for key, days in sorted(waited.items())]
    return found


def actions(dossier: Dossier) -> Rows:
    """What was to be done, and what is open with whom."""
    return [
        [each.number, each.gate, each.cause, each.text, each.unit, each.state, each.owner or "", day(each.due_on)]
        for each in dossier.actions
    ]


def submissions(dossier: Dossier) -> Rows:
    """What was submitted in each market, and what became of it."""
    return [
        [each.number, each.market, each.kind, each.state, day(each.filed_on), day(each.decided_on)]
        for each in dossier.submissions
    ]


def lessons(dossier: Dossier) -> Rows:
    """What was learned."""
    return [
        [each.number, each.category, each.title, each.text, each.recommendation]
        for each in dossier.lessons
        if each.state == LessonState.recorded
    ]


SECTIONS: Final[Sequence[Section]] = (
    Section(
        "plan_and_actual",
        "Plan and actual",
        ("Gate", "First planned", "Planned last", "Passed", "Verdict", "Decision"),
        plan_and_actual,
        "",
    ),
    Section(
        "days_by_side",
        "Slips by side",
        ("Gate", "Days late", "Side", "Days"),
        days_by_side,
        "No gate was passed later than it was planned first.",
    ),
    Section(
        "days_by_record",
        "What the days of the slips were waited for",
        ("Gate", "Side", "Asked for", "Record", "Number", "Days"),
        days_by_record,
        "No day is kept that was waited for a record.",
    ),
    Section(
        "actions",
        "Actions",
        ("Number", "Gate", "Cause", "What", "Unit", "State", "Owner", "Due"),
        actions,
        "No gate was passed on a condition, or was untrue afterwards.",
    ),
    *slices.SECTIONS,
    *results.SECTIONS,
    Section(
        "submissions",
        "Submissions",
        ("Number", "Market", "Kind", "State", "Filed", "Decided"),
        submissions,
        "Nothing is kept of submissions.",
    ),
    Section(
        "lessons",
        "Lessons",
        ("Number", "Category", "Title", "What was learned", "Recommendation"),
        lessons,
        "Nobody has recorded a lesson.",
    ),
)


def content(dossier: Dossier) -> str:
    """All sections, as canonical JSON."""
    return canonical_json([each.written(dossier) for each in SECTIONS])


def _local(dossier: Dossier, gate: Gate) -> str:
    decided = dossier.passed[gate].decided_at
    return day(decided.astimezone(dossier.zone).date() if decided else None)
