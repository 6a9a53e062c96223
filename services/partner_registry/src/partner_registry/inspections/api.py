"""HTTP words for inspections."""

from partner_registry.inspections import commands, queries
from partner_registry.inspections.model import OWNERS, Inspection
from partner_registry.inspections.schemas import (
    AnnounceInspection,
    AnswerObservations,
    BeginInspection,
    ClassifyInspection,
    CoverInspection,
    InspectionRead,
    KeepCommitment,
    PromiseCommitment,
    ReceiveLetter,
    RecordObservations,
)
from partner_registry.names import zone
from serving.actions import Actions

inspections = Actions("inspections", Inspection, InspectionRead, queries.show, loads={"zone": zone})
inspections.create(commands.announce, AnnounceInspection, *OWNERS)
inspections.post("beginning", Inspection.begin, BeginInspection)
inspections.post("observations", Inspection.observe, RecordObservations)
inspections.post("answer", Inspection.answer, AnswerObservations)
inspections.post("commitment", Inspection.promise, PromiseCommitment)
inspections.post("commitment-completion", Inspection.keep, KeepCommitment)
inspections.post("letter", Inspection.receive_letter, ReceiveLetter)
inspections.post("classification", Inspection.classify, ClassifyInspection)
inspections.post("scope", Inspection.cover, CoverInspection)
inspections.post("closure", Inspection.close)
inspections.get()
inspections.list(queries.FILTERS)
