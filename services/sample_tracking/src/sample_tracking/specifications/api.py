"""HTTP words for specifications."""

from contracts import Role
from runtime.bodies import Reason
from sample_tracking.specifications import commands, queries
from sample_tracking.specifications.model import Specification
from sample_tracking.specifications.schemas import DraftSpecification, NameRegistered, SpecificationRead
from serving.actions import Actions

specifications = Actions("specifications", Specification, SpecificationRead, queries.show)
specifications.create(commands.draft, DraftSpecification, Role.quality, Role.lab, Role.regulatory)
specifications.post("approval", Specification.approve, command=commands.approve)
specifications.post("withdrawal", Specification.withdraw, Reason)
specifications.post("registered-version", Specification.name_registered, NameRegistered)
specifications.get()
specifications.list(queries.FILTERS)
