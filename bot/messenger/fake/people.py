"""What people do in Telegram, and what they see."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.messenger.fake import limits
from bot.messenger.fake.backend import Backend
from bot.messenger.fake.chats import tell_membership
from bot.messenger.fake.refusal import Impossible, Json
from bot.messenger.fake.shown import Shown, find_button, plain_buttons, show
from bot.messenger.fake.text import Formatted, formatted
from bot.messenger.fake.world import CALLBACK_SECONDS, Group, Person, Post, Press

T = TypeVar("T")
_VOICE = b"OggS fake voice"
_PICTURE = b"\xff\xd8\xff fake picture"
_STICKER = b"RIFF fake sticker"
_WITHOUT_CAPTION = frozenset({"sticker", "contact", "location"})


class Runner(Protocol):
    """Carries out a function where the server runs and returns its result."""

    def __call__(self, act: Callable[[], T], /) -> T:
        """Carry out a function."""


def run_here(act: Callable[[], T], /) -> T:
    """Carry out a function here: the caller already is where the server runs."""
    return act()


class User:
    """Somebody at their telephone.

    Every method that tells the bot something returns the id of the message, or of the press.

    Args:
        backend: the world they live in.
        person: who they are.
        run: carries out a function where the server runs.

    Raises:
        Impossible: from every method, when nobody could do that in Telegram.
    """

    def __init__(self, backend: Backend, person: Person, run: Runner) -> None:
        self._backend = backend
        self._do = run
        self.person = person

    @property
    def id(self) -> int:
        """The id of the person and of their private chat."""
        return self.person.id

    # What they say

    def says(self, text: str, *, group: int | None = None) -> int:
        """Write a text, in a group when one is named."""
        return self._do(lambda: self._write(self._text(text), group))

    def starts(self, payload: str = "") -> int:
        """Press Start, perhaps through a link with a payload."""
        limits.start_payload(payload)
        return self.says(f"/start {payload}".rstrip())

    def sends(self, kind: str, *, caption: str = "") -> int:
        """Send a voice, photo, document, sticker, contact or location."""
        if caption and kind in _WITHOUT_CAPTION:
            raise Impossible(f"a {kind} has no caption")
        return self._do(lambda: self._write(self._thing(kind) | self._caption(caption), None))

    def forwards(self, text: str, *, author: str = "Somebody") -> int:
        """Forward what somebody else wrote."""
        origin: Json = {
            "type": "hidden_user",
            "date": self._backend.clock.unix(),
            "sender_user_name": author,
        }
        return self._do(lambda: self._write({"forward_origin": origin, **self._text(text)}, None))

    def edits(self, text: str, *, message_id: int | None = None) -> int:
        """Change a text or caption of their own, the latest one unless another is named."""
        return self._do(lambda: self._edit(text, message_id))

    # What they press

    def presses(
        self,
        label: str | None = None,
        *,
        row: int | None = None,
        column: int = 0,
        message_id: int | None = None,
        times: int = 1,
    ) -> str:
        """Press a button by its label or its place, perhaps several times in a row.

        A label of the keyboard below the input field is pressed too: it sends its text.
        """
        place = None if row is None else (row, column)
        return self._do(lambda: self._press(label, place, message_id, times))

    def forges(self, data: str, *, message_id: int) -> str:
        """Press a button that is not there, as a tampered client can; deleted messages too."""
        return self._do(lambda: self._tell_press(data, message_id))

    # What they do with the bot

    def blocks(self) -> None:
        """Block the bot."""
        self._do(lambda: self._block(blocked=True))

    def unblocks(self) -> None:
        """Let the bot write again."""
        self._do(lambda: self._block(blocked=False))

    def deactivates(self) -> None:
        """Delete the account."""
        self._do(lambda: setattr(self.person, "is_deactivated", True))

    def adds_bot_to(self, group_id: int, title: str = "Group") -> None:
        """Add the bot to a group, whose id is negative."""
        self._do(lambda: self._add_to_group(group_id, title))

    # What they see

    def sees(self) -> list[Shown]:
        """Return the private chat as it stands, oldest message first."""
        return self._do(self._chat)

    def toasts(self) -> list[str]:
        """Return the texts that answers to presses showed."""
        presses = self._backend.world.presses
        return self._do(
            lambda: [
                one.toast for one in presses.values() if one.person is self.person and one.toast
            ]
        )

    def menu(self) -> list[str]:
        """Return the commands that the menu shows, in their language."""
        profile = self._backend.profile
        return self._do(
            lambda: [
                str(one["command"]) for one in profile.menu_for(self.id, self.person.language_code)
            ]
        )

    def _chat(self) -> list[Shown]:
        world = self._backend.world
        return [show(world, post) for post in world.visible(self.id)]

    def _check_able(self) -> None:
        if self.person.is_deactivated:
            raise Impossible(f"{self.person.first_name} has no account any more")
        if self.person.has_blocked:
            raise Impossible(f"{self.person.first_name} blocked the bot: unblocks() first")

    def _text(self, text: str) -> Json:
        clean = formatted(text)
        if not clean.text:
            raise Impossible("an empty message cannot be sent")
        return _fields(clean, "text", "entities")

    def _caption(self, caption: str) -> Json:
        return _fields(formatted(caption), "caption", "caption_entities") if caption else {}

    def _thing(self, kind: str) -> Json:
        files = self._backend.world.files
        if kind == "voice":
            stored = files.add(kind, "voice.ogg", "audio/ogg", _VOICE)
            return {kind: {**stored.identity(), "duration": 3, "mime_type": "audio/ogg"}}
        if kind == "photo":
            return {kind: files.add(kind, "photo.jpg", "image/jpeg", _PICTURE).as_photo()}
        if kind == "document":
            stored = files.add(kind, "notes.pdf", "application/pdf", b"%PDF-1.7 fake")
            return {kind: stored.as_document()}
        if kind == "sticker":
            shape = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
            stored = files.add(kind, "sticker.webp", "image/webp", _STICKER)
            return {kind: {**stored.identity(), "width": 512, "height": 512, **shape}}
        if kind == "contact":
            return {kind: {"phone_number": "+390000000000", "first_name": "Somebody"}}
        if kind == "location":
            return {kind: {"latitude": 45.07, "longitude": 7.69}}
        raise Impossible(f"nobody can send a {kind!r} here")

    def _write(self, content: Json, group_id: int | None) -> int:
        self._check_able()
        world = self._backend.world
        if group_id is None:
            self.person.has_started = True
        elif group_id not in world.groups:
            raise Impossible(f"there is no group {group_id}")
        post = world.post(self.id if group_id is None else group_id, self.person, content)
        self._tell("message", post)
        return post.message_id

    def _edit(self, text: str, message_id: int | None) -> int:
        self._check_able()
        world = self._backend.world
        own = [
            post
            for post in world.visible(self.id)
            if post.sender is self.person and message_id in {None, post.message_id}
        ]
        if not own or "forward_origin" in own[-1].content:
            raise Impossible("there is no message of their own to edit")
        post = own[-1]
        change = self._text(text) if "text" in post.content else self._caption(text)
        gone = {"text", "entities", "caption", "caption_entities"}
        post.content = {key: post.content[key] for key in post.content.keys() - gone} | change
        post.edit_date = self._backend.clock.unix()
        self._tell("edited_message", post)
        return post.message_id

    def _tell(self, kind: str, post: Post) -> None:
        message = self._backend.world.message(post)
        self._backend.updates.put(kind, message, f"chat {post.chat_id}")

    def _press(
        self, label: str | None, place: tuple[int, int] | None, message_id: int | None, times: int
    ) -> str:
        self._check_able()
        shown = self._chat()
        if (
            place is None
            and message_id is None
            and label in plain_buttons(self._backend.world, self.id)
        ):
            return str(self._write(self._text(label or ""), None))
        message, button = find_button(shown, label, place, message_id)
        presses = [self._tell_press(button.data or "", message.message_id) for _ in range(times)]
        return presses[-1]

    def _tell_press(self, data: str, message_id: int) -> str:
        self._check_able()
        world = self._backend.world
        post = world.posts.get(self.id, {}).get(message_id)
        if post is None:
            raise Impossible(f"there never was a message {message_id}")
        message = world.message(post)
        if post.is_deleted:
            message = {"chat": message["chat"], "message_id": message_id, "date": 0}
        press = Press(f"{7_000_000_000 + len(world.presses)}", self.person, world.clock.seconds())
        world.presses[press.id] = press
        body: Json = {
            "id": press.id,
            "from": self.person.as_user(),
            "message": message,
            "chat_instance": f"{self.id * 31}",
            "data": data,
        }
        self._backend.updates.put("callback_query", body, f"press {self.id}", CALLBACK_SECONDS)
        return press.id

    def _block(self, *, blocked: bool) -> None:
        if self.person.has_blocked == blocked:
            raise Impossible("nothing changes: " + ("blocked" if blocked else "not blocked"))
        self.person.has_blocked = blocked
        was, now = ("member", "kicked") if blocked else ("kicked", "member")
        tell_membership(self._backend, None, self.person.as_user(), was=was, now=now)

    def _add_to_group(self, group_id: int, title: str) -> None:
        if group_id >= 0:
            raise Impossible("the id of a group is negative")
        group = self._backend.world.groups.setdefault(group_id, Group(group_id, title))
        group.bot_is_in = True
        tell_membership(self._backend, group, self.person.as_user(), was="left", now="member")


def _fields(clean: Formatted, text_key: str, entities_key: str) -> Json:
    content: Json = {text_key: clean.text}
    if clean.entities:
        content[entities_key] = list(clean.entities)
    return content
