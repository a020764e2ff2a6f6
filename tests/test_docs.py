"""The documents say what there is: every command, setting, flow and folder."""

from pathlib import Path

import pytest
from typer.main import get_command

from bot.__main__ import app
from bot.flows.house import COMMANDS, SHORTCUTS, flows
from bot.flows.offer import Offer
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
METHODS = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(path.stem for path in (ROOT / "content" / "it" / "modules").glob("*.md"))


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_documented(name: str) -> None:
    """An operator finds it in the table of commands."""
    assert f"| `{name}" in OPERATING


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    """With its name as it stands in the environment."""
    assert f"| `ACCANTO_{name.upper()}` |" in OPERATING


@pytest.mark.parametrize("name", [*(flow.name for flow in flows(Offer())), *MODULES])
def test_every_flow_and_module_has_its_track_documented(name: str) -> None:
    """Who may open it, on which track, under which scope."""
    assert f"| `{name}` |" in METHODS


def test_every_command_of_the_menu_works_anywhere() -> None:
    """What the menu of Telegram offers is answered from every step."""
    assert set(COMMANDS) <= set(SHORTCUTS)


@pytest.mark.parametrize(
    "folder",
    sorted(path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()),
)
def test_the_readme_names_every_part(folder: str) -> None:
    """Nobody has to ask where a thing goes."""
    assert f"`bot/{folder}/`" in README


def test_every_dependency_has_its_line() -> None:
    """What for, and why not our own."""
    listed = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    lock = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = lock.split("dependencies = [", 1)[1].split("]\n", 1)[0]
    names = [
        line.strip(' ",').split(">")[0].split("=")[0].split("[")[0].split("<")[0]
        for line in wanted.splitlines()
        if '"' in line
    ]
    assert [name for name in names if name and name not in listed] == []
