"""What a closure report tells of the package, the gaps and the risks of a transfer."""

from collections.abc import Sequence
from typing import Any, Final

from tech_transfer.closure.section import Rows, Section, day
from tech_transfer.gates.dossier import Dossier


def package(dossier: Dossier) -> Rows:
    """Each item, in how many rounds it went back and forth, and which version was accepted."""
    return [
        [
            *(each.item_number, each.category, each.title, "yes" if each.mandatory else "no", each.state),
            *(str(each.round), each.accepted_version or "", each.digest or ""),
        ]
        for each in dossier.package_items
    ]


def gaps(dossier: Dossier) -> Rows:
    """Each gap and what became of it."""
    return [
        [
            *(each.gap_number, each.category, each.severity, each.what, each.state),
            *(each.mitigation or "", each.residual_risk or "", day(each.ended_at.date() if each.ended_at else None)),
        ]
        for each in dossier.gaps
    ]


def foretold(dossier: Dossier) -> Rows:
    """The deviations that a gap or an item foretold."""
    numbers: dict[Any, str] = {each.id: each.gap_number for each in dossier.gaps}
    numbers |= {each.id: each.item_number for each in dossier.package_items}
    return [
        [each.deviation_number, numbers.get(each.gap_id or each.item_id, "")]
        for each in sorted(dossier.foretold, key=lambda each: each.id)
    ]


def risks(dossier: Dossier) -> Rows:
    """Each risk, as it was scored first and last."""
    return [
        [
            *(each.number, each.failure_mode, each.state, str(each.first_priority), each.first_class),
            *(str(each.priority), each.risk_class),
        ]
        for each in dossier.risks
    ]


SECTIONS: Final[Sequence[Section]] = (
    Section(
        "package",
        "Package",
        ("Number", "Category", "Title", "Mandatory", "State", "Rounds", "Accepted version", "SHA-256"),
        package,
        "Nothing was listed that is to be handed over.",
    ),
    Section(
        "gaps",
        "Gaps",
        ("Number", "Category", "Severity", "What", "State", "Mitigation", "Residual risk", "Ended (UTC)"),
        gaps,
        "No gap was found.",
    ),
    Section(
        "foretold",
        "Deviations that were foretold",
        ("Deviation", "Foretold by"),
        foretold,
        "No deviation was linked to a gap or an item that foretold it.",
    ),
    Section(
        "risks",
        "Risks, first and last",
        ("Number", "What may go wrong", "State", "First priority", "First class", "Last priority", "Last class"),
        risks,
        "No risk was scored.",
    ),
)
