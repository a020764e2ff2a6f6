"""Files that tests are written in."""

from pathlib import Path
from typing import Any

import yaml

# Several times as fast where the library was built with libyaml, as its wheels are.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a YAML file holds."""
    # A safe loader either way.
    return yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506
