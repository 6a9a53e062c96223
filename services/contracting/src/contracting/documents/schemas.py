"""What is answered about documents."""

from contracting.documents.model import DocumentFields


class DocumentRead(DocumentFields):
    """A document that was handed in: what an agreement names it by."""
