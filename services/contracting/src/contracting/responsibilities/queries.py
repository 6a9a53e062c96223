"""Reads of the responsibility matrix."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast
from sqlmodel import col, select

from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import VersionState
from contracting.agreement_versions.terms import Party
from contracting.agreements.model import Agreement
from contracting.responsibilities import rules
from contracting.responsibilities.clauses import ClauseList, MatrixClause, shipped, titles
from contracting.responsibilities.model import OwnClause, OwnClauseState, Responsibility
from contracting.responsibilities.rules import Cell, Coverage
from contracting.responsibilities.schemas import (
    AgreementCoverage,
    CellCoverage,
    MatrixClauseRead,
    MatrixList,
    MatrixSource,
    ResponsibilityView,
)
from contracts.contracting import AgreementKind
from runtime.problems import NotFound, Problem
from runtime.work import Work


@dataclass(frozen=True, slots=True)
class Matrix:
    """What both sides say of a version, as it stands."""

    clauses: ClauseList
    said: Mapping[tuple[str, Party], Responsibility]
    """By clause and side: what was said of this version, or else of the one that it changes."""

    def cell(self, code: str) -> Cell:
        """A clause as both sides see it."""
        sponsor, partner = (self.said.get((code, side)) for side in (Party.sponsor, Party.partner))
        return Cell(sponsor.view if sponsor else None, partner.view if partner else None)

    @property
    def cells(self) -> Mapping[str, Cell]:
        """Every clause of which somebody said something."""
        return {code: self.cell(code) for code, _ in self.said}


async def list_of(work: Work, settled: Sequence[str] = (), agreed_at: datetime | None = None) -> ClauseList:
    """The shipped clauses, and the sponsor's own that are asked for, or that an agreement had settled before.

    Of what a side agreed on at an instant, those that had been asked for by then.
    """
    asked = col(OwnClause.state) == OwnClauseState.asked
    wanted = (asked & (col(OwnClause.created_at) < agreed_at) if agreed_at else asked) | col(OwnClause.code).in_(
        settled
    )
    own = await work.session.scalars(select(OwnClause).where(wanted).order_by(col(OwnClause.id)))
    return shipped().with_own(each.clause for each in own)


async def own_named(work: Work, named: str) -> OwnClause:
    """A clause of the sponsor's own, by its code or id. Raises NotFound."""
    named = named[:100].replace("\0", "")
    query = select(OwnClause.id).where((col(OwnClause.code) == named) | (cast(col(OwnClause.id), String) == named))
    id = await work.session.scalar(query)
    if id is None:
        raise NotFound("responsibility clause", named)
    return await work.get(OwnClause, id)


async def matrix_of(work: Work, version: AgreementVersion) -> Matrix:
    """The matrix of a version. What is not said of it holds as in the version that it changes."""
    parents = select(col(AgreementVersion.id), col(AgreementVersion.parent_version_id)).where(
        AgreementVersion.agreement_id == version.agreement_id
    )
    parent_of = {id: parent for id, parent in await work.session.execute(parents)}
    line, id = [version.id], version.parent_version_id
    while id:
        line.append(id)
        id = parent_of.get(id)
    rows = await work.session.scalars(select(Responsibility).where(col(Responsibility.version_id).in_(line)))
    oldest_first = sorted(rows, key=lambda row: -line.index(row.version_id))
    said = {(row.code, Party(row.side)): row for row in oldest_first}
    return Matrix(await list_of(work, sorted({code for code, _ in said}), version.first_consent_at), said)


def stated(version: AgreementVersion, said: Mapping[tuple[str, Party], Responsibility]) -> dict[str, Any]:
    """What both sides said of a version itself, by clause and side, as its digest is over it."""
    own: dict[str, Any] = {}
    for (code, side), row in said.items():
        if row.version_id == version.id:
            own.setdefault(code, {})[side.value] = asdict(row.view)
    return own


