"""The server against clients that nobody here wrote."""

import asyncio
import io

import aiogram
import aiogram.exceptions
import pytest
import telegram
import telegram.error
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, CommandStart
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MenuButtonCommands,
    Message,
    MessageEntity,
)

from bot.messenger.fake import Exchange, FakeTelegram, Fault, Kind
from tests.messenger.fake.honesty import Witness, complaints

pytestmark = pytest.mark.anyio


def aiogram_bot(server: FakeTelegram) -> aiogram.Bot:
    """Return aiogram's client, pointed at the server."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url), timeout=5)
    return aiogram.Bot(server.token, session=session)


def dispatcher() -> aiogram.Dispatcher:
    """Return a small bot: greets, asks, edits, listens to everything else."""
    bot = aiogram.Dispatcher()

    @bot.message(CommandStart(deep_link=True))
    async def start(message: Message) -> None:
        yes = InlineKeyboardButton(text="Sì", callback_data="yes")
        keyboard = InlineKeyboardMarkup(inline_keyboard=[[yes]])
        await message.answer(f"{message.text} da te?", reply_markup=keyboard)

    @bot.message(Command("stop"))
    async def stop(message: Message) -> None:
        await message.answer_document(BufferedInputFile(b"BEGIN:VCALENDAR", "piano.ics"))

    @bot.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("Hai scelto: sì")
        await query.answer("Fatto")

    @bot.message()
    @bot.edited_message()
    async def other(message: Message) -> None:
        await message.reply(message.content_type)

    @bot.my_chat_member()
    async def place(change: aiogram.types.ChatMemberUpdated) -> None:
        await change.bot.get_chat(change.chat.id)  # type: ignore[union-attr]

    return bot


async def test_an_aiogram_bot_holds_a_conversation_by_polling(
    server: FakeTelegram, witness: Witness
) -> None:
    """It starts, answers every kind of message, and acknowledges everything."""
    anna = server.user(7, "Anna", "it")
    bot = aiogram_bot(server)
    listening = dispatcher()
    polling = asyncio.create_task(
        listening.start_polling(bot, handle_signals=False, polling_timeout=2)
    )
    anna.starts("abc")
    await server.wait_quiet()
    anna.presses("Sì")
    await server.wait_quiet()
    anna.says("/stop")
    kinds = ["voice", "photo", "document", "sticker", "contact", "location"]
    for kind in kinds:
        anna.sends(kind)
    anna.forwards("Ciao")
    anna.blocks()
    anna.unblocks()
    await server.wait_quiet()
    anna.edits("/stop anzi no", message_id=3)
    await server.wait_quiet()
    said = [one.text for one in anna.sees() if one.is_from_bot]
    assert said[0] == "Hai scelto: sì"
    assert sorted(said[1:]) == sorted(["", *kinds, "text", "text"])
    assert anna.toasts() == ["Fatto"]
    await listening.stop_polling()
    await polling
    await bot.session.close()
    assert {one.method for one in witness.seen} >= {"getMe", "getUpdates", "sendDocument"}


async def test_aiogram_takes_every_other_answer(server: FakeTelegram) -> None:
    """Its own types read what the server says."""
    anna = server.user(7, "Anna", has_started=True)
    async with aiogram_bot(server).context() as bot:
        sent = await bot.send_message(
            7,
            "Ciao 🙂",
            entities=[MessageEntity(type="bold", offset=5, length=2)],
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        await bot.pin_chat_message(7, sent.message_id)
        pinned = (await bot.get_chat(7)).pinned_message
        assert isinstance(pinned, Message)
        assert pinned.text == "Ciao 🙂"
        photo = await bot.send_photo(7, BufferedInputFile(b"jpeg", "cycle.jpg"), caption="Il giro")
        assert photo.photo is not None
        fetched = await bot.download(photo.photo[-1])
        assert fetched is not None
        assert fetched.read() == b"jpeg"
        scope = BotCommandScopeChat(chat_id=7)
        await bot.set_my_commands([BotCommand(command="menu", description="Il menu")], scope=scope)
        assert (await bot.get_my_commands(scope=scope))[0].command == "menu"
        await bot.set_my_description("Al tuo fianco", language_code="it")
        assert (await bot.get_my_description("it")).description == "Al tuo fianco"
        await bot.set_chat_menu_button(7, MenuButtonCommands())
        assert isinstance(await bot.get_chat_menu_button(7), MenuButtonCommands)
        await bot.set_webhook("http://127.0.0.1:9/hook", secret_token="abc")
        assert (await bot.get_webhook_info()).url == "http://127.0.0.1:9/hook"
        await bot.delete_webhook()
        await bot.delete_messages(7, [sent.message_id, photo.message_id])
    assert anna.sees() == []


async def test_aiogram_understands_every_refusal(server: FakeTelegram) -> None:
    """It raises the error that belongs to each status."""
    server.user(7, has_started=True)
    async with aiogram_bot(server).context() as bot:
        for fault, error in (
            (Fault(Kind.REFUSE, status=429, retry_after=3), aiogram.exceptions.TelegramRetryAfter),
            (Fault(Kind.REFUSE, status=403), aiogram.exceptions.TelegramForbiddenError),
            (Fault(Kind.REFUSE, status=400), aiogram.exceptions.TelegramBadRequest),
            (Fault(Kind.REFUSE, status=409), aiogram.exceptions.TelegramConflictError),
            (Fault(Kind.REFUSE, status=500), aiogram.exceptions.TelegramServerError),
            (Fault(Kind.CUT), aiogram.exceptions.TelegramNetworkError),
        ):
            server.fault(fault)
            with pytest.raises(error):
                await bot.send_message(7, "Ciao")


async def test_python_telegram_bot_holds_a_conversation(server: FakeTelegram) -> None:
    """The library of this product, over real HTTP, with nothing but its addresses changed."""
    anna = server.user(7, "Anna", "it")
    anna.starts("abc")
    async with telegram.Bot(
        server.token, base_url=server.base_url, base_file_url=server.base_file_url
    ) as bot:
        assert bot.username == "fake_bot"
        (update,) = await bot.get_updates(timeout=5)
        assert update.message is not None
        assert update.message.text == "/start abc"
        button = telegram.InlineKeyboardButton("Sì", callback_data="yes")
        sent = await bot.send_message(
            7,
            "Vuoi? 🙂",
            entities=[telegram.MessageEntity("bold", 0, 5)],
            reply_markup=telegram.InlineKeyboardMarkup([[button]]),
            link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
            protect_content=True,
        )
        assert sent.parse_entities() == {sent.entities[0]: "Vuoi?"}
        anna.presses("Sì")
        (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=5)
        assert update.callback_query is not None
        assert update.callback_query.data == "yes"
        await update.callback_query.edit_message_text("Hai scelto: sì")
        await update.callback_query.answer("Fatto", show_alert=True)
        plan = telegram.InputFile(io.BytesIO(b"BEGIN:VCALENDAR"), "piano.ics")
        sent = await bot.send_document(7, plan, caption="Il piano")
        assert sent.document is not None
        fetched = await (await bot.get_file(sent.document)).download_as_bytearray()
        assert bytes(fetched) == b"BEGIN:VCALENDAR"
        await bot.send_chat_action(7, "typing")
        await bot.set_my_commands([("menu", "Il menu")], language_code="it")
        assert await bot.get_updates(offset=update.update_id + 1) == ()
    assert [one.text for one in anna.sees()] == ["/start abc", "Hai scelto: sì", "Il piano"]
    await server.wait_quiet()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.REFUSE, status=429, retry_after=3), telegram.error.RetryAfter),
        (Fault(Kind.REFUSE, status=403), telegram.error.Forbidden),
        (Fault(Kind.REFUSE, status=400), telegram.error.BadRequest),
        (Fault(Kind.REFUSE, status=502), telegram.error.NetworkError),
        (Fault(Kind.CUT), telegram.error.NetworkError),
        (Fault(Kind.CUT, after=True), telegram.error.NetworkError),
        (Fault(Kind.HANG), telegram.error.TimedOut),
    ],
)
async def test_python_telegram_bot_understands_every_fault(
    server: FakeTelegram,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    error: type[telegram.error.TelegramError],
) -> None:
    """Each as the error that its users know."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else its RetryAfter warns of its own past
    server.user(7, has_started=True)
    async with telegram.Bot(server.token, base_url=server.base_url) as bot:
        server.fault(fault)
        with pytest.raises(error):
            await bot.send_message(7, "Ciao", read_timeout=0.2)


