"""What Telegram does to a text before it becomes a message.

Source: clean_input_string_with_entities and fix_formatted_text in TDLib's MessageEntity.cpp. All
offsets and lengths are UTF-16 code units.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.messenger.fake.refusal import Json, bad_request

_BEYOND_BMP = 0xFFFF
_FIRST_PRINTABLE = 0x20
_SURROGATES = range(0xD800, 0xE000)
_DROPPED = frozenset("\r\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u0333\u033f\u030a")
_BLANKS = " \n"
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")),
    ("email", re.compile(r"(?<![\w.])[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("bot_command", re.compile(r"(?<![\w/@.:])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?\b")),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z0-9_]{4,32}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
# Inside these Telegram looks for nothing else.
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is shown and its entities (Bot API objects, by offset)."""

    text: str
    entities: tuple[Json, ...] = ()


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: UTF-16 code units."""
    return len(text) + sum(ord(sign) > _BEYOND_BMP for sign in text)


def formatted(text: str, entities: Sequence[Json] = ()) -> Formatted:
    """Clean, check and trim a text and find the entities it holds by itself.

    Raises:
        Refusal: 400 for entities that begin or end outside the text or inside a character.
    """
    kept, places = _clean(text)
    moved = [_moved(one, places) for one in sorted(entities, key=_offset) if one["length"] != 0]
    trimmed = _trimmed(kept, moved)
    return Formatted(trimmed.text, _with_found(trimmed))


def _offset(entity: Json) -> int:
    return int(entity["offset"])


def _clean(text: str) -> tuple[str, list[int | None]]:
    """Return the text without control characters, and where each old offset went.

    Offsets inside a surrogate pair go nowhere: None.
    """
    kept: list[str] = []
    places: list[int | None] = []
    place = 0
    for sign in text:
        code = ord(sign)
        if code in _SURROGATES:
            raise bad_request("Strings must be encoded in UTF-8")
        wide = code > _BEYOND_BMP
        places += [place, None] if wide else [place]
        if sign in _DROPPED:
            continue
        kept.append(" " if code < _FIRST_PRINTABLE and sign != "\n" else sign)
        place += 2 if wide else 1
    places.append(place)
    return "".join(kept), places


def _moved(entity: Json, places: list[int | None]) -> Json:
    start, length = int(entity["offset"]), int(entity["length"])
    end = start + length
    last = len(places) - 1
    if start < 0:
        raise bad_request(f"Receive an entity with incorrect offset {start}")
    if length < 0:
        raise bad_request(f"Receive an entity with incorrect length {length}")
    if start > last:
        raise bad_request(f"Entity begins after the end of the text at UTF-16 offset {start}")
    if end > last:
        raise bad_request(
            f"Entity beginning at UTF-16 offset {start} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    new_start, new_end = places[start], places[end]
    if new_start is None:
        raise bad_request("Entity begins in a middle of a UTF-16 symbol")
    if new_end is None:
        raise bad_request(
            f"Entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol"
        )
    return entity | {"offset": new_start, "length": new_end - new_start}


def _trimmed(text: str, entities: list[Json]) -> Formatted:
    shift = len(text) - len(text.lstrip(_BLANKS))
    bare = text.strip(_BLANKS)
    end = utf16_length(bare)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] + entity["length"] - shift, end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return Formatted(bare, tuple(kept))


def _with_found(given: Formatted) -> tuple[Json, ...]:
    closed = [
        range(one["offset"], one["offset"] + one["length"])
        for one in given.entities
        if one["type"] in _OPAQUE
    ]
    entities = list(given.entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(given.text):
            start = utf16_length(given.text[: match.start()])
            span = range(start, start + utf16_length(match.group()))
            if any(span.start < taken.stop and taken.start < span.stop for taken in closed):
                continue
            closed.append(span)
            entities.append({"type": kind, "offset": start, "length": len(span)})
    return tuple(sorted(entities, key=lambda one: (one["offset"], -one["length"])))
