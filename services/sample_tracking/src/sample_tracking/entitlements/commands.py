"""Use cases of entitlements."""

from directory import queries as directory
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from sample_tracking.entitlements.model import Entitlement
from sample_tracking.entitlements.schemas import SetEntitlement
from sample_tracking.methods.model import Method, MethodState
from sample_tracking.results import statements
from sample_tracking.results.reportable import judge_again


async def set_entitlement(work: Work, body: SetEntitlement) -> Entitlement:
    """Set how a laboratory stands to a method from a day on. Its results are judged by that, also those of before.

    Raises NotFound for a method that there is not, RuleViolated for one that was withdrawn.
    """
    laboratory = await directory.named_site(work, body.laboratory_site_id, "laboratory_site_id")
    await work.connection.execute(statements.ALONE)
    method = await work.session.get(Method, body.method_id)
    if method is None:
        raise NotFound("method", body.method_id)
    if method.state != MethodState.registered:
        raise RuleViolated(f"method {method.code} {method.known.name} was withdrawn", fields=["method_id"])
    entitlement = Entitlement(
        **body.model_dump(),
        method_code=method.code,
        method_version=method.known.name,
        laboratory_partner_id=laboratory.partner_id,
        set_by=work.principal.subject,
        parties=[laboratory.partner_id],
    )
    work.add(entitlement)
    work.publish(entitlement.told(work.now, method.product_id), of=entitlement)
    await judge_again(work, method.code, laboratory.id)
    return entitlement
