"""A bundle is whole or it is not used."""

import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from bot.texts import bundle as bundle_module
from bot.texts.bundle import Shelf, find_content, load
from bot.texts.problems import BrokenContent
from tests.texts.small import MODULE, WORDS, Small


def test_a_sound_folder_is_a_bundle(content: Small) -> None:
    """Every language has its catalogue, documents and data; the flows are shared."""
    bundle = content.load()
    assert bundle.languages == ("it", "en")
    assert [flow.name for flow in bundle.flows] == ["tea"]
    assert bundle.documents["en"]["tea"].front.title == "Some tea"
    assert bundle.data["it"].goals["short_walk"].effort == 2
    assert bundle.warnings == ()
    with pytest.raises(FrozenInstanceError):
        bundle.fingerprint = ""  # type: ignore[misc]


def test_the_fingerprint_is_that_of_the_files(content: Small) -> None:
    """Loading again changes nothing, one letter changes it."""
    first = content.load().fingerprint
    assert content.load().fingerprint == first
    content.replace("it/goals.yaml", "un passo", "un passo.")
    assert content.load().fingerprint != first


def test_modules_stand_in_the_order_of_what_they_teach(content: Small) -> None:
    """First by method, then by name."""
    for lang in ("it", "en"):
        for name, method in (("awake", "M02"), ("bread", "M01")):
            text = MODULE.format(**WORDS[lang]).replace("M01", method)
            content.write(f"{lang}/modules/{name}.md", text.replace("id: tea", f"id: {name}"))
    assert [flow.name for flow in content.load().flows] == ["bread", "tea", "awake"]


def test_a_module_in_one_language_only_is_a_fault(content: Small) -> None:
    """It is told where the file is, and which file is missing."""
    (content.folder / "en/modules/tea.md").unlink()
    assert content.problems() == [
        "content/it/modules/tea.md:1: content/en/modules/tea.md is missing"
    ]


@pytest.mark.parametrize("name", ["messages.po", "contacts.yaml", "goals.yaml", "signs.yaml"])
def test_a_file_that_is_missing_is_a_fault(content: Small, name: str) -> None:
    """Nothing works without these."""
    (content.folder / "en" / name).unlink()
    assert f"content/en/{name}:1: the file is missing" in content.problems()


def test_a_language_that_is_missing_is_told_file_by_file(content: Small) -> None:
    """An empty folder is not a bundle either."""
    with pytest.raises(BrokenContent) as broken:
        load(content.folder, ("it", "de"))
    assert "content/de/messages.po:1: the file is missing" in str(broken.value)


@pytest.mark.parametrize(
    ("target", "problem"),
    [("goal:fly", "there is no goal named fly"), ("module:fly", "there is no module named fly")],
)
def test_a_button_into_nothing_is_a_fault(content: Small, target: str, problem: str) -> None:
    """Goals and modules are looked up across files."""
    for lang in ("it", "en"):
        content.replace(f"{lang}/modules/tea.md", "flow:menu", target)
    assert content.problems() == [
        f"content/{lang}/modules/tea.md:28: {problem}" for lang in ("en", "it")
    ]


@pytest.mark.parametrize("named", [False, True])
def test_a_module_about_a_topic_is_linked_only_where_the_topic_is_named_M11(
    content: Small, *, named: bool
) -> None:
    """Whoever is to leave the topic alone would see a button that leads nowhere."""
    for lang in ("it", "en"):
        coffee = MODULE.format(**WORDS[lang]).replace("id: tea", "id: coffee")
        title = WORDS[lang]["title"]
        coffee = coffee.replace(f"title: {title}", f"title: {title} 2")
        coffee = coffee.replace("serves: [hope]", "serves: [hope]\ntopics: [work]")
        content.write(f"{lang}/modules/coffee.md", coffee)
        content.replace(f"{lang}/modules/tea.md", "flow:menu", "module:coffee")
        if named:
            content.replace(
                f"{lang}/modules/tea.md", "serves: [hope]", "serves: [hope]\ntopics: [work]"
            )
    told = "coffee is not there for everybody: link it where its topics are named"
    if named:
        assert content.problems() == []
        assert {flow.name: flow.topics for flow in content.load().flows}["coffee"] == {"work"}
    else:
        assert content.problems() == [
            f"content/{lang}/modules/tea.md:28: {told}" for lang in ("en", "it")
        ]


