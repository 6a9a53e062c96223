"""HTTP words for deviations."""

from contracts import Role, Side
from quality_events.deviations import commands, linking, queries
from quality_events.deviations.linked import LinkEvent, WithdrawLink
from quality_events.deviations.model import Deviation
from quality_events.deviations.schemas import (
    AnswerLateAmendment,
    Classify,
    DeviationRead,
    Extension,
    Investigate,
    NameEquipment,
    RaiseDeviation,
    Reclassify,
    RecordResults,
)
from runtime.bodies import Reason
from serving.actions import Actions

LOADS = {"lots": commands.lots_of, "capa_cancelled": commands.capa_cancelled, "earlier": queries.repeated_by}
deviations = Actions("deviations", Deviation, DeviationRead, queries.show, loads=LOADS)
deviations.create(
    commands.raise_by_hand,
    RaiseDeviation,
    *(Role.quality, Role.msat, Side.owner(Role.partner_quality), Side.owner(Role.partner_operations)),
)
deviations.post("acknowledgement", Deviation.acknowledge)
deviations.post("classification", Deviation.classify, Classify)
deviations.post("reclassification", Deviation.reclassify, Reclassify)
deviations.post("awareness-acceptance", Deviation.accept_awareness, Reason)
deviations.post("shared-equipment", Deviation.name_equipment, NameEquipment, commands.name_equipment)
deviations.post("investigation", Deviation.investigate, Investigate)
deviations.post("investigation-results", Deviation.record_results, RecordResults, commands.record_results)
deviations.post("approval-request", Deviation.request_approval)
deviations.post("return", Deviation.return_to_investigation, Reason)
deviations.post("closure", Deviation.close)
deviations.post("cancellation", Deviation.cancel, Reason)
deviations.post("cancellation-proposal", Deviation.propose_cancellation, Reason)
deviations.post("cancellation-withdrawal", Deviation.withdraw_cancellation, Reason)
deviations.post("cancellation-agreement", Deviation.agree_to_cancellation)
deviations.post("cancellation-refusal", Deviation.refuse_cancellation, Reason)
deviations.post("linked-events", Deviation.link_event, LinkEvent, linking.link)
deviations.post("linked-event-withdrawal", Deviation.withdraw_link, WithdrawLink, linking.withdraw)
deviations.post("extension-request", Deviation.request_extension, Extension)
deviations.post("extension", Deviation.extend, Extension)
deviations.post("late-amendment-answer", Deviation.answer_late_amendment, AnswerLateAmendment)
deviations.get(beside=linking.links_of)
deviations.list(queries.FILTERS, sorts={"due_at", "first_due_at"})
