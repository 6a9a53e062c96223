"""A quality agreement in force with each partner: by it whatever the partners report is judged."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cli.demo import cast
from cli.demo.cast import Company
from cli.demo.seed import REGISTRY, Stopped
from cli.demo.systems import Partners
from cli.installation import Installation

CONTRACTING: Final = "/api/contracting/v1"
_DAYS: Final = 340
"""For how long each holds: its end is near enough to be warned of."""
_MADE_ON: Final = ("notify_deviation", "close_deviation", "acknowledge_deviation", "deliver_batch_record")
_OF_MINOR: Final = {"minor": 240}
"""The catalogue asks nothing of minor deviations: here each that a partner reports is judged. In hours."""
_TESTED_BY: Final = ("notify_oos", "conclude_oos")
_BOTH: Final = ("report_inspection", "announce_change", "classify_change")


def plant(platform: Installation, stopping: threading.Event) -> str:
    """Bring each agreement into force. Whatever is done is found as it was: it may be stopped anywhere."""
    people = platform.as_another_person("quality-contracts"), platform.as_another_person("head-of-quality")
    with people[0] as writer, people[1] as head:
        story = _Agreements(platform, writer, head)
        for company in cast.COMPANIES:
            if stopping.is_set():
                raise Stopped
            story.bring_into_force(company)
    return f"{len(cast.COMPANIES)} quality agreements signed, which hold from today"


class _Agreements:
    def __init__(self, platform: Installation, writer: Installation, head: Installation) -> None:
        self._platform, self._writer, self._head = platform, writer, head
        self._partners = Partners(platform)
        self._catalogue = {each["code"]: each for each in platform.get(f"{CONTRACTING}/clause-catalogue")["clauses"]}
        self._sites = {each["name"]: each for each in platform.items(f"{REGISTRY}/sites")}

    def bring_into_force(self, company: Company) -> None:
        """Drafted and agreed on by both quality units, and signed by their heads."""
        site = self._sites[company.site]
        partner_id = site["partner_id"]
        version = self._version(partner_id) or self._proposed(company, site)
        path = f"{CONTRACTING}/agreement-versions/{version['id']}"
        unit, theirs = self._partners.quality_unit(partner_id), self._partners.head_of_quality(partner_id)
        if version["state"] == "in_review":
            version = self._settle(version, unit)
        digest = {"digest": version["digest"]}
        steps = (
            ("sponsor_agreed_by", self._writer, "agreement", digest),
            ("partner_agreed_by", unit, "partner-agreement", digest),
            ("sponsor_signed_by", self._head, "signature", None),
            ("partner_signed_by", theirs, "partner-signature", None),
        )
        for done, who, step, body in steps:
            if version[done] is None:
                version = who.post(f"{path}/{step}", body)

    def _version(self, partner_id: str) -> dict[str, Any] | None:
        found = self._platform.items(f"{CONTRACTING}/agreement-versions", partner_id=partner_id, kind="quality")
        return next(iter(found), None)

    def _proposed(self, company: Company, site: dict[str, Any]) -> dict[str, Any]:
        partner_id = site["partner_id"]
        open_ = self._platform.items(f"{CONTRACTING}/agreement-drafts", partner_id=partner_id, state="open")
        draft = next(iter(open_), None)
        if draft is None:
            body = {"kind": "quality", "partner_id": partner_id, "content": self._content(company, site)}
            body |= {"stand_alone_reason": "the master agreement is on paper, and is not kept here yet"}
            draft = self._writer.post(f"{CONTRACTING}/agreement-drafts", body)
        submitted = self._writer.post(f"{CONTRACTING}/agreement-drafts/{draft['id']}/submission")
        made: dict[str, Any] = self._platform.get(f"{CONTRACTING}/agreement-versions/{submitted['version_id']}")
        return made

    def _settle(self, version: dict[str, Any], unit: Installation) -> dict[str, Any]:
        """Both quality units say the same of every clause of the responsibility matrix that it has to settle."""
        coverage = f"{CONTRACTING}/agreements/{version['agreement_id']}/coverage"
        known = self._platform.get(coverage, version=version["version_number"])
        cells = [_cell(each) for each in known["clauses"] if each["code"] in known["open_mandatory"]]
        for who in (self._writer, unit) if cells else ():
            who.post(f"{CONTRACTING}/agreement-versions/{version['id']}/responsibilities", {"cells": cells})
        settled: dict[str, Any] = self._platform.get(f"{CONTRACTING}/agreement-versions/{version['id']}")
        return settled

    def _content(self, company: Company, site: dict[str, Any]) -> dict[str, Any]:
        today = datetime.now(UTC).date()
        tests = "testing" in company.activities
        return {
            "title": f"Quality agreement, {company.site}",
            "sponsor_entity": "Velora Pharma GmbH",
            "partner_entity": company.legal_name,
            "site_ids": [site["id"]],
            "services": ["testing" if tests else "manufacture"],
            "governing_law": "AT",
            "effective_from": str(today),
            "expires_on": str(today + timedelta(days=_DAYS)),
            "notice_days": 90,
            "renewal": "automatic",
            "renewal_months": 12,
            "clauses": [self._clause(code, company) for code in ((_TESTED_BY if tests else _MADE_ON) + _BOTH)],
        }

    def _clause(self, code: str, company: Company) -> dict[str, Any]:
        """A clause with the catalogue's amounts; working days by the holidays of the partner's country."""
        asked = ("code", "kind", "owes", "words", "amounts", "unit", "start", "end", "classes", "statutory", "gmp")
        clause = {name: self._catalogue[code][name] for name in asked}
        if code == "notify_deviation":
            clause["amounts"] = clause["amounts"] | _OF_MINOR
        return clause | ({"calendar": company.country} if clause["unit"] == "working_days" else {})


def _cell(clause: dict[str, Any]) -> dict[str, Any]:
    """Who sees to it: what is fixed is so, work on site is the partner's, and of the rest the sponsor approves."""
    if clause["fixed_owner"] or clause["mandatory_for"] != "all":
        return {"code": clause["code"], "owner": clause["fixed_owner"] or "partner"}
    return {"code": clause["code"], "owner": "both", "does": "partner", "approves": "sponsor"}
