from pathlib import Path

import pytest

from tests.texts.small import Small


@pytest.fixture
def content(tmp_path: Path) -> Small:
    """Return a small sound content folder."""
    return Small(tmp_path)
