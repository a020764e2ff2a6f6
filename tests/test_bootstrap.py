import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import bootstrap
from bot.services.parts import Parts
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.texts.bundle import find_content


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content that may be spoiled."""
    copy = tmp_path / "content"
    shutil.copytree(find_content(), copy)
    monkeypatch.setenv("ACCANTO_CONTENT", str(copy))
    return copy


@pytest.fixture
def parts(content: Path, tmp_path: Path) -> Iterator[Parts]:
    """The parts of a running bot."""
    assert content.is_dir()
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}", Keyring.parse(Keyring.new_key()))
    yield bootstrap.parts_over(database)
    database.close()


@pytest.mark.parametrize(
    ("file", "spoiled"),
    [
        ("it/messages.po", 'msgid "half'),
        ("en/modules/low_friction.md", "---\nid: low_friction\n"),
        ("en/safety.yaml", "clear: [never closed"),
    ],
)
def test_broken_content_never_replaces_what_is_running_p7(
    content: Path, parts: Parts, file: str, spoiled: str
) -> None:
    """Catalogue, module or safety words: the old bundle and the old reader go on."""
    bundle, read = parts.bundle, parts.read
    (content / file).write_text(spoiled, encoding="utf-8")
    assert not bootstrap.reload_content(parts)
    assert parts.bundle is bundle
    assert parts.read is read


def test_changed_content_is_taken_up_with_its_dialogue(content: Path, parts: Parts) -> None:
    """The next turn speaks with the new words."""
    before = parts.dialogue
    module = content / "it" / "modules" / "low_friction.md"
    text = module.read_text(encoding="utf-8").replace(
        "title: Parole che pesano meno", "title: Parole"
    )
    module.write_text(text, encoding="utf-8")
    assert bootstrap.reload_content(parts)
    assert parts.bundle.documents["it"]["low_friction"].front.title == "Parole"
    assert parts.dialogue is not before
