"""What went in, and of which more is told to have gone on than was made: the genealogy is wrong somewhere (211.184).

To every party it is the same verdict. Which batches these are counts, by their digest, and not how much more that is: a
maker reads nothing of who else used how much of another maker's batch.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from quality_events.genealogy.amounts import MORE
from quality_events.genealogy.queries import exceeded
from quality_events.readiness.terms import EVERYBODY, Dossier, Finding
from runtime.work import Work
from serving.canonical import sha256

_SHOWN: Final = 20
"""So many are named; what all of them are is in the digest."""
_ANY: Final = "what went in does not add up: more is told to have gone on than was made"


async def with_amounts(work: Work, batch_id: UUID, kept: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What is kept to be overdrawn, with how much as far as who asks sees all of that.

    Of the sponsor's also what is so by what was told a moment ago: no release goes before that is kept.
    """
    more = {str(each.batch.id): each for each in await exceeded(work, batch_id)}
    known: dict[str, Mapping[str, Any]] = {each["id"]: each for each in kept}
    if work.principal.partner_id is None:
        known = {id: _of(each.batch) for id, each in more.items()} | known
    return [{**each, **({"more": more[id].text} if id in more else {})} for id, each in known.items()]


def _of(batch: Any) -> dict[str, Any]:
    said = {name: str(getattr(batch, name)) for name in ("id", "material", "number", "partner_id")}
    return said | {"work": sha256(said["id"])}


def does_not_add_up(dossier: Dossier) -> list[Finding]:
    """That something of what went in is overdrawn, and what: its maker's system amends that, or quality states what is
    right."""
    if not dossier.overdrawn:
        return []
    maker = str(dossier.maker)
    own_first = sorted(dossier.overdrawn, key=lambda each: (each["partner_id"] != maker, each["number"], each["work"]))
    which = sha256("\n".join(sorted({each["work"] for each in dossier.overdrawn})))
    any_of_it = Finding(f"{_ANY}, of batches that have the SHA-256 {which}", reader=EVERYBODY)
    return [any_of_it, *map(_named, own_first[:_SHOWN])]


def _named(each: Mapping[str, Any]) -> Finding:
    more = f"{each['more']}: that is more" if "more" in each else f"{each['material']} {each['number']}: {MORE}"
    return Finding(more, "batch", UUID(each["id"]), each["number"], UUID(each["partner_id"]), aside=True)
