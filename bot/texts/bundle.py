"""All content of one moment, read, compared and compiled; and the shelf that holds the current one.

A bundle is made whole or not at all: a file cut off in the middle, a language without its pair or
a link into nothing raises, and whoever held the older bundle keeps it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from bot.engine.flow import Flow
from bot.texts.catalogue import Catalogue, disagreements, read_catalogue
from bot.texts.data import NEEDED, OPTIONAL, Data, compare_data, read_data
from bot.texts.graph import compile_module
from bot.texts.markup import plain
from bot.texts.modules import Document, read_module
from bot.texts.problems import BrokenContent, Problem, Report

LANGUAGES = ("it", "en")
CATALOGUE = "messages.po"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything content says, by language: catalogues, modules and their flows, data files.

    `flows` are the compiled modules in their reading order: that of the methods they teach.
    `fingerprint` is the same for the same files; `warnings` are faults one can live with.
    """

    languages: tuple[str, ...]
    catalogues: Mapping[str, Catalogue]
    documents: Mapping[str, Mapping[str, Document]]
    flows: tuple[Flow, ...]
    data: Mapping[str, Data]
    fingerprint: str
    warnings: tuple[Problem, ...] = ()

    def quotable(self) -> Iterator[str]:
        """Yield what people may copy out and send back: phrases, and the messages of modules."""
        for data in self.data.values():
            yield from (plain(phrase.texts["text"]) for phrase in data.phrases.phrases.values())
        for documents in self.documents.values():
            for document in documents.values():
                for section in document.sections.values():
                    yield from (part.text for part in section.parts)


