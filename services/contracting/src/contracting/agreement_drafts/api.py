"""HTTP words for drafts."""

from contracting.agreement_drafts import commands, queries
from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_drafts.schemas import AgreementDraftRead, DraftAgreement, WriteDraft
from contracting.authority import PARTNERS, SPONSORS, loaded_side
from serving.actions import Actions

agreement_drafts = Actions(
    "agreement-drafts", AgreementDraft, AgreementDraftRead, queries.show, loads={"side": loaded_side}
)
agreement_drafts.create(commands.begin, DraftAgreement, *SPONSORS, *PARTNERS)
agreement_drafts.post("content", AgreementDraft.write, WriteDraft, commands.write)
agreement_drafts.post("submission", AgreementDraft.submit, command=commands.submit)
agreement_drafts.post("discard", AgreementDraft.discard)
agreement_drafts.get()
agreement_drafts.list(queries.FILTERS)
