"""What gates ask for, and how one says what is not so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from contracts.tech_transfer import Gate


class GateRule(StrEnum):
    """Something that a gate asks for."""

    scope = "scope"
    team = "team"
    success_criteria = "success_criteria"
    risk_list = "risk_list"
    quality_agreement = "quality_agreement"
    transfer_plan = "transfer_plan"
    protocols = "protocols"
    receiving_site = "receiving_site"
    gaps_looked_for = "gaps_looked_for"
    package = "package"
    critical_gaps = "critical_gaps"
    qbd_matrix = "qbd_matrix"
    equipment_qualified = "equipment_qualified"
    methods_for_batches = "methods_for_batches"
    engineering_batch = "engineering_batch"
    ppq_series = "ppq_series"
    cleaning_verified = "cleaning_verified"
    methods_entitled = "methods_entitled"
    stability_started = "stability_started"
    submissions = "submissions"
    commercial_order = "commercial_order"
    verification_plan = "verification_plan"
    trained_people = "trained_people"
    conditions_met = "conditions_met"
    """What an earlier gate was passed with is done: asked by every gate."""


NEVER_CONDITIONAL: Final = frozenset(
    {
        *(GateRule.methods_for_batches, GateRule.methods_entitled, GateRule.engineering_batch, GateRule.ppq_series),
        *(GateRule.critical_gaps, GateRule.conditions_met),
    }
)
"""No gate is passed on the condition that these come later."""


class Unit(StrEnum):
    """Who owes something: the sponsor, either unit, a laboratory, or an authority."""

    sponsor = "sponsor"
    sending = "sending"
    receiving = "receiving"
    laboratory = "laboratory"
    authority = "authority"


@dataclass(frozen=True, slots=True)
class Source:
    """The record that something is said of."""

    type: str
    id: UUID
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a gate asks for and is not so, or not known to be: why, who owes it, and since when.

    It names no single result, no remark to the sponsor, and no score of a risk: both partners read all of it, but for
    whose turn it is of what the sending unit is no party to.
    """

    rule: GateRule
    why: str
    unit: Unit
    since: datetime | None
    """None where nobody can say."""
    record: Source | None = None
    due_on: date | None = None
    """The day by which it is promised; None where nobody has promised one."""
    to_sender: Unit | None = None
    """Who is named to the sending unit, where whose turn it really is would tell of records to which it is no party."""

    @property
    def as_sender_reads(self) -> "Unmet":
        """The same as far as the sending unit reads it, and what both units read."""
        return replace(self, unit=self.to_sender, since=None, record=None) if self.to_sender else self

    @property
    def as_kept(self) -> Mapping[str, Any]:
        """What is signed of it: what is not so, of which record, and not for how long."""
        record = self.as_sender_reads.record
        return {"rule": self.rule.value, "why": self.why, "record_id": str(record.id) if record else None}


STATED: Final[Mapping[GateRule, tuple[Gate, str]]] = {
    GateRule.quality_agreement: (Gate.initiation, "a quality agreement for its purpose is in force"),
    GateRule.transfer_plan: (Gate.planning, "the transfer plan is approved"),
    GateRule.protocols: (Gate.planning, "the protocols are approved"),
    GateRule.equipment_qualified: (Gate.process_development, "the equipment is qualified"),
    GateRule.cleaning_verified: (Gate.validation, "cleaning is verified"),
    GateRule.commercial_order: (Gate.readiness, "a first commercial order is possible"),
    GateRule.verification_plan: (Gate.readiness, "continued process verification is planned"),
    GateRule.trained_people: (Gate.readiness, "the people are trained"),
}
"""What no fact tells, so that quality states it with its evidence; each with the gate that asks for it."""
