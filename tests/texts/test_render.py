"""What a person reads: values in their place, styles where Telegram looks for them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import pytest

from bot.engine.effects import Entry, Passage, Value, Words
from bot.texts.render import Entity, NoWords, Rendered
from tests.texts.small import Small, button, reading, styled


def said(content: Small, text: str, values: Mapping[str, Value], lang: str = "it") -> Rendered:
    """Return the entry `text`, rendered with these values."""
    content.both({"hello": text})
    return reading(content.load(), Words("hello", values), lang)


def test_offsets_count_utf16_units_so_an_emoji_before_bold_is_two(content: Small) -> None:
    """Telegram counts UTF-16 units: an emoji outside the basic plane is two, a heart is one."""
    rendered = said(content, "🌱❤ **ora** 🌿 *poi*", {})
    assert rendered.text == "🌱❤ ora 🌿 poi"
    assert rendered.entities == (Entity("bold", 4, 3), Entity("italic", 11, 3))
    assert styled(rendered) == [("bold", "ora"), ("italic", "poi")]


def test_an_emoji_inside_bold_is_covered_whole(content: Small) -> None:
    """The length too is in UTF-16 units, even for an emoji of several code points."""
    rendered = said(content, "**ciao {name}**!", {"name": "👩‍👧🇮🇹"})
    assert styled(rendered) == [("bold", "ciao 👩‍👧🇮🇹")]


def test_bold_around_a_placeholder_covers_the_value(content: Small) -> None:
    """A placeholder takes the style of the place it stands in."""
    rendered = said(content, "Chiama **il {number}** ora.", {"number": "118"})
    assert rendered.text == "Chiama il 118 ora."
    assert rendered.entities == (Entity("bold", 7, 6),)


def test_bold_around_nothing_but_an_empty_value_is_no_entity(content: Small) -> None:
    """An entity of length zero would be refused by Telegram."""
    assert said(content, "Ecco: **{name}** fine", {"name": ""}).entities == ()


def test_a_quote_keeps_bold_inside_and_ends_where_it_ends(content: Small) -> None:
    """Styles nest; the line after the quote is outside of it."""
    rendered = said(content, "Prova:\n> «Ti **credo**.»\n\nBasta così.", {})
    assert rendered.text == "Prova:\n«Ti credo.»\n\nBasta così."
    assert styled(rendered) == [("blockquote", "«Ti credo.»"), ("bold", "credo")]


def test_a_line_that_begins_with_a_number_stays_as_it_is(content: Small) -> None:
    """A card may begin a line with 112. : that is a number to call, not a numbered list."""
    text = "112. Chiama.\n- primo\n# due\n`x` [a](b) <b> & _"
    assert said(content, text, {}).text == text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("**Anna** _x_ [qui](http://x)", "**Anna** _x_ [qui](http://x)"),
        ("> Anna", "> Anna"),
        ("{number} {0.__class__}", "{number} {0.__class__}"),
        ("<b>Anna</b> &amp;", "<b>Anna</b> &amp;"),
        ("An\u202ena\u2066\u200f", "Anna"),
        ("An\x00na\x1b[1m\x7f", "Anna[1m"),
        ("Anna\ud83d", "Anna"),
        ("Anna\r\n\n \u2028Chiama il 199", "Anna\nChiama il 199"),
        ("  Anna\n", "Anna"),
    ],
)
def test_a_hostile_name_is_shown_as_text_and_styles_nothing(
    content: Small, name: str, shown: str
) -> None:
    """What a person wrote is never markup, never a placeholder, never turns the writing around."""
    rendered = said(content, "Ciao {name}, **bene**.", {"name": name})
    assert rendered.text == f"Ciao {shown}, bene."
    assert styled(rendered) == [("bold", "bene")]


def test_a_button_label_is_one_line_whatever_the_name(content: Small) -> None:
    """Labels have no styles and no line breaks."""
    content.both({"go": "**Con** {name}"})
    assert button(content.load(), Words("go", {"name": "Anna\n\nRossi"})) == "Con Anna Rossi"


def test_a_missing_value_names_the_entry_and_the_placeholder(content: Small) -> None:
    """A hole in a message is never sent; the chat does not move, and the log says why."""
    with pytest.raises(NoWords, match=r"hello \(it\) has no value for \{name\}"):
        said(content, "Ciao {name}", {"other": "x"})


@pytest.mark.parametrize(
    "text",
    [
        Words("nowhere"),
        Passage("tea", "nowhere"),
        Passage("tea", "start", 7),
        Passage("tea", "start", button=7),
        Passage("coffee", "start"),
        Entry("goals", "nowhere"),
        Entry("goals", "short_walk", "nowhere"),
        Entry("modules", "tea", "nowhere"),
        Entry("modules", "coffee", "title"),
        Entry("nowhere", "x"),
    ],
)
def test_what_is_not_in_the_content_is_an_error_and_not_a_blank(
    content: Small, text: Words | Passage | Entry
) -> None:
    """Whatever is asked for in vain is named."""
    with pytest.raises(NoWords, match=r"nowhere|coffee|tea"):
        reading(content.load(), text)


def test_a_language_that_is_not_there_is_an_error(content: Small) -> None:
    """The bundle says which languages it speaks."""
    with pytest.raises(NoWords, match="language de"):
        reading(content.load(), Words("line.always"), "de")


def test_a_message_of_nothing_is_an_error(content: Small) -> None:
    """Telegram refuses an empty text, so it never gets that far."""
    with pytest.raises(NoWords, match="empty"):
        said(content, "{name}", {"name": "\u200f"})


def test_blanks_at_the_ends_are_cut_without_moving_the_styles(content: Small) -> None:
    """Telegram strips a text but not its entities."""
    rendered = said(content, "{name} **ora** {name}", {"name": " "})
    assert (rendered.text, styled(rendered)) == ("ora", [("bold", "ora")])


@pytest.mark.parametrize(
    ("value", "italian", "english"),
    [
        (3, "3", "3"),
        (12500, "12.500", "12,500"),
        (date(2026, 11, 3), "3 novembre 2026", "3 November 2026"),
        (time(18, 5), "18:05", "18:05"),
        (("pane",), "pane", "pane"),
        (("pane", "tè"), "pane e tè", "pane and tè"),
        (("pane", "tè", 3), "pane, tè e 3", "pane, tè and 3"),
        ((), "", ""),
    ],
)
def test_values_are_written_as_the_language_writes_them(
    content: Small, value: Value, italian: str, english: str
) -> None:
    """Numbers, dates, hours and lists follow Italian and British usage."""
    assert said(content, "Ecco: {value}.", {"value": value}).text == f"Ecco: {italian}."
    assert said(content, "Ecco: {value}.", {"value": value}, "en").text == f"Ecco: {english}."


def test_a_moment_is_told_in_the_zone_of_the_person(content: Small) -> None:
    """The same moment is another hour, and another day, elsewhere; summer time counts."""
    content.both({"when": "{at}"})
    bundle = content.load()
    text = Words("when", {"at": datetime(2026, 7, 1, 22, 30, tzinfo=UTC)})
    assert reading(bundle, text).text == "2 luglio 2026, 00:30"
    assert reading(bundle, text, "en", zone="Europe/London").text == "1 July 2026, 23:30"
    winter = Words("when", {"at": datetime(2026, 12, 1, 22, 30, tzinfo=UTC)})
    assert reading(bundle, winter).text == "1 dicembre 2026, 23:30"


def test_words_inside_words_keep_their_styles_and_take_the_ones_around(content: Small) -> None:
    """A list of entries keeps what is bold in each; a bold place makes them bold too."""
    content.both({"inner": "il *tè*", "outer": "Oggi: {list}. **{one}**"})
    inner = Words("inner")
    text = Words("outer", {"list": (inner, "acqua"), "one": inner})
    rendered = reading(content.load(), text)
    assert rendered.text == "Oggi: il tè e acqua. il tè"
    assert styled(rendered) == [("italic", "tè"), ("bold", "il tè"), ("italic", "tè")]


@pytest.mark.parametrize(
    ("lang", "one", "many"), [("it", "1 passo", "0 passi"), ("en", "1 step", "0 steps")]
)
def test_a_count_picks_the_plural_form(content: Small, lang: str, one: str, many: str) -> None:
    """The rule is the catalogue's own: in both languages zero is plural."""
    content.catalogue("it", {"steps": ("{n} passo", "{n} passi")})
    content.catalogue("en", {"steps": ("{n} step", "{n} steps")})
    bundle = content.load()
    assert reading(bundle, Words("steps", {"n": 1}, count=1), lang).text == one
    assert reading(bundle, Words("steps", {"n": 0}, count=0), lang).text == many


