"""HTTP words for findings. They come with the report of their audit."""

from quality_events.findings import commands, queries
from quality_events.findings.model import AuditFinding
from quality_events.findings.schemas import FindingRead, RespondToFinding, VerifyFinding
from runtime.bodies import Reason
from serving.actions import Actions

_PLACE = {"zone": commands.zone, "country": commands.country}
findings = Actions("audit-findings", AuditFinding, FindingRead, queries.show, loads=_PLACE)
findings.post("response", AuditFinding.respond, RespondToFinding)
findings.post("acceptance", AuditFinding.accept)
findings.post("rejection", AuditFinding.reject, Reason)
findings.post("verification", AuditFinding.verify, VerifyFinding, commands.verify)
findings.get()
findings.list(queries.FILTERS)
