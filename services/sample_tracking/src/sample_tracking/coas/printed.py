"""A certificate of analysis on paper: the same as its JSON says (EU GMP Annex 16; ICH Q7, 11.4)."""

from datetime import UTC, datetime

from contracts.partner_feeds import ResultRole
from contracts.sample_tracking import Evaluation
from sample_tracking.coas.schemas import CoaAbout, CoaFinding, CoaRead, CoaResult
from sample_tracking.coas.words import criterion, found
from serving.printed import Form

_COLUMNS = ("Test", "Acceptance criterion", "Result", "Verdict", "Method", "Laboratory", "Tested", "Approved")
_NOT_KEPT = "not kept"
"""In the place of what certificates of an earlier release did not say."""
_VERDICTS = {
    Evaluation.passed: "pass",
    Evaluation.out_of_specification: "out of specification",
    Evaluation.not_evaluated: "not evaluated",
}
_INVESTIGATIONS = {
    "open": "its investigation is open",
    "not_found_invalid": "its investigation did not find it invalid",
}


def form(coa: CoaRead) -> Form:
    """The certificate as people expect it: of what it is, each result beside what it was held against, who answers."""
    lines = {"Lot": f"{coa.lot_number} of {coa.material}", "Market": coa.market, "State": coa.state}
    lines |= _head(coa.about) if coa.about else {"Specification": f"revision {coa.revision}"}
    lines |= {"Digest (SHA-256)": coa.digest, "Drafted by": coa.drafted_by}
    if coa.issued_by and coa.issued_at:
        lines["Issued"] = f"by {coa.issued_by}, {_moment(coa.issued_at)}"
    more = {"Laboratory's own certificate (SHA-256)": _papers(coa), "Withdrawn": coa.withdrawal_reason}
    more["Not true any more"] = f"results changed since its draft: {', '.join(coa.changed)}" if coa.changed else None
    more["Superseded by"] = str(coa.superseded_by) if coa.superseded_by else None
    lines |= {name: text for name, text in more.items() if text}
    return Form("Certificate of analysis", lines, _COLUMNS, [_row(each) for each in coa.results])


def _papers(coa: CoaRead) -> str:
    """The digests of what the laboratories wrote themselves: as given, and of the papers that were typed."""
    digests = {coa.partner_pdf_digest, *(each.certificate_digest for each in coa.results)}
    return ", ".join(sorted(filter(None, digests)))


def _head(about: CoaAbout) -> dict[str, str]:
    used = about.specification
    where = f"for {used.market}" if used.market else "for every market"
    since = f", effective from {used.effective_from}" if used.effective_from else ""
    return {
        "Product": f"{about.product.name} ({about.product.code})",
        "Manufacturer": str(about.maker),
        "Manufacture begun": str(about.started_on or "not known"),
        "Date of manufacture": str(about.manufactured_on or "not known"),
        "Expiry date": about.expiry_date or "not known",
        "Specification": f"{about.product.code}, release, {where}, revision {used.revision}{since}",
    }


def _row(result: CoaResult) -> list[str]:
    version = f" version {result.method_version}" if result.method_version else ""
    return [
        result.test,
        criterion(result.criterion) if result.criterion else _NOT_KEPT,
        found(result) + _again(result.role),
        "; ".join([_VERDICTS[result.verdict], *_investigated(result)]),
        f"{result.method or _NOT_KEPT}{version}",
        "; ".join(filter(None, [str(result.laboratory or _NOT_KEPT), _typed(result)])),
        _moment(datetime.fromisoformat(result.tested_at)) if "T" in result.tested_at else result.tested_at,
        f"{result.approved_by}, {_moment(datetime.fromisoformat(result.approved_at))}",
    ]


def _typed(result: CoaResult) -> str | None:
    """That it came on paper, and who answers for its typing (21 CFR 211.194(a)(7), (8))."""
    if result.keyed_by is None:
        return None
    return f"on paper, typed by {result.keyed_by} and, without seeing that, by {result.verified_by}"


def finding(result: CoaResult) -> CoaFinding:
    """One result in short, as it is signed."""
    investigation = next(iter(_investigated(result)), "none")
    of_it = {"test": result.test, "role": result.role, "verdict": result.verdict, "investigation": investigation}
    return CoaFinding.model_validate(of_it | {"result": found(result)})


def _again(role: ResultRole | None) -> str:
    return "" if role in (None, ResultRole.original) else f" ({role})"


def _investigated(result: CoaResult) -> list[str]:
    return [_INVESTIGATIONS[result.investigation]] if result.investigation else []


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
