"""HTTP words for partners."""

from partner_registry.partners import commands
from partner_registry.partners.model import REGISTRARS, Partner
from partner_registry.partners.schemas import ChangeOwner, DescribePartner, PartnerRead, RegisterPartner
from partner_registry.qualifications.queries import is_qualified
from runtime.access import EVERYBODY
from runtime.bodies import Reason
from serving.actions import Actions
from serving.listing import equal

partners = Actions("partners", Partner, PartnerRead, readers=EVERYBODY, loads={"qualified": is_qualified})
partners.create(commands.register, RegisterPartner, *REGISTRARS)
partners.post("description", Partner.describe, DescribePartner, commands.describe)
partners.post("owner", Partner.change_owner, ChangeOwner)
partners.post("activation", Partner.activate, Reason)
partners.post("suspension", Partner.suspend, Reason)
partners.post("exit", Partner.exit, Reason)
partners.get()
partners.list(equal(Partner, "number", "kind", "state", "country"))
