"""HTTP words for the matrix's cells."""

from serving.actions import Actions
from tech_transfer.qbd_cells import commands, queries
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.qbd_cells.schemas import AssessCell, QbdCellRead

cells = Actions("qbd-cells", QbdCell, QbdCellRead, queries.show)
cells.create(commands.assess, AssessCell, QbdCell.assess)
cells.get()
cells.list(queries.FILTERS)