async def open_cells(work: Work, version: AgreementVersion) -> Sequence[str]:
    """The mandatory clauses of a version on which both sides do not agree yet; of other kinds there are none."""
    if version.kind != AgreementKind.quality:
        return ()
    matrix = await matrix_of(work, version)
    return rules.open_mandatory(matrix.clauses, matrix.cells, version.services)


async def coverage(work: Work, agreement: Agreement, number: int | None) -> AgreementCoverage:
    """The matrix of a version of a quality agreement: of the one that is named, or in force, or else the last one.

    Raises a 404 Problem for an agreement of another kind, and for a version that it does not have.
    """
    version = await _version(work, agreement, number)
    matrix = await matrix_of(work, version)
    numbers = await _numbers(work, agreement.id)
    clauses = [_cell(matrix, each, version, numbers) for each in matrix.clauses]
    missing = rules.open_mandatory(matrix.clauses, matrix.cells, version.services)
    return AgreementCoverage(
        agreement_id=agreement.id,
        agreement_number=agreement.number,
        version_id=version.id,
        version_number=version.version_number,
        list_version=matrix.clauses.version,
        complete=not missing,
        open_mandatory=list(missing),
        counts=dict.fromkeys(Coverage, 0) | Counter(each.coverage for each in clauses),
        clauses=clauses,
    )


async def whole_list(work: Work) -> MatrixList:
    """All clauses that are asked for."""
    found = await list_of(work)
    return MatrixList(
        list_version=found.version, clauses=[MatrixClauseRead.model_validate(_described(each)) for each in found]
    )


async def _version(work: Work, agreement: Agreement, number: int | None) -> AgreementVersion:
    if agreement.kind != AgreementKind.quality:
        detail = f"{agreement.number} is no quality agreement: only those have a responsibility matrix"
        raise Problem(404, "not-found", detail)
    versions = select(AgreementVersion).where(AgreementVersion.agreement_id == agreement.id)
    if number is not None:
        versions = versions.where(AgreementVersion.version_number == number)
    elif agreement.current_version_id:
        versions = versions.where(AgreementVersion.id == agreement.current_version_id)
    last = versions.order_by(
        (col(AgreementVersion.state) == VersionState.withdrawn), col(AgreementVersion.version_number).desc()
    )
    version: AgreementVersion | None = await work.session.scalar(last.limit(1))
    if version is None:
        raise Problem(404, "not-found", f"version: {agreement.number} has no version {number}")
    return version


async def _numbers(work: Work, agreement_id: UUID) -> Mapping[UUID, int]:
    query = select(col(AgreementVersion.id), col(AgreementVersion.version_number)).where(
        AgreementVersion.agreement_id == agreement_id
    )
    return {id: number for id, number in await work.session.execute(query)}


def _described(clause: MatrixClause) -> dict[str, object]:
    return {
        "code": clause.code,
        "group": titles()[clause.group],
        "words": clause.words,
        "mandatory_for": clause.mandatory,
        "fixed_owner": clause.fixed_owner,
        "sources": [MatrixSource(text=each.text, places=list(each.places)) for each in clause.sources],
    }


def _cell(matrix: Matrix, clause: MatrixClause, version: AgreementVersion, numbers: Mapping[UUID, int]) -> CellCoverage:
    sides = {side: matrix.said.get((clause.code, side)) for side in Party}
    return CellCoverage.model_validate(
        _described(clause)
        | {
            "mandatory": rules.is_mandatory(clause, version.services),
            "coverage": matrix.cell(clause.code).coverage,
            **{side.value: row and _view(row, numbers[row.version_id]) for side, row in sides.items()},
        }
    )


def _view(row: Responsibility, number: int) -> ResponsibilityView:
    said = {name: getattr(row, name) for name in ("owner", "does", "approves", "remark", "reason")}
    return ResponsibilityView.model_validate(said | {"from_version": number})
