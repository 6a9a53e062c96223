"""What a file is that is not what its feed reads, by its first bytes: who sent it is told what would be right."""

import re

from partner_feeds.readers.encodings import in_utf_8, mark_of

ZIP = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
GZIP = b"\x1f\x8b"

_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|table)\b", re.IGNORECASE).match

FIRST_BYTES = 1000
"""By so many bytes a file is known."""


def why_no_workbook(first: bytes) -> str | None:
    """What a file is that is no XLSX; None where its first bytes are those of one."""
    if first.startswith(ZIP):
        return None
    if first.startswith(OLD_WORKBOOK):
        return "an old workbook (.xls), or one with a password: save it as .xlsx without a password"
    if first.startswith(GZIP):
        return "a compressed file (gzip): unpack it, and send the workbook that is in it"
    if first.startswith(b"%PDF"):
        return "a PDF: export the table as .xlsx"
    if not first:
        return "no XLSX file: it is empty; send the workbook again"
    text = _text(first)
    if text is None:
        return "no XLSX file: save it as .xlsx in the program that wrote it"
    if text.startswith("<"):
        return "a page of HTML or XML under the name of a workbook: open it in a spreadsheet, and save it as .xlsx"
    return "plain text, such as CSV: send it to a feed of format csv, or save it as .xlsx"


def why_no_text(first: bytes) -> str | None:
    """What a file is that is no table of text; None where its first bytes may be those of one."""
    if first.startswith(ZIP):
        return "a ZIP file, such as a workbook: send it to a feed of format xlsx, or as CSV"
    if first.startswith(OLD_WORKBOOK):
        return "an old workbook (.xls): save it as .xlsx and send it to a feed of format xlsx, or as CSV"
    if first.startswith(GZIP):
        return "a compressed file (gzip): unpack it, and send the file that is in it"
    if first.startswith(b"%PDF"):
        return "a PDF: export the table as CSV"
    if _PAGE(first):
        return "a page of HTML: export the table as CSV, or open the page in a spreadsheet and save it as CSV"
    return None


def why_no_json(first: bytes) -> str | None:
    """What a file is that is no JSON; None where its first bytes may be those of one."""
    marked = mark_of(first)
    if (marked and marked[1] != "utf-8") or b"\0" in first[:4]:
        return "JSON is UTF-8, and this file is UTF-16: save it as UTF-8"
    return None


def _text(first: bytes) -> str | None:
    """The bytes as text without white space before it; None for what is none."""
    text = in_utf_8(first)
    return None if b"\0" in text else text.decode("utf-8", "replace").strip()
