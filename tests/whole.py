"""What a run of CI, which has twenty minutes, leaves to the whole one: ``make test-whole``."""

import os

import pytest

WHOLE = os.environ.get("ENTENTE_WHOLE") == "1"
"""Whether this is the whole run, which takes the time it takes."""
only_whole = pytest.mark.skipif(not WHOLE, reason="left to `make test-whole`")
"""For a test that others stand for in the short run."""
