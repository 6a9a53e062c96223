"""HTTP words for continued process verification."""

from contracts import Role
from serving.actions import Actions
from tech_transfer.verifications import commands, queries
from tech_transfer.verifications.model import ProcessVerification
from tech_transfer.verifications.schemas import ProcessVerificationRead, Verify

verifications = Actions("process-verifications", ProcessVerification, ProcessVerificationRead, queries.show)
verifications.create(commands.verify, Verify, Role.msat, Role.quality)
verifications.get()
verifications.list(queries.FILTERS)
