"""Use cases of methods."""

from uuid import UUID

from sqlmodel import col, select

from directory import queries as directory
from runtime.bodies import Reason
from runtime.problems import RuleViolated
from runtime.work import Work
from sample_tracking.entitlements import following
from sample_tracking.methods.model import Method, MethodState
from sample_tracking.methods.schemas import RegisterMethod
from sample_tracking.results import statements
from sample_tracking.results.reportable import judge_again


async def register(work: Work, body: RegisterMethod) -> Method:
    """Register a version of a method. Results that were tested by it are judged by what is known now.

    Raises RuleViolated for a version that is there.
    """
    product_id = None
    if body.product_id or body.product:
        product_id = (await directory.named_product(work, body.product_id, body.product)).id
    await work.connection.execute(statements.ALONE)
    same = [getattr(Method, name) == getattr(body, name) for name in ("code", "major", "minor")]
    same += [col(Method.product_id).is_not_distinct_from(product_id), col(Method.state) == MethodState.registered]
    if await work.session.scalar(select(Method.id).where(*same)):
        raise RuleViolated(f"version {body.major}.{body.minor} of method {body.code} is registered already")
    given = body.model_dump(exclude={"product_id", "product"})
    method = work.add(Method(**given, product_id=product_id, registered_by=work.principal.subject))
    await work.session.flush()
    await following.follow(work, method)
    await judge_again(work, method.code)
    return method


async def withdraw(work: Work, method_id: UUID, body: Reason) -> Method:
    """It was registered by mistake: what was tested by it is judged by what remains."""
    await work.connection.execute(statements.ALONE)
    method = await work.get(Method, method_id)
    method.withdraw(body.reason)
    await judge_again(work, method.code)
    return method
