"""HTTP words for qualifications."""

from contracts import Role
from partner_registry.audits import audit_for
from partner_registry.names import zone
from partner_registry.qualifications import commands, queries
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import (
    AnswerItems,
    ApproveWithConditions,
    Evidence,
    ExtendCondition,
    FulfilCondition,
    PlanQualification,
    QualificationRead,
    RecordAudit,
    WaiveAudit,
)
from runtime.bodies import Reason
from serving.actions import Actions

LOADS = {"zone": zone, "successor": queries.successor, "rival": queries.rival, "last_audit": audit_for}
qualifications = Actions("qualifications", Qualification, QualificationRead, queries.show, loads=LOADS)
qualifications.create(commands.plan, PlanQualification, Role.sourcing, Role.quality)
qualifications.post("assessment", Qualification.start)
qualifications.post("evidence", Qualification.provide_evidence, Evidence, commands.provide_evidence)
qualifications.post("answers", Qualification.answer, AnswerItems, commands.answer)
qualifications.post("audit", Qualification.record_audit, RecordAudit)
qualifications.post("audit-waiver", Qualification.waive_audit, WaiveAudit, commands.waive_audit)
qualifications.post("endorsement", Qualification.endorse)
qualifications.post("approval", Qualification.approve, command=commands.approve)
qualifications.post(
    "conditional-approval",
    Qualification.approve_with_conditions,
    ApproveWithConditions,
    commands.approve_with_conditions,
)
qualifications.post("rejection", Qualification.reject, Reason)
qualifications.post("condition-fulfilment", Qualification.fulfil, FulfilCondition)
qualifications.post("condition-extension", Qualification.extend_condition, ExtendCondition)
qualifications.post("suspension", Qualification.suspend, Reason)
qualifications.post("reinstatement", Qualification.reinstate, Reason, commands.reinstate)
qualifications.post("withdrawal", Qualification.withdraw, Reason)
qualifications.post("prolongation", Qualification.prolong, Reason)
qualifications.get()
qualifications.list(queries.FILTERS)
