"""HTTP words for complaints."""

from quality_events.complaints import commands, queries
from quality_events.complaints.model import QUALITY, Complaint
from quality_events.complaints.schemas import (
    AnswerComplaint,
    ComplaintRead,
    InvestigateComplaint,
    JoinComplaint,
    ReceiveComplaint,
    TriageComplaint,
)
from serving.actions import Actions

complaints = Actions("complaints", Complaint, ComplaintRead, queries.show)
complaints.create(commands.receive, ReceiveComplaint, *QUALITY)
complaints.post("triage", Complaint.triage, TriageComplaint, commands.triage)
complaints.post("batch", Complaint.join, JoinComplaint, commands.join)
complaints.post("sharing", Complaint.share)
complaints.post("safety-report", Complaint.pass_to_safety)
complaints.post("investigation", Complaint.investigate, InvestigateComplaint)
complaints.post("answer", Complaint.give_answer, AnswerComplaint)
complaints.get()
complaints.list(queries.FILTERS)
