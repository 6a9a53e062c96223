"""HTTP words for sites' risks."""

from partner_registry.risk import commands, queries
from partner_registry.risk.model import RATERS, RiskAssessment
from partner_registry.risk.schemas import (
    DraftRisk,
    FormTeam,
    RateRisk,
    RiskAssessmentRead,
    SettleRisk,
    SignRisk,
    SiteRiskDetail,
    SiteRiskRead,
)
from partner_registry.risk.standing import SiteRisk
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

OURS = READERS & SPONSORS

assessments = Actions("risk-assessments", RiskAssessment, RiskAssessmentRead, queries.show, readers=OURS)
assessments.create(commands.draft, DraftRisk, *RATERS)
assessments.post("ratings", RiskAssessment.rate, RateRisk)
assessments.post("consensus", RiskAssessment.agree, SettleRisk)
assessments.post("team", RiskAssessment.form_team, FormTeam)
assessments.post("signature", RiskAssessment.sign, SignRisk, commands.sign)
assessments.post("second-signature", RiskAssessment.countersign, command=commands.countersign)
assessments.post("return", RiskAssessment.send_back, Reason)
assessments.get()
assessments.list(queries.ASSESSMENT_FILTERS)

site_risks = Actions("site-risks", SiteRisk, SiteRiskRead, queries.show_sites, readers=OURS)
site_risks.get(SiteRiskDetail, queries.show_site)
site_risks.list(queries.SITE_FILTERS, "Sites' risks as they are in force.")
