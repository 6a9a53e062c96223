"""What gates ask of gaps: pure rules."""

from collections.abc import Iterator

from contracts.transfer_gaps import GapCategory
from tech_transfer.gaps.model import Gap
from tech_transfer.gaps.terms import GapState, SearchState
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet


def gaps_looked_for(dossier: Dossier) -> list[Unmet]:
    """In every category a gap is recorded, or that it was looked at and nothing was found."""
    searched = {each.category for each in dossier.gap_searches if each.state == SearchState.done}
    looked_at = searched | {each.category for each in dossier.gaps}
    return [
        Unmet(
            GateRule.gaps_looked_for,
            f"nobody has said whether the sites differ in {category}",
            Unit.sponsor,
            dossier.began,
        )
        for category in GapCategory
        if category not in looked_at
    ]


def critical_gaps(dossier: Dossier) -> list[Unmet]:
    """No critical gap is left to whose mitigation both units have not agreed."""
    return [
        each
        for gap in dossier.gaps
        if gap.is_critical and gap.state == GapState.identified
        for each in _not_agreed(gap)
    ]


def _not_agreed(gap: Gap) -> Iterator[Unmet]:
    since, source = gap.awaited_since or gap.created_at, Source("gap", gap.id, gap.gap_number)
    about = f"{gap.gap_number} ({gap.category}) is critical"
    if gap.mitigation is None:
        yield Unmet(GateRule.critical_gaps, f"{about}, and no mitigation is proposed", Unit.sponsor, since, source)
        return
    for unit, agreed_by in ((Unit.sending, gap.sending_agreed_by), (Unit.receiving, gap.receiving_agreed_by)):
        if agreed_by is None:
            why = f"{about}, and the {unit} unit has not agreed to its mitigation"
            yield Unmet(GateRule.critical_gaps, why, unit, since, source, gap.due_on)
