"""Use cases of the responsibility matrix: what a side says, and what the sponsor asks for beside the list."""

from uuid import UUID

from contracting.agreement_versions import surroundings
from contracting.agreement_versions.model import AgreementVersion
from contracting.authority import side_of
from contracting.responsibilities import rules
from contracting.responsibilities.clauses import MatrixClause, shipped
from contracting.responsibilities.model import OwnClause, Responsibility
from contracting.responsibilities.queries import matrix_of, stated
from contracting.responsibilities.schemas import AddOwnClause, StateResponsibilities
from runtime.problems import RuleViolated
from runtime.work import Work


async def state(work: Work, version_id: UUID, body: StateResponsibilities) -> AgreementVersion:
    """The caller's side says whom it holds to be responsible. All of it is taken, or nothing.

    Raises RuleViolated for a clause that there is not, and for what cannot be said of one.
    """
    version = await surroundings.locked_version(work, version_id)
    version.state_responsibilities()
    side, matrix, by = side_of(work), await matrix_of(work, version), work.principal.subject
    said = dict(matrix.said)
    for cell in body.cells:
        rules.check(_named(matrix.clauses.named(cell.code), cell.code), cell.view)
        row = said.get((cell.code, side))
        if row is None or row.version_id != version.id:
            row = Responsibility(version_id=version.id, code=cell.code, side=side, owner=cell.owner, stated_by=by)
            said[cell.code, side] = row
        row.say(cell.view, by, matrix.clauses.version)
    version.take_responsibilities(stated(version, said), by)
    work.session.add_all(row for row in said.values() if row.version_id == version.id)
    return version


async def add_own(work: Work, body: AddOwnClause) -> OwnClause:
    """Ask for a clause of the sponsor's own. Raises RuleViolated for one that the shipped list has."""
    shipped().check_own(body.code)
    return work.add(OwnClause(**body.model_dump()))


def _named(clause: MatrixClause | None, code: str) -> MatrixClause:
    if clause is None:
        why = f"cells: there is no clause {code}: GET /v1/responsibility-clauses/list names them all"
        raise RuleViolated(why, fields=["cells"])
    return clause
