"""What a file is, by its content: a name says little."""

import re
from pathlib import Path

from partner_feeds.readers.encodings import in_utf_8
from partner_feeds.readers.form import CSV, JSON, JSON_LINES, XLSX
from partner_feeds.readers.other_files import OLD_WORKBOOK, ZIP

XML = "application/xml"
EVENTS = ("application/cloudevents+json", "application/cloudevents-batch+json")
"""One event, and several."""

_LOOKED_AT = 4096
_BEGINS_AS_JSON = re.compile(rb"""\{\s*["}]|\[\s*[{\]]""").match
_BEGINS_AS_XML = re.compile(rb"<(\?xml|!--|[A-Za-z_][A-Za-z0-9_.:-]*[\s/>])").match
_TWO_LINES = re.compile(rb"\{[^\n]*\}\s*\n\s*\{").match


def content_type_of(file: Path) -> str:
    """The media type: a workbook is a ZIP file, events begin as JSON does, and what is nothing else is a table.

    An old workbook is one too, so that the reader of workbooks says what is right instead.
    """
    if not file.is_file():  # what is read from a pipe is gone
        return CSV
    with file.open("rb") as stream:
        beginning = stream.read(_LOOKED_AT)
    if beginning.startswith((ZIP, OLD_WORKBOOK)):
        return XLSX
    beginning = in_utf_8(beginning).lstrip()
    if _BEGINS_AS_XML(beginning):
        return XML
    if not _BEGINS_AS_JSON(beginning):
        return CSV
    if b'"specversion"' in beginning:
        return EVENTS[beginning.startswith(b"[")]
    return JSON_LINES if _TWO_LINES(beginning) else JSON
