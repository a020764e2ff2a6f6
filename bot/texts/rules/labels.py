"""Nothing on one screen may look the same and mean two things: labels, titles, numbers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time

from bot.engine.chat import Chat, Place
from bot.engine.effects import Text, Words
from bot.engine.events import CommandGiven
from bot.engine.flow import Flow, Step
from bot.engine.saying import SOS_ROW
from bot.texts.helplines import Helpline
from bot.texts.markup import plain
from bot.texts.problems import Problem
from bot.texts.rules.given import Given, Piece
from bot.texts.rules.worlds import WORLDS, shown


def same_label(given: Given) -> Iterator[Problem]:
    """The buttons of a step differ from each other and from the last row, SOS and Menu."""
    for document, section in given.sections():
        last = _last_row(given, document.lang)
        told = set()
        for world in WORLDS:
            links = shown(section.links, world)
            labels = [*last, *(link.label for link in links)]
            for number, label in _twice(labels):
                line = links[number - len(last)].line
                told.add(Problem(document.path, line, _same(f"step {section.key}", label)))
        yield from told


def same_label_in_flow(given: Given) -> Iterator[Problem]:
    """The same for conversations written in Python, with their first page of choices."""
    for flow in given.flows:
        path, line = given.said.flows.get(flow.name, ("", 1))
        for step in [] if flow.module else flow.steps.values():
            texts = [option.label for option in step.options] + _choices(given, flow, step)
            for lang in given.bundle.languages:
                labels = [*_last_row(given, lang), *_worded(given, lang, texts)]
                for _, label in _twice(labels):
                    told = _same(f"step {step.name}", label)
                    yield Problem(path, line, f"{told} ({lang})")


def same_label_in_family(given: Given) -> Iterator[Problem]:
    """The choices of one kind (areas, countries, topics) differ: they stand in one list."""
    families = {m.id for m in given.said.mentions if m.label and "*" in m.id and m.sure}
    for family in sorted(families - {"button.*"}):
        mentions = [m for m in given.said.mentions if m.id == family]
        for lang, catalogue in given.bundle.catalogues.items():
            found = [p for p in catalogue.phrases.values() if mentions[0].fits(p.id)]
            pieces = [Piece(lang, p.path, p.line, p.id, p.forms[0]) for p in found]
            yield from _same_pieces(pieces)


def same_label_in_list(given: Given) -> Iterator[Problem]:
    """The goals of one area differ, and so do the signs: each are one list of buttons."""
    for lang, folder, data in given.data():
        lists: dict[str, list[Piece]] = defaultdict(list)
        for slug, goal in data.goals.items():
            piece = Piece(lang, f"{folder}/goals.yaml", goal.line, slug, goal.texts["button"])
            lists[goal.area].append(piece)
        for slug, sign in data.signs.items():
            piece = Piece(lang, f"{folder}/signs.yaml", sign.line, slug, sign.texts["button"])
            lists["signs"].append(piece)
        for pieces in lists.values():
            yield from _same_pieces(pieces)


def same_title(given: Given) -> Iterator[Problem]:
    """Two modules have two titles: they are the buttons of one list."""
    for documents in given.bundle.documents.values():
        seen: dict[str, str] = {}
        for document in documents.values():
            title = document.front.title
            twin = seen.setdefault(title.casefold(), document.path)
            if twin != document.path:
                told = f"title: {twin} has the title «{title}» too, choose another"
                yield Problem(document.path, document.front.lines["title"], told)


def same_number(given: Given) -> Iterator[Problem]:
    """A number stands once among the help lines of a country: twice, one of them is wrong."""
    for _lang, folder, data in given.data():
        for country, lines in data.contacts.items():
            seen: dict[tuple[str, str], Helpline] = {}
            for line in lines:
                for channel, number in _reached(line):
                    twin = seen.setdefault((channel, number), line)
                    if twin is not line:
                        where = f"{country} has it in line {twin.line} too"
                        told = f"{line.id}: {number}: {where}, keep one of them"
                        yield Problem(f"{folder}/contacts.yaml", line.line, told)


def _reached(line: Helpline) -> Iterable[tuple[str, str]]:
    found = {"call": line.number, "text": line.text_to, "app": line.app}
    return ((channel, number.replace(" ", "")) for channel, number in found.items() if number)


def _same_pieces(pieces: Sequence[Piece]) -> Iterator[Problem]:
    for number, label in _twice([piece.text for piece in pieces]):
        yield pieces[number].fault(f"«{label}» stands twice in one list: tell them apart")


def _same(where: str, label: str) -> str:
    return f"{where}: «{label}» is on two buttons, counting SOS and Menu: tell them apart"


def _twice(labels: Sequence[str]) -> list[tuple[int, str]]:
    """Return position and text of each label that stood before."""
    seen: set[str] = set()
    found = []
    for number, label in enumerate(labels):
        if label.casefold() in seen:
            found.append((number, label))
        seen.add(label.casefold())
    return found


def _last_row(given: Given, lang: str) -> list[str]:
    return _worded(given, lang, [button.label for button in SOS_ROW])


def _worded(given: Given, lang: str, texts: Iterable[Text]) -> list[str]:
    """Return the labels that are entries of the catalogue without values."""
    phrases = given.bundle.catalogues[lang].phrases
    names = [text.id for text in texts if isinstance(text, Words) and text.id in phrases]
    return [plain(phrases[name].forms[0]) for name in names if not phrases[name].holes]


def _choices(given: Given, flow: Flow, step: Step) -> list[Text]:
    """Return the labels of the choices that a newcomer would see at this step."""
    if step.choices is None:
        return []
    chat = Chat("check", place=Place(flow.name, step.name))
    event = CommandGiven(at=datetime.combine(given.on, time(12), UTC), name="start")
    return [button.label for button in step.choices(chat, event)]
