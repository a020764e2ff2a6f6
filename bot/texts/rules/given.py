"""What a rule is given: the content as far as it could be read, and what the program says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.engine.flow import Flow, Step
from bot.texts.bundle import Bundle
from bot.texts.catalogue import Phrase
from bot.texts.data import Data, DataEntry
from bot.texts.markup import Run, Runs, plain
from bot.texts.modules import Document, Section
from bot.texts.problems import Problem
from bot.texts.said import Said
from bot.texts.styles import Style

# Read in fear: shorter sentences, plainer words (safety.md).
CRISIS = ("card.", "check.", "followup.", "red.")


@dataclass(frozen=True, slots=True)
class Program:
    """What the check has to know of the program.

    `flows` are its conversations over a bundle, `asides` what is said beside them; `source` is
    the folder with its Python files; `families` lists what an id made of parts stands for.
    `lexicon` says, for a language and the tree of its safety words, what cannot be used.
    `examples` gives what is wrong with the labelled messages of a content folder, each with path
    and line; `reader` says what is wrong with what was learnt from them, if anything.
    """

    flows: Callable[[Bundle], Iterable[Flow]]
    source: Path
    asides: tuple[Step, ...] = ()
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Callable[[str, Mapping[str, object]], Iterable[str]] = lambda _lang, _words: ()
    examples: Callable[[Path], Iterable[tuple[str, int, str]]] = lambda _folder: ()
    reader: Callable[[Path], str | None] = lambda _folder: None


@dataclass(frozen=True, slots=True)
class Piece:
    """One text as it stands in content, and where. `prose` is a module's, `label` a button's."""

    lang: str
    path: str
    line: int
    name: str
    runs: Runs
    label: bool = False
    prose: bool = False

    @property
    def text(self) -> str:
        """The text without styles; a placeholder reads `{name}`."""
        return plain(self.runs)

    @property
    def crisis(self) -> bool:
        """Whether it is read in an emergency."""
        return not self.prose and self.name.startswith(CRISIS)

    def fault(self, message: str, *, warning: bool = False) -> Problem:
        """Return a problem with this text."""
        return Problem(self.path, self.line, f"{self.name}: {message}", warning)


@dataclass(frozen=True, slots=True)
class Given:
    """Everything a rule may look at.

    `broken` are the files that could not be read whole, `pieces` every text a person may read.
    """

    bundle: Bundle
    folder: Path
    broken: frozenset[str]
    program: Program
    flows: tuple[Flow, ...]
    said: Said
    pieces: tuple[Piece, ...]
    styles: Mapping[str, Style]
    on: date

    @property
    def whole(self) -> bool:
        """Whether every catalogue could be read; otherwise much would seem to be missing."""
        return not any(path.endswith(".po") for path in self.broken)

    def phrases(self) -> Iterator[tuple[str, Phrase]]:
        """Give every entry of every catalogue with its language."""
        for lang, catalogue in self.bundle.catalogues.items():
            for phrase in catalogue.phrases.values():
                yield lang, phrase

    def documents(self) -> Iterator[Document]:
        """Give every module in every language."""
        for documents in self.bundle.documents.values():
            yield from documents.values()

    def sections(self) -> Iterator[tuple[Document, Section]]:
        """Give every step of every module, and their variants."""
        for document in self.documents():
            for section in document.sections.values():
                yield document, section

    def data(self) -> Iterator[tuple[str, str, Data]]:
        """Give the data of each language with the folder its paths begin with."""
        for lang, data in self.bundle.data.items():
            yield lang, f"{self.folder.name}/{lang}", data

    def messages(self) -> Iterator[Piece]:
        """Give what is read as a message of its own."""
        data = tuple(f"/{name}.yaml" for name in ("goals", "signs", "phrases"))
        return (p for p in self.pieces if not p.label and not p.path.endswith(data))


def pieces_of(bundle: Bundle, folder: str, said: Said) -> Iterator[Piece]:
    """Give every text of a bundle that a person may read; `folder` begins the paths."""
    labels = said.labels()
    for lang, catalogue in bundle.catalogues.items():
        for phrase in catalogue.phrases.values():
            label = bool(labels.fullmatch(phrase.id))
            for runs in phrase.forms:
                yield Piece(lang, phrase.path, phrase.line, phrase.id, runs, label=label)
    for documents in bundle.documents.values():
        for document in documents.values():
            yield from _of_module(document)
    for lang, data in bundle.data.items():
        yield from _of_data(lang, f"{folder}/{lang}", data)


def _of_module(document: Document) -> Iterator[Piece]:
    lang, path = document.lang, document.path
    for section in document.sections.values():
        name = f"step {section.key}"
        for part in section.parts:
            yield Piece(lang, path, part.line, name, part.runs, prose=True)
        for link in section.links:
            runs = (Run(link.label),)
            yield Piece(lang, path, link.line, name, runs, label=True, prose=True)


def _of_data(lang: str, folder: str, data: Data) -> Iterator[Piece]:
    catalogues: tuple[tuple[str, Mapping[str, DataEntry]], ...] = (
        ("goals", data.goals),
        ("signs", data.signs),
        ("phrases", data.phrases.entries),
    )
    for file, entries in catalogues:
        for slug, entry in entries.items():
            for name, runs in entry.texts.items():
                where = f"{folder}/{file}.yaml"
                label = name in {"button", "title", "example"}
                yield Piece(lang, where, entry.line, f"{slug}.{name}", runs, label=label)