def find_content() -> Path:
    """Return the content folder: inside an installed package, or beside a source checkout's bot.

    Raises:
        FileNotFoundError: there is neither.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "_content", package.parent / "content"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("no content folder: neither in the installed package nor beside bot/")


def load(folder: Path, languages: Sequence[str] = LANGUAGES) -> Bundle:
    """Read a content folder with one folder for each language.

    Raises:
        BrokenContent: with every problem found, each with its file and line.
    """
    bundle, problems = inspect(folder, languages)
    if any(not problem.warning for problem in problems):
        raise BrokenContent(problems)
    return bundle


def inspect(
    folder: Path, languages: Sequence[str] = LANGUAGES
) -> tuple[Bundle, tuple[Problem, ...]]:
    """Read a content folder as far as it can be read, and everything that is wrong with it.

    For the check, which goes on where it can; what is to be used comes from `load`.
    """
    report = Report(folder.name)
    files = {lang: _Files(folder / lang, f"{folder.name}/{lang}", report) for lang in languages}
    catalogues = {
        lang: read_catalogue(here.catalogue(), report.on(f"{here.path}/{CATALOGUE}"))
        for lang, here in files.items()
    }
    data = {lang: read_data(here.data(), here.path, report) for lang, here in files.items()}
    documents = {lang: _documents(here, lang, report) for lang, here in files.items()}
    first, *others = languages
    for other in others:
        disagreements(catalogues[first], catalogues[other], report)
        compare_data(data[first], data[other], (files[first].path, files[other].path), report)
    flows = tuple(_flows(files, documents, report))
    for lang in languages:
        _check_actions(documents[lang], data[lang], report)
    problems = tuple(sorted(report.problems))
    bundle = Bundle(
        languages=tuple(languages),
        catalogues=MappingProxyType(catalogues),
        documents=MappingProxyType(documents),
        flows=flows,
        data=MappingProxyType(data),
        fingerprint=_fingerprint(files),
        warnings=tuple(problem for problem in problems if problem.warning),
    )
    return bundle, problems


class Shelf:
    """Holds the bundle in use. A reload that fails leaves it where it is."""

    def __init__(self, folder: Path, languages: Sequence[str] = LANGUAGES) -> None:
        """Load the first bundle; raise BrokenContent when there is nothing sound to start with."""
        self._folder = folder
        self._languages = tuple(languages)
        self._bundle = load(folder, languages)

    @property
    def bundle(self) -> Bundle:
        """The bundle in use; take it once for a turn, so that the turn speaks with one voice."""
        return self._bundle

    def reload(self) -> tuple[Problem, ...]:
        """Read the folder again; return what is wrong, in which case the old bundle stays."""
        try:
            fresh = load(self._folder, self._languages)
        except BrokenContent as broken:
            return broken.problems
        if fresh.fingerprint != self._bundle.fingerprint:
            self._bundle = fresh
        return ()


class _Files:
    """The files of one language, read in one go: what is checked is what is used."""

    def __init__(self, folder: Path, path: str, report: Report) -> None:
        self.path = path
        self.texts: dict[str, str] = {}
        for file in _found(folder):
            name = file.relative_to(folder).as_posix()
            try:
                self.texts[name] = file.read_bytes().decode("utf-8")
            except UnicodeDecodeError as error:
                line = error.object.count(b"\n", 0, error.start) + 1
                report.on(f"{path}/{name}").add(line, "not UTF-8: save the file in that encoding")
            except OSError as error:
                report.on(f"{path}/{name}").add(1, f"cannot be read: {error.strerror}")
        if CATALOGUE not in self.texts:
            report.on(f"{path}/{CATALOGUE}").add(1, "the file is missing")

    def catalogue(self) -> str:
        """The text of the catalogue; a missing file was told already."""
        return self.texts.get(CATALOGUE, "")

    def data(self) -> dict[str, str]:
        return {name: self.texts[name] for name in (*NEEDED, *OPTIONAL) if name in self.texts}

    def modules(self) -> dict[str, str]:
        paths = (PurePosixPath(name) for name in self.texts)
        return {path.stem: str(path) for path in paths if path.suffix == ".md"}


def _found(folder: Path) -> Iterator[Path]:
    for pattern in (CATALOGUE, "*.yaml", "modules/*.md"):
        yield from sorted(folder.glob(pattern))


def _documents(files: _Files, lang: str, report: Report) -> Mapping[str, Document]:
    found = {
        name: read_module(files.texts[file], lang, name, report.on(f"{files.path}/{file}"))
        for name, file in files.modules().items()
    }
    return MappingProxyType({name: document for name, document in found.items() if document})


def _flows(
    files: Mapping[str, _Files], documents: Mapping[str, Mapping[str, Document]], report: Report
) -> Iterator[Flow]:
    """Compile what every language has, in reading order; report what one of them lacks."""
    names = {name for here in files.values() for name in here.modules()}
    order = {name: _order(name, documents) for name in names}
    for name in sorted(names, key=order.__getitem__):
        having = [here for here in files.values() if name in here.modules()]
        for here in files.values():
            if here not in having:
                twin = f"{having[0].path}/{having[0].modules()[name]}"
                report.on(twin).add(1, f"{here.path}/modules/{name}.md is missing")
        pair = {lang: known[name] for lang, known in documents.items() if name in known}
        if len(pair) < len(files):
            continue
        try:
            yield compile_module(pair)
        except BrokenContent as broken:
            report.problems += [p for p in broken.problems if p not in report.problems]


def _order(
    name: str, documents: Mapping[str, Mapping[str, Document]]
) -> tuple[tuple[str, ...], str]:
    known = next((here[name] for here in documents.values() if name in here), None)
    return (known.front.methods if known else (), name)


def _check_actions(documents: Mapping[str, Document], data: Data, report: Report) -> None:
    """Report buttons that start a goal or a module which does not exist."""
    known = {"goal": data.goals, "module": documents}
    for document in documents.values():
        for section in document.sections.values():
            for link in section.links:
                kind, name = link.action
                if kind in known and name not in known[kind]:
                    report.on(document.path).add(link.line, f"there is no {kind} named {name}")
                elif kind == "module" and set(documents[name].front.topics) - set(
                    document.front.topics
                ):
                    told = f"{name} is not there for everybody: link it where its topics are named"
                    report.on(document.path).add(link.line, told)


def _fingerprint(files: Mapping[str, _Files]) -> str:
    digest = hashlib.sha256()
    for here in files.values():
        for name, text in here.texts.items():
            digest.update(f"{here.path}/{name}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()[:16]
