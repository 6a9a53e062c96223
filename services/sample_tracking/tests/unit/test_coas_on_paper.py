"""What a certificate says of results that were typed from laboratories' own certificates."""

from datetime import UTC, datetime
from typing import Any

from sample_tracking.coas.contents import certified, papers
from sample_tracking.coas.printed import form
from sample_tracking.coas.schemas import CoaRead

from .test_coas import LIMITS, OURS, PLACES, drafted, found


def test_what_came_on_paper_names_who_typed_it_and_the_laboratory_s_own_certificate() -> None:
    approved: dict[str, Any] = {"approved_at": datetime(2026, 3, 5, 8, tzinfo=UTC)}
    paper = {"keyed_by": "ana", "verified_by": "bor", "certificate_digest": "c" * 64}
    results = [found("assay", **approved, **paper), found("water", **approved)]
    entries = certified(OURS, LIMITS[:2], results, PLACES, {})
    assert papers(entries) == ["c" * 64]
    names = ("about", "site", "partner", "product_name", "manufacturer")
    shown = dict(drafted({}, list(entries))) | dict.fromkeys(names)
    shown |= {"changed": [], "found_invalid": None, "flagged": None, "partner_pdf_digest": "d" * 64}
    printed = form(CoaRead.model_validate(shown))
    assert printed.lines["Laboratory's own certificate (SHA-256)"] == f"{'c' * 64}, {'d' * 64}"
    laboratory = "Laboratory, Bench (S-2)"
    assert [row[5] for row in printed.rows] == [
        *(f"{laboratory}; on paper, typed by ana and, without seeing that, by bor", laboratory)
    ]
