"""HTTP words for versions of agreements."""

from contracting.agreement_versions import commands, queries
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.schemas import (
    AgreementVersionDetail,
    AgreementVersionRead,
    AgreeVersion,
    ReturnVersion,
)
from contracting.agreement_versions.surroundings import locked_version
from contracting.responsibilities import commands as matrix
from contracting.responsibilities.schemas import StateResponsibilities
from runtime.bodies import Reason
from serving.actions import Actions

agreement_versions = Actions(
    "agreement-versions", AgreementVersion, AgreementVersionRead, queries.show, locks=locked_version
)
agreement_versions.post("return", AgreementVersion.send_back, ReturnVersion, commands.send_back)
for path, agree in (("agreement", AgreementVersion.agree), ("partner-agreement", AgreementVersion.agree_as_partner)):
    agreement_versions.post(path, agree, AgreeVersion, commands.agreeing(agree))
for path, sign in (("signature", AgreementVersion.sign), ("partner-signature", AgreementVersion.sign_as_partner)):
    agreement_versions.post(path, sign, command=commands.signing(sign))
for path, withdraw in (
    ("withdrawal", AgreementVersion.withdraw),
    ("partner-withdrawal", AgreementVersion.withdraw_as_partner),
):
    agreement_versions.post(path, withdraw, Reason, commands.withdrawing(withdraw))
agreement_versions.post(
    "responsibilities", AgreementVersion.state_responsibilities, StateResponsibilities, matrix.state
)
agreement_versions.get(AgreementVersionDetail, queries.detail)
agreement_versions.list(queries.FILTERS)
