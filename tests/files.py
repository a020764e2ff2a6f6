"""Files that tests are written in."""

from pathlib import Path
from typing import Any

import yaml

from bot.texts.lined import LOADER


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a YAML file holds."""
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader
