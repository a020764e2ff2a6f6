"""A copy of the content that a process reads quickly."""

import shutil
from pathlib import Path

import pytest
import yaml

from bot.bootstrap import content_folder
from tests.files import read_yaml


@pytest.fixture(scope="session")
def light_content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content with one expression in each list of its lexicons, and no statistical reader.

    Building the whole lexicons takes a process seconds; where nothing depends on what a text is
    read as, a bot that is started dozens of times does without.
    """
    folder = tmp_path_factory.mktemp("light") / "content"
    shutil.copytree(content_folder(), folder)
    for lexicon in folder.glob("*/safety.yaml"):
        tree = read_yaml(lexicon)
        lexicon.write_text(yaml.safe_dump(_shortened(tree), allow_unicode=True), encoding="utf-8")
    # What the statistical reader takes for danger depends on the words the lexicon rules out.
    (folder / "understanding.json").unlink(missing_ok=True)
    return folder


def _shortened(tree: object) -> object:
    if isinstance(tree, dict):
        return {key: _shortened(value) for key, value in tree.items()}
    return [_shortened(value) for value in tree[:1]] if isinstance(tree, list) else tree