def test_the_plural_rule_is_the_one_of_the_file(content: Small) -> None:
    """A catalogue that counts zero as one is taken at its word."""
    content.both({"steps": ("uno", "molti")})
    for lang in ("it", "en"):
        content.replace(f"{lang}/messages.po", "(n != 1)", "(n > 1)")
    assert reading(content.load(), Words("steps", count=0)).text == "uno"


def test_a_plural_without_a_count_is_an_error(content: Small) -> None:
    """Guessing a form would be wrong half of the time."""
    content.both({"steps": ("uno", "molti")})
    with pytest.raises(NoWords, match="give a count"):
        reading(content.load(), Words("steps"))


def test_modules_goals_and_signs_are_read_by_their_field(content: Small) -> None:
    """An entry of a data file speaks the language of the person."""
    bundle = content.load()
    assert reading(bundle, Entry("modules", "tea", "title"), "en").text == "Some tea"
    assert button(bundle, Entry("modules", "tea", "label")) == "Un tè"
    assert reading(bundle, Entry("modules", "tea", "minutes")).text == "2"
    assert reading(bundle, Entry("goals", "short_walk", "smaller")).text == "un passo"
    assert button(bundle, Entry("signs", "slower", "button"), "en") == "Everything slower"


def test_a_module_opens_with_its_title_and_length(content: Small) -> None:
    """The first message names the module and how long it takes, with the right plural."""
    bundle = content.load()
    opening, first = bundle.flows[0].steps["start"].says
    assert reading(bundle, opening).text == "Un tè: 2 min (n)"
    assert reading(bundle, first, "en").text == "Put the kettle on."
    assert styled(reading(bundle, Passage("tea", "close"))) == [("bold", "tè")]
    assert button(bundle, Passage("tea", "start", button=0), "en") == "Next"
