"""A product quality review on paper: by its sections, with what records answered counted and row by row."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from quality_events.product_reviews.schemas import (
    ProductReviewAnswer,
    ProductReviewDetail,
    ProductReviewPart,
    ProductReviewRead,
    ProductReviewSection,
)
from runtime.work import Work
from serving.in_words import text, words
from serving.printed import Form, Table, fields

_COUNTS = ("Counted by", "Value", "How many")
_PARTS = ("Written by", "At (UTC)", "Text", "Evidence (SHA-256)")
_ELSEWHERE = ("id", "partner_id", "product_id", "site_ids", "product", "material", "sections")


async def form(_: Work, shown: ProductReviewRead) -> Form | None:
    """The sections as the reader may see them; of those that are the sponsor's alone a partner reads that there are."""
    if not isinstance(shown, ProductReviewDetail):
        return None
    lines = {"product": product(shown)} | fields(shown, *_ELSEWHERE)
    return Form("Product quality review", lines, tables=[each for one in shown.sections for each in section(one)])


def product(shown: ProductReviewDetail) -> str:
    """The code with the name, which the answers have had since they were kept: it is told to the maker by them."""
    kept = (each.parameters.get("product_name") for one in shown.sections for each in one.answers)
    name = (shown.product and shown.product.name) or next(filter(None, kept), None)
    return f"{shown.material} {name}" if name else shown.material


def section(shown: ProductReviewSection) -> Iterator[Table]:
    """What is told of a section, and what people wrote where no fact tells it."""
    notes = ["This section is the sponsor's alone."] if shown.withheld else []
    notes += [f"No fact tells all of it: {shown.unjudged}."] if shown.unjudged else []
    parts = [_part(each) for each in shown.parts]
    yield Table(f"({shown.clause}) {shown.title}", _PARTS if parts else (), parts, " ".join(notes))
    for each in shown.answers:
        yield from answer(each)


def answer(shown: ProductReviewAnswer) -> Iterator[Table]:
    """How many rows there are of each kind, and the rows."""
    counts, rows = shown.answer["counts"], shown.answer["rows"]
    asked = f"{shown.answered_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    yield Table(f"{shown.question}: counts", _COUNTS, _counted(counts), f"Asked {asked}, SHA-256 {shown.digest}")
    if rows:
        columns = list(rows[0])
        cells = [["" if each[name] is None else _cell(each[name]) for name in columns] for each in rows]
        yield Table(f"{shown.question}: rows", [words(name) for name in columns], cells)


def _counted(counts: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    rows = [["all", "", str(counts["all"])]]
    for name, kinds in counts.items():
        if isinstance(kinds, Mapping):
            rows += [[words(name), words(kind), str(number)] for kind, number in kinds.items()]
    return rows


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text(value) if value != [] else ""


def _part(part: ProductReviewPart) -> list[str]:
    return [part.author, f"{part.written_at.astimezone(UTC):%Y-%m-%d %H:%M}", part.text, part.evidence or ""]
