"""The lots and the results that a proposal makes of a row, and what only the laboratory knows of them."""

from collections import Counter
from collections.abc import Iterator, Mapping

from cli.feeds.sketch.cells import Look, look_of, shown
from cli.feeds.sketch.dates import Dates, dates_of
from cli.feeds.sketch.parts import Parts
from cli.feeds.sketch.roles import names_samples, role_of, says_when
from cli.feeds.sketch.yaml_text import in_list, quoted

_MOST_LABELS = 3


def records_of(parts: Parts, labels: Mapping[str, str]) -> list[str]:
    """The mapping's last lines. Until LOT and DATE, which no column is, are said it cannot be loaded."""
    lot, product, revision = (parts.the(role) for role in ("lot", "product", "revision"))
    number = f"{{{lot.key if lot else 'LOT'}}}"
    material = f"{{{product.key}}}" if product else "PRODUCT"
    test = f"{{{parts.test.key}}}" if parts.test else "{test}"
    date = parts.dates[0] if parts.dates else None
    return [
        *([] if lot else _ask_for_lot(parts, labels)),
        "lots:",
        f"  batch: {{material: {_text(material)}, number: {_text(number)}}}"
        + ("" if product else "  # ASK: the file names no product; write its code here"),
        "",
        *([] if date else _ask_for_date(labels)),
        "records:",
        "  - record: TestResult",
        *_ask_for_id(parts),
        f"    id: {_text(f'{material}/{number}/{test}')}  # ASK: the same whenever it comes again, and else different",
        *([f"    revision: {quoted(revision.key)}"] if revision else []),
        f"    occurred_at: {quoted(date.key) if date else 'DATE'}{_ask_for_other_dates(parts)}",
        "    lot: batch",
        "    stage: release  # ASK",
        *_results(parts, test),
    ]


def _text(text: str) -> str:
    quotes = quoted(text)
    return quotes if quotes.startswith('"') else f'"{quotes}"'


def _results(parts: Parts, test: str) -> Iterator[str]:
    if not parts.test:
        yield "    # ASK what the sponsor calls each test: write it as name: ... with its column"
    if parts.value:
        yield f"    test: {_text(test)}"
        yield f"    value: {quoted(parts.value.key)}"
    else:
        yield f"    tests: {in_list(each.key for each in parts.results)}"


def _ask_for_lot(parts: Parts, labels: Mapping[str, str]) -> Iterator[str]:
    likely = [each.name for each in parts.left_out if names_samples(each.name)]
    perhaps = f" Perhaps {' or '.join(map(shown, likely[:2]))}." if likely else ""
    yield f"# ASK: which column names the lot? Write it in place of LOT, or LOT under columns.{perhaps}"
    for label in labels:
        if role_of(label) == "lot":
            yield f"#   LOT: {{holds: text, above: {quoted(label)}}}"


def _ask_for_date(labels: Mapping[str, str]) -> Iterator[str]:
    yield "# ASK: which column says when it was tested? Write it in place of DATE, or under columns one of:"
    dates = [label for label, value in labels.items() if look_of(value) is Look.date and says_when(label) >= 0]
    for label in sorted(dates, key=lambda label: -says_when(label))[:_MOST_LABELS]:
        found = dates_of([labels[label]])
        if isinstance(found, Dates):
            asked = f"  # ASK {found.doubt}" if found.doubt else ""
            yield f"#   DATE: {{holds: date, above: {quoted(label)}, format: {found.proposed}}}{asked}"
    yield "#   DATE: {holds: date, received: true}  # the day on which the file came"


def _ask_for_other_dates(parts: Parts) -> str:
    if not parts.dates:
        return ""
    if others := parts.dates[1:4]:
        return f"  # ASK: or {' or '.join(shown(each.name) for each in others)}?"
    return "  # ASK: is it when it was tested?" if says_when(parts.dates[0].name) <= 0 else ""


def _ask_for_id(parts: Parts) -> Iterator[str]:
    """That rows of the file would have the id of another, and which column tells them apart."""
    lot = parts.the("lot")
    if lot is None:
        return
    named = [each.cells for each in (lot, parts.the("product"), parts.test) if each]
    count = _repeated(named)
    if count:
        other = next((each for each in parts.left_out if not _repeated([*named, each.cells])), None)
        apart = f": {shown(f'{{{other.name}}}')} tells them apart" if other else ""
        yield f"    # ASK: {count} rows of the file have the id of another{apart}"


def _repeated(columns: list[list[str]]) -> int:
    rows = Counter(row for row in zip(*columns, strict=True) if any(row))
    return rows.total() - len(rows)
