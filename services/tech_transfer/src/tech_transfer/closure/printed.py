"""A closure report on paper: by its sections."""

from runtime.work import Work
from serving.printed import Form, Table, fields
from tech_transfer.closure.schemas import ClosureReportDetail, ClosureReportRead

_ELSEWHERE = ("id", "sections", *(f"{name}_id" for name in ("transfer", "product", "sending_site", "receiving_site")))


async def form(_: Work, shown: ClosureReportRead) -> Form | None:
    """The report's own fields, and each section as a table."""
    if not isinstance(shown, ClosureReportDetail):
        return None
    tables = [Table(each.title, each.columns if each.rows else (), each.rows, each.note) for each in shown.sections]
    return Form("Closure report", fields(shown, *_ELSEWHERE), tables=tables)
