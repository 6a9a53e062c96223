"""Use cases of complaints."""

from uuid import UUID

from contracts.complaints import NotificationCause
from directory import queries as directory
from quality_events.batches.model import Batch
from quality_events.complaints.model import Complaint
from quality_events.complaints.schemas import JoinComplaint, ReceiveComplaint, TriageComplaint
from quality_events.notifications import choosing
from quality_events.notifications.commands import Cause
from quality_events.settings import sponsor
from runtime.numbers import next_number
from runtime.problems import NotFound
from runtime.work import Work


async def receive(work: Work, body: ReceiveComplaint) -> Complaint:
    """Record a complaint. Nobody but the sponsor sees it."""
    if body.product_id:
        await directory.named_product(work, body.product_id, None)
    batch = await _batch(work, body.batch_id) if body.batch_id else None
    number = await next_number(work, "CPL", "complaint_number")
    given = body.model_dump(exclude={"batch_id"})
    complaint, received = Complaint.receive(sponsor(), batch, work.now, number=number, **given)
    work.add(complaint)
    work.publish(received, of=complaint)
    return complaint


async def triage(work: Work, id: UUID, body: TriageComplaint) -> Complaint:
    """Judge it. Of one that is counterfeit or critical the market's authority is to be notified."""
    complaint = await work.get(Complaint, id)
    work.publish(complaint.triage(body.category, body.severity, sponsor(), work.now), of=complaint)
    if complaint.concerns_authorities:
        cause, known_at = Cause(NotificationCause.complaint, complaint.id), complaint.received_at
        of_it = (complaint.market, known_at, complaint.product_id)
        await choosing.open_by_rule(work, cause, *of_it, possible_class_i=True)
    return complaint


async def join(work: Work, id: UUID, body: JoinComplaint) -> Complaint:
    """Say which batch it concerns."""
    complaint = await work.get(Complaint, id)
    batch = await _batch(work, body.batch_id)
    work.publish(complaint.join(batch, body.reason, work.now), of=complaint)
    await choosing.settle(work, NotificationCause.complaint, complaint.id, complaint.market)
    return complaint


async def _batch(work: Work, id: UUID) -> Batch:
    batch = await work.session.get(Batch, id)
    if batch is None:
        raise NotFound("batch", id)
    return batch
