"""Whether the matrix is complete, as the gate after process development asks: pure rules."""

from itertools import groupby

from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Source, Unit, Unmet
from tech_transfer.qbd.matrix import ASKED_OF, Matrix

_NAMED = 10
"""Of many parameters so many are named."""


def qbd_matrix(dossier: Dossier) -> list[Unmet]:
    """Each quality attribute is held against each process parameter, and what has a high effect is controlled.

    What nobody assessed is unknown. Of a transfer of methods alone it is not asked.
    """
    if dossier.transfer.kind not in ASKED_OF:
        return []
    matrix = Matrix.of(dossier.cqas, dossier.cpps, dossier.cells)
    missing = [("quality attribute", matrix.cqas), ("process parameter", matrix.cpps)]
    found = [_unmet(f"no critical {name} is named", dossier) for name, there in missing if not there]
    for cqa, pairs in groupby(matrix.unknown, key=lambda pair: pair[0]):
        unknown = [cpp for _, cpp in pairs]
        named = ", ".join(cpp.code for cpp in unknown[:_NAMED])
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        since = min(max(cqa.created_at, cpp.created_at) for cpp in unknown)
        why = f"nobody assessed {cqa.code} by {named}{more}"
        found.append(Unmet(_RULE, why, Unit.sponsor, since, Source("cqa", cqa.id, cqa.code)))
    for cqa, cpp, cell in matrix.uncontrolled:
        why = f"{cqa.code} rests highly on {cpp.code}, and no control of that is stated"
        found.append(Unmet(_RULE, why, Unit.sponsor, cell.updated_at, Source("qbd_cell", cell.id)))
    return found


_RULE = GateRule.qbd_matrix


def _unmet(why: str, dossier: Dossier) -> Unmet:
    return Unmet(_RULE, why, Unit.sponsor, dossier.began)
