"""Who may decide of a batch for a market: a qualified person who is named, or the quality unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts import Role
from contracts.certifying import QpRegime
from contracts.complaints import AuthorityRegime as Regime
from quality_events.regimes import CERTIFIED
from runtime.problems import Problem

THE_SPONSOR = "the sponsor"
"""In whose register a decision is entered where no holder of an authorisation is known."""


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose register somebody decides, and by which capacity."""

    legal_entity: str
    capacity: str | None = None


def authority(
    regime: Regime,
    roles: Collection[str],
    capacities: Sequence[Mapping[str, Any]],
    site_id: str,
    day: date,
    *,
    holder: str | None,
    certified_in_the_eea: bool,
) -> Authority:
    """As whom a person decides. Raises a 403 Problem that says why the person may not.

    ``capacities`` are the person's, as they were told last. For Great Britain a responsible person (import) serves too,
    where a qualified person of the Union's certified the batch. A capacity that is limited to some kinds of products
    does not serve: of which kind a product is, no fact tells. The register is that of the
    manufacturing or import authorisation that names the person (Annex 16), which need not be the marketing
    authorisation's ``holder``: two others than the person say of which legal entity it is.
    """
    if regime not in CERTIFIED:
        if Role.quality not in roles:
            raise _refused(f"the quality unit decides for {regime} (21 CFR 211.22): this needs the role quality")
        return Authority(holder or THE_SPONSOR)
    if Role.qp not in roles:
        raise _refused(f"a qualified person decides for {regime} (EU GMP Annex 16): this needs the role qp")
    serve = {QpRegime(regime), QpRegime.rpi} if regime == Regime.gb and certified_in_the_eea else {QpRegime(regime)}
    same = [each for each in capacities if each["regime"] in serve]
    there = [each for each in same if site_id in each["site_ids"]]
    on = day.isoformat()
    # Told by releases that had no kinds yet, it is limited to none.
    unlimited = [each for each in there if not each.get("product_kinds")]
    for each in unlimited:
        if each["valid_from"] <= on <= (each["valid_to"] or on):
            return Authority(each["legal_entity"], each["number"])
    if not same:
        raise _not_named(f"you are named for {regime} on no authorisation that is known here")
    if not there:
        raise _not_named(f"{', '.join(each['number'] for each in same)} does not name the site that made the batch")
    if not unlimited:
        names = "; ".join(f"{each['number']} names you for {', '.join(each['product_kinds'])} alone" for each in there)
        raise _not_named(f"{names}, and of which kind this product is no fact tells: a capacity for all kinds serves")
    raise _not_named(f"{', '.join(each['number'] for each in unlimited)} is not valid on {day}")


def _refused(why: str) -> Problem:
    return Problem(403, "forbidden", why)


def _not_named(why: str) -> Problem:
    """Another role would not help."""
    return Problem(403, "not-named", why)
