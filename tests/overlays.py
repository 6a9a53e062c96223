"""What tests of Kubernetes need that read its overlays as they are rendered."""

from typing import Any

import pytest

from scripts.kubernetes.validation import renderer
from tests.whole import WHOLE

Documents = list[dict[str, Any]]
needs_kustomize = pytest.mark.skipif(
    not (renderer() or WHOLE), reason="neither kubectl nor kustomize is there: see nightly.yml"
)