async def test_a_wrong_token_is_an_invalid_token(server: FakeTelegram) -> None:
    """For python-telegram-bot, whatever is wrong with it."""
    for token in ("1:wrong", "wrong"):
        with pytest.raises(telegram.error.InvalidToken):
            async with telegram.Bot(token, base_url=server.base_url):
                pass


@pytest.mark.parametrize(
    ("exchange", "complaint"),
    [
        (Exchange("getMe", {}, 200, {"ok": True, "result": {"id": 1}}), "is_bot"),
        (Exchange("sendMessage", {"chat_id": 7}, 200, {"ok": True, "result": True}), "text"),
        (Exchange("close", {"x": 1}, 200, {"ok": True, "result": True}), "unknown field request.x"),
        (Exchange("close", {}, 200, {"ok": True, "result": True, "x": 1}), "answer has x"),
        (Exchange("webhook", {"update_id": 1, "x": 1}, 200, None), "unknown field update.x"),
        (
            Exchange("x", {}, 400, {"ok": False, "error_code": 401, "description": "x"}),
            "an incomplete refusal",
        ),
        (
            Exchange(
                "getUpdates",
                {},
                200,
                {
                    "ok": True,
                    "result": [
                        {
                            "update_id": 1,
                            "message": {
                                "message_id": 1,
                                "date": 0,
                                "chat": {"id": 7, "type": "private", "colour": "red"},
                            },
                        }
                    ],
                },
            ),
            "unknown field result[0].message.chat.colour",
        ),
    ],
)
async def test_the_witness_notices(exchange: Exchange, complaint: str) -> None:
    """What is missing and what is too much, however deep."""
    assert any(complaint in one for one in complaints(exchange)), complaints(exchange)
