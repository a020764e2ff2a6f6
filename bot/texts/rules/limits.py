"""How long things may be (content.md A1, safety.md "Cards")."""

from collections.abc import Iterator

from bot.texts.modules import Document, Section
from bot.texts.problems import Problem
from bot.texts.render import LONGEST_MESSAGE
from bot.texts.rules.given import Given, Piece
from bot.texts.rules.sentences import count_words, filled, sentences, unquoted
from bot.texts.rules.worlds import WORLDS, shown

USUAL_MESSAGE = 350  # characters
LONGEST_SENTENCE, LONGEST_IN_CRISIS = 18, 12  # words
LONGEST_LABEL = 24  # characters
LONGEST_VALUE = 16  # characters of what a button carries (engine.effects.Button)
LONGEST_LINE = 60  # characters of a goal or sign, which stands in a sentence
MOST_MESSAGES, MOST_BUTTONS = 3, 4


def long_message(given: Given) -> Iterator[Problem]:
    """A message has at most 350 characters, and never over 500; `cards` looks at the cards."""
    for piece in given.messages():
        if piece.name.startswith("card."):
            continue
        size = len(piece.text)
        if size > LONGEST_MESSAGE:
            yield piece.fault(f"{size} characters, at most {LONGEST_MESSAGE}: say less, or in two")
        elif size > USUAL_MESSAGE and not piece.crisis:
            message = f"{size} characters, better at most {USUAL_MESSAGE}: leave a thought out"
            yield piece.fault(message, warning=True)


def long_sentence(given: Given) -> Iterator[Problem]:
    """A sentence has at most 18 words, 12 in a crisis; a placeholder counts as one word."""
    for piece in given.messages():
        most = LONGEST_IN_CRISIS if piece.crisis else LONGEST_SENTENCE
        for sentence in sentences(filled(piece.text)):
            words = count_words(sentence)
            if words > most:
                told = f"{words} words in one sentence, at most {most}: «{_begun(sentence)}»"
                yield piece.fault(told)


def many_questions(given: Given) -> Iterator[Problem]:
    """A message asks one thing; what stands in « » or “ ” is asked by somebody else."""
    for piece in given.messages():
        asked = unquoted(piece.text).count("?")
        if asked > 1:
            yield piece.fault(f"{asked} questions in one message: ask one, the other a step later")


def many_messages(given: Given) -> Iterator[Problem]:
    """A step says at most three messages; the first of a module follows its opening line."""
    for document, section in given.sections():
        most = MOST_MESSAGES - (section.name == document.front.start)
        if len(section.parts) > most:
            after = " after the opening" if most < MOST_MESSAGES else ""
            told = f"{len(section.parts)} messages, at most {most}{after}: make it two steps"
            yield _fault(document, section, told)
    for flow in given.flows:
        for step in flow.steps.values():
            if not callable(step.says) and len(step.says) > MOST_MESSAGES and not flow.module:
                path, line = given.said.flows.get(flow.name, ("", 1))
                told = f"{len(step.says)} messages, at most {MOST_MESSAGES}: make it two steps"
                yield Problem(path, line, f"step {step.name}: {told}")


def many_buttons(given: Given) -> Iterator[Problem]:
    """A step shows at most four authored buttons, whoever reads it."""
    for document, section in given.sections():
        most = max(len(shown(section.links, world)) for world in WORLDS)
        if most > MOST_BUTTONS:
            told = f"{most} buttons, at most {MOST_BUTTONS}: make it two steps"
            yield _fault(document, section, told)
    for flow in given.flows:
        for step in flow.steps.values():
            always = sum(option.when is None for option in step.options)
            if always > MOST_BUTTONS and not flow.module:
                path, line = given.said.flows.get(flow.name, ("", 1))
                told = f"{always} buttons, at most {MOST_BUTTONS}: make it two steps"
                yield Problem(path, line, f"step {step.name}: {told}")


def long_label(given: Given) -> Iterator[Problem]:
    """The label of a button has at most 24 characters; what fills a placeholder is cut to fit."""
    for piece in given.pieces:
        if piece.label:
            yield from _too_long(piece, LONGEST_LABEL, "a button is cut off after that")


def long_line(given: Given) -> Iterator[Problem]:
    """A goal or sign has at most 60 characters: it stands inside a message."""
    for piece in given.pieces:
        if piece.path.endswith(("/goals.yaml", "/signs.yaml")) and not piece.label:
            yield from _too_long(piece, LONGEST_LINE, "it stands inside a message")


def long_title(given: Given) -> Iterator[Problem]:
    """A module's title has at most 24 characters: it is a button of the reading list."""
    for document in given.documents():
        front = document.front
        if len(front.title) > LONGEST_LABEL:
            told = f"title: {len(front.title)} characters, at most {LONGEST_LABEL}: it is a button"
            yield Problem(document.path, front.lines["title"], told)


def long_id(given: Given) -> Iterator[Problem]:
    """What a button carries has at most 16 characters: names of modules, goals, signs, phrases."""
    for document in given.documents():
        yield from _long_id(document.path, document.front.lines["id"], document.front.id)
    for _lang, folder, data in given.data():
        for goal in data.goals.values():
            yield from _long_id(f"{folder}/goals.yaml", goal.line, goal.slug)
            yield from _long_id(f"{folder}/goals.yaml", goal.line, goal.area)
        for sign in data.signs.values():
            yield from _long_id(f"{folder}/signs.yaml", sign.line, sign.slug)
        for slug, place in data.phrases.situations.items():
            yield from _long_id(f"{folder}/phrases.yaml", place.line, slug)
        for slug, phrase in data.phrases.phrases.items():
            yield from _long_id(f"{folder}/phrases.yaml", phrase.line, slug)


def _long_id(path: str, line: int, name: str) -> Iterator[Problem]:
    if len(name) > LONGEST_VALUE:
        told = f"{name}: {len(name)} characters, at most {LONGEST_VALUE}: a button carries it"
        yield Problem(path, line, f"{told}, choose a shorter name")


def _too_long(piece: Piece, most: int, reason: str) -> Iterator[Problem]:
    size = len("".join(run.text for run in piece.runs))
    if size > most:
        yield piece.fault(f"{size} characters, at most {most}: {reason} («{piece.text}»)")


def _fault(document: Document, section: Section, message: str) -> Problem:
    return Problem(document.path, section.line, f"step {section.key}: {message}")


def _begun(sentence: str) -> str:
    return " ".join(sentence.split()[:6]) + " …"
