"""HTTP words for sub-suppliers."""

from partner_registry.names import zone
from partner_registry.sub_suppliers import commands, queries
from partner_registry.sub_suppliers.model import TELLERS, SubSupplierUse
from partner_registry.sub_suppliers.schemas import EndSubSupplier, JudgeSubSupplier, SubSupplierRead, UseSubSupplier
from serving.actions import Actions

sub_suppliers = Actions("sub-suppliers", SubSupplierUse, SubSupplierRead, queries.show, loads={"zone": zone})
sub_suppliers.create(commands.begin, UseSubSupplier, *TELLERS)
sub_suppliers.post("judgement", SubSupplierUse.judge, JudgeSubSupplier)
sub_suppliers.post("end", SubSupplierUse.end, EndSubSupplier)
sub_suppliers.get()
sub_suppliers.list(queries.FILTERS)
