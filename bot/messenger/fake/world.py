"""People, chats and messages: what is true in the fake Telegram."""

from dataclasses import dataclass, field

from bot.messenger.fake.clock import Clock
from bot.messenger.fake.files import Files
from bot.messenger.fake.refusal import Json, Refusal, bad_request

DELETABLE_SECONDS = 48 * 3600
CALLBACK_SECONDS = 150


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account; their private chat has the same id."""

    id: int
    first_name: str
    language_code: str | None = None
    last_name: str | None = None
    username: str | None = None
    has_started: bool = False
    has_blocked: bool = False
    is_deactivated: bool = False

    def _names(self) -> Json:
        given = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
        }
        return {key: value for key, value in given.items() if value is not None}

    def as_user(self) -> Json:
        """Return the Bot API's User."""
        user = {"id": self.id, "is_bot": False, **self._names()}
        return user if self.language_code is None else user | {"language_code": self.language_code}

    def as_chat(self) -> Json:
        """Return the Bot API's Chat for the private chat."""
        return {"id": self.id, "type": "private", **self._names()}


@dataclass(slots=True)
class Group:
    """A group the bot was added to; ids are negative."""

    id: int
    title: str
    bot_is_in: bool = False

    def as_chat(self) -> Json:
        """Return the Bot API's Chat."""
        return {"id": self.id, "type": "group", "title": self.title}


@dataclass(slots=True)
class Post:
    """One message; `sender` is None for the bot, `content` holds Bot API fields."""

    chat_id: int
    message_id: int
    sender: Person | None
    date: int
    content: Json
    markup: Json | None = None
    plain_keyboard: Json | None = None
    edit_date: int | None = None
    is_silent: bool = False
    is_protected: bool = False
    is_deleted: bool = False

    @property
    def text(self) -> str:
        """The text or the caption, empty when it has none."""
        return str(self.content.get("text", self.content.get("caption", "")))


@dataclass(slots=True)
class Press:
    """A press of a button that waits for its one answer; `at` is seconds since 1970."""

    id: str
    person: Person
    at: float
    is_answered: bool = False
    toast: str | None = None


@dataclass(slots=True)
class World:
    """Everything that is true, and the ids given so far.

    Message ids count through all chats, as they do for a bot's private chats.
    """

    bot: Json
    clock: Clock
    files: Files = field(default_factory=Files)
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    posts: dict[int, dict[int, Post]] = field(default_factory=dict)
    pins: dict[int, list[int]] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    last_message_id: int = 0

    def chat(self, chat_id: int | None) -> Person | Group:
        """Return a chat the bot knows.

        Raises:
            Refusal: 400 when no id was given or the bot never met the chat.
        """
        if chat_id is None:
            raise bad_request("chat_id is empty")
        person = self.people.get(chat_id)
        if person is not None and person.has_started:
            return person
        group = self.groups.get(chat_id)
        if group is None:
            raise bad_request("chat not found")
        return group

    def writable_chat(self, chat_id: int | None) -> Person | Group:
        """Return a chat the bot may write to.

        Raises:
            Refusal: 400 as `chat` does; 403 when the person blocked the bot or is gone, or the bot
                is not in the group.
        """
        chat = self.chat(chat_id)
        if isinstance(chat, Group):
            if not chat.bot_is_in:
                raise Refusal(403, "Forbidden: bot is not a member of the group chat")
        elif chat.is_deactivated:
            raise Refusal(403, "Forbidden: user is deactivated")
        elif chat.has_blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def post(self, chat_id: int, sender: Person | None, content: Json) -> Post:
        """Put a message into a chat."""
        self.last_message_id += 1
        post = Post(chat_id, self.last_message_id, sender, self.clock.unix(), content)
        self.posts.setdefault(chat_id, {})[post.message_id] = post
        return post

    def find(self, chat_id: int, message_id: int) -> Post | None:
        """Return a message that is still there, None when it is not."""
        post = self.posts.get(chat_id, {}).get(message_id)
        return None if post is None or post.is_deleted else post

    def visible(self, chat_id: int) -> list[Post]:
        """Return the messages of a chat that are still there, oldest first."""
        return [post for post in self.posts.get(chat_id, {}).values() if not post.is_deleted]

    def delete(self, post: Post) -> None:
        """Take a message away, its pin with it."""
        post.is_deleted = True
        pins = self.pins.get(post.chat_id, [])
        if post.message_id in pins:
            pins.remove(post.message_id)

    def is_deletable(self, post: Post) -> bool:
        """Return whether the bot may still delete a message: only for 48 hours."""
        return self.clock.unix() - post.date < DELETABLE_SECONDS

    def chat_json(self, chat_id: int) -> Json:
        """Return the Bot API's Chat of a chat that exists."""
        return (self.people.get(chat_id) or self.groups[chat_id]).as_chat()

    def message(self, post: Post) -> Json:
        """Return the Bot API's Message as it is now."""
        shown: Json = {
            "message_id": post.message_id,
            "from": self.bot if post.sender is None else post.sender.as_user(),
            "chat": self.chat_json(post.chat_id),
            "date": post.date,
            **post.content,
        }
        if post.edit_date is not None:
            shown["edit_date"] = post.edit_date
        if post.is_protected:
            shown["has_protected_content"] = True
        if post.markup is not None:
            shown["reply_markup"] = post.markup
        return shown