def test_a_file_in_another_encoding_is_a_fault_at_the_line(content: Small) -> None:
    """An editor that saved Latin-1 is told so."""
    file = content.folder / "it/modules/tea.md"
    file.write_bytes(file.read_bytes().replace("è".encode(), b"\xe8"))
    assert "content/it/modules/tea.md:3: not UTF-8: save the file in that encoding" in (
        content.problems()
    )


def test_a_file_that_cannot_be_read_is_a_fault(content: Small) -> None:
    """A folder where a file should be, say."""
    (content.folder / "it/goals.yaml").unlink()
    (content.folder / "it/goals.yaml").mkdir()
    assert any("goals.yaml:1: cannot be read" in problem for problem in content.problems())


@pytest.mark.parametrize(
    "name", ["messages.po", "contacts.yaml", "goals.yaml", "signs.yaml", "modules/tea.md"]
)
def test_a_file_cut_off_anywhere_is_told_and_never_breaks_the_reader(
    content: Small, name: str
) -> None:
    """An upload that stopped half-way is noticed, whatever is left: nothing is silently shorter."""
    file = content.folder / "it" / name
    whole = file.read_bytes()
    for size in range(0, len(whole.rstrip()), 7):
        file.write_bytes(whole[:size])
        assert content.problems(), f"cut off after {whole[:size][-40:]!r}"


def test_a_broken_bundle_never_replaces_a_running_one(content: Small) -> None:
    """The shelf keeps what it has, says what is wrong, and takes the mended one."""
    shelf = Shelf(content.folder)
    old = shelf.bundle
    content.replace("it/modules/tea.md", "(#close)", "(#clsoe)")
    assert [str(problem) for problem in shelf.reload()] == [
        "content/en/modules/tea.md:23: #close here, #clsoe in content/it/modules/tea.md:23",
        "content/it/modules/tea.md:23: #clsoe leads to a step that is not here",
    ]
    assert shelf.bundle is old
    content.replace("it/modules/tea.md", "(#clsoe)", "(#close)")
    content.replace("it/modules/tea.md", "Metti su l'acqua.", "Scalda l'acqua.")
    assert shelf.reload() == ()
    assert shelf.bundle.fingerprint != old.fingerprint
    assert old.documents["it"]["tea"].sections["start"].parts[0].text == "Metti su l'acqua."


def test_reloading_the_same_files_keeps_the_same_bundle(content: Small) -> None:
    """Whoever built something on it need not build it again."""
    shelf = Shelf(content.folder)
    old = shelf.bundle
    assert shelf.reload() == ()
    assert shelf.bundle is old


def test_there_is_no_shelf_without_a_sound_bundle(content: Small) -> None:
    """Nothing to start with is an error at the start."""
    (content.folder / "it/messages.po").unlink()
    with pytest.raises(BrokenContent, match="the file is missing"):
        Shelf(content.folder)


def test_the_content_of_a_package_goes_before_the_one_of_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installed wheel carries it inside, a checkout has it beside bot/, else it is an error."""
    monkeypatch.setattr(bundle_module, "__file__", os.fspath(tmp_path / "bot/texts/bundle.py"))
    with pytest.raises(FileNotFoundError, match="no content folder"):
        find_content()
    (tmp_path / "content").mkdir()
    assert find_content() == tmp_path / "content"
    (tmp_path / "bot/_content").mkdir(parents=True)
    assert find_content() == tmp_path / "bot/_content"
