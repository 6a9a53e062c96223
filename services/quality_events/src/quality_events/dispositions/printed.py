"""A disposition on paper: with its entries in the register and what was signed with them, for who may read that."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from directory.names import names
from quality_events.batches.model import Batch
from quality_events.copies.known import KnownFact
from quality_events.dispositions import queries
from quality_events.dispositions.model import Disposition
from quality_events.dispositions.schemas import DecisionRead, DispositionRead, DispositionState, Entered
from quality_events.recalls.queries import that_took_back
from runtime.work import Work
from serving.in_words import text, words
from serving.printed import Form, Table, called, fields

_COLUMNS = ("Register of", "Regime", "Entry", "Decision", "By", "At (UTC)", "Justification")
_READINESS = ("Condition", "Verdict", "Blocks", "Why", "To be weighed", "Proof")
_IDS = ("id", "batch_id", "lot_id", "site_id", "partner_id")


async def form(work: Work, shown: DispositionRead) -> Form | None:
    """Each decision as it stands in the register (Directive 2001/83/EC article 51(3)), the sponsor's alone.

    With each stands the readiness as it was signed, and the authorisation that named who signed.
    """
    if work.principal.partner_id:
        return None
    decided = (await queries.decisions(work, await work.get(Disposition, shown.id))).items
    named = await _named(work, decided)
    batch = await work.session.get_one(Batch, shown.batch_id)
    product = (await names(work, [batch.product_id], of_products=True)).ref(batch.product_id)
    lines = {"product": text(product.model_dump(mode="json"))} if product else {}
    if shown.state == DispositionState.withdrawn:
        lines["withdrawn by"] = ", ".join(await that_took_back(work, shown.batch_id, shown.market))
    signers = {each.decided_by: named[each.id]["printed_name"] for each in decided if each.id in named}
    rows = [row(each, named.get(each.id), _signed_as(shown, each)) for each in decided]
    return Form(
        *("Disposition", lines | fields(shown, *_IDS), _COLUMNS if rows else (), rows),
        tables=[readiness(each, each.readiness) for each in decided if each.readiness],
        signers=signers,
    )


async def _named(work: Work, decided: Sequence[DecisionRead]) -> dict[Any, Mapping[str, Any]]:
    """What authorised who decided, as it was told last before the decision; by the decision."""
    people = {each.decided_by for each in decided if each.capacity}
    of_them = (KnownFact.kind == "QpCapacityChanged", col(KnownFact.about).in_(people))
    told = (await work.session.scalars(select(KnownFact).where(*of_them).order_by(col(KnownFact.sequence)))).all()
    found: dict[Any, Mapping[str, Any]] = {}
    for decision in decided:
        same = [each for each in told if each.said["number"] == decision.capacity]
        if before := [each for each in same if each.recorded_at <= decision.decided_at] or same[:1]:
            found[decision.id] = before[-1].said
    return found


def _signed_as(shown: DispositionRead, entry: DecisionRead) -> str | None:
    """The name under a person's signatures, where no authorisation says what it is called."""
    return next((each.name for each in shown.signatures if each.by == entry.decided_by), None)


def row(entry: DecisionRead, named: Mapping[str, Any] | None, name: str | None) -> list[str]:
    """One entry: whose register, which number, what was decided by whom and why."""
    by = [called(entry.decided_by, named["printed_name"] if named else name)]
    by += [entry.capacity] if entry.capacity else []
    by += [f"authorisation {named['authorisation']} of {named['legal_entity']}"] if named else []
    why = [entry.justification]
    why += [f"Impact: {entry.impact}"] if entry.impact else []
    why += [f"Weighed: {', '.join(entry.weighed)}"] if entry.weighed else []
    signed_itself = entry.follows is None or entry.decision == Entered.withdrawn
    why += [] if signed_itself else [f"Signed with {entry.follows}, for every market"]
    decided = f"{words(entry.decision)}, {entry.market}"
    at = f"{entry.decided_at:%Y-%m-%d %H:%M:%S}"
    return [entry.legal_entity, entry.regime, str(entry.register_number), decided, ", ".join(by), at, "\n".join(why)]


def readiness(entry: DecisionRead, signed: str) -> Table:
    """Each condition as it was when the entry was signed, and the digest that was signed with it."""
    of = f"as signed with entry {entry.register_number} of {entry.legal_entity}, {entry.regime}"
    heading = f"Readiness for {entry.market} {of}: SHA-256 {entry.readiness_digest}"
    conditions = json.loads(signed)["conditions"]
    return Table(heading, _READINESS, [_condition(each) for each in conditions])


def _condition(said: Mapping[str, Any]) -> list[str]:
    proof = [f"{words(each['kind'])} {each['number'] or each['id'] or ''}".strip() for each in said["proof"]]
    marks = ["yes" if said[name] else "no" for name in ("blocks", "weighs")]
    return [words(said["name"]), words(said["verdict"]), marks[0], said["why"], marks[1], "\n".join(proof)]
