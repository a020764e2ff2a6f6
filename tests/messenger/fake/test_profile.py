import pytest

from bot.messenger.fake import FakeTelegram
from tests.messenger.fake.conftest import Api

pytestmark = pytest.mark.anyio


def commands(*names: str) -> list[dict[str, str]]:
    """Return commands of these names."""
    return [{"command": name, "description": name} for name in names]


async def test_a_menu_depends_on_chat_and_language(server: FakeTelegram, api: Api) -> None:
    """The narrowest list wins: own chat, private chats, everywhere; language before none."""
    anna, bob = server.user(7, "Anna", "it", has_started=True), server.user(8, "Bob", "en")
    own = {"type": "chat", "chat_id": 7}
    private = {"type": "all_private_chats"}
    await api("setMyCommands", commands=commands("start"))
    assert (anna.menu(), bob.menu()) == (["start"], ["start"])
    await api("setMyCommands", commands=commands("oggi"), scope=private, language_code="it")
    await api("setMyCommands", commands=commands("today"), scope=private)
    assert (anna.menu(), bob.menu()) == (["oggi"], ["today"])
    await api("setMyCommands", commands=commands("menu"), scope=own)
    assert (anna.menu(), bob.menu()) == (["menu"], ["today"])
    status, answer = await api("getMyCommands", scope=own)
    assert (status, answer["result"]) == (200, commands("menu"))
    assert (await api("getMyCommands", scope=own, language_code="it"))[1]["result"] == []
    await api("deleteMyCommands", scope=own)
    assert anna.menu() == ["oggi"]
    assert server.user(9).menu() == ["today"]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"type": "everybody"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"type": "chat"}, "can't parse BotCommandScope: Empty chat_id specified"),
        ({"type": "chat", "chat_id": 99}, "chat not found"),
        ([1], "can't parse BotCommandScope: BotCommandScope must be an Object"),
        ("{", "can't parse BotCommandScope JSON object"),
    ],
)
async def test_a_scope_is_one_that_telegram_knows(api: Api, scope: object, words: str) -> None:
    """And its chat one that the bot knows."""
    status, answer = await api("setMyCommands", commands=commands("menu"), scope=scope)
    assert (status, answer["description"]) == (400, f"Bad Request: {words}")


async def test_names_and_descriptions_are_kept_by_language(api: Api) -> None:
    """A language of its own beside the one for everybody."""
    for method, field in (
        ("MyDescription", "description"),
        ("MyShortDescription", "short_description"),
    ):
        await api(f"set{method}", **{field: "Beside you"})
        await api(f"set{method}", **{field: "Al tuo fianco", "language_code": "it"})
        assert (await api(f"get{method}"))[1]["result"] == {field: "Beside you"}
        assert (await api(f"get{method}", language_code="it"))[1]["result"] == {
            field: "Al tuo fianco"
        }
        assert (await api(f"get{method}", language_code="de"))[1]["result"] == {field: ""}


async def test_the_name_for_everybody_is_the_bots_name(api: Api) -> None:
    """It stands in what getMe says; a language without a name has that one."""
    await api("setMyName", name="Accanto")
    assert (await api("getMe"))[1]["result"]["first_name"] == "Accanto"
    assert (await api("getMyName", language_code="it"))[1]["result"] == {"name": "Accanto"}


async def test_a_menu_button_is_set_for_one_chat_or_for_all(server: FakeTelegram, api: Api) -> None:
    """Telegram's own is the list of commands."""
    server.user(7, has_started=True).adds_bot_to(-5)
    assert (await api("getChatMenuButton"))[1]["result"] == {"type": "commands"}
    await api("setChatMenuButton", menu_button={"type": "default"})
    await api("setChatMenuButton", chat_id=7, menu_button={"type": "commands"})
    assert (await api("getChatMenuButton"))[1]["result"] == {"type": "default"}
    assert (await api("getChatMenuButton", chat_id=7))[1]["result"] == {"type": "commands"}
    for wrong in ({"chat_id": 99}, {"chat_id": -5}, {"menu_button": {"type": "round"}}):
        assert (await api("setChatMenuButton", **wrong))[0] == 400
