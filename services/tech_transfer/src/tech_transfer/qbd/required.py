"""Whether the matrix is complete, as the gate after process development asks: pure rules."""

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.qbd.matrix import ASKED_OF, Matrix

_NAMED = 10
"""Of many pairs so many are named."""


def qbd_matrix(dossier: Dossier) -> list[Unmet]:
    """Each quality attribute is held against each process parameter, and what has a high effect is controlled.

    What nobody assessed is unknown. Of a transfer of methods alone it is not asked.
    """
    if dossier.transfer.kind not in ASKED_OF:
        return []
    matrix = Matrix.of(dossier.cqas, dossier.cpps, dossier.cells)
    missing = [("quality attribute", matrix.cqas), ("process parameter", matrix.cpps)]
    found = [_unmet(f"no critical {name} is named", dossier) for name, there in missing if not there]
    if unknown := matrix.unknown:
        named = ", ".join(f"{cqa.code} by {cpp.code}" for cqa, cpp in unknown[:_NAMED])
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        since = min(max(cqa.created_at, cpp.created_at) for cqa, cpp in unknown)
        found.append(Unmet(_RULE, f"nobody assessed {named}{more}", Unit.sponsor, since))
    for cqa, cpp, cell in matrix.uncontrolled:
        why = f"{cqa.code} rests highly on {cpp.code}, and no control of that is stated"
        found.append(Unmet(_RULE, why, Unit.sponsor, cell.updated_at, Source("qbd_cell", cell.id)))
    return found


_RULE = GateRule.qbd_matrix


def _unmet(why: str, dossier: Dossier) -> Unmet:
    return Unmet(_RULE, why, Unit.sponsor, dossier.began)
