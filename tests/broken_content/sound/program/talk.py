"""A program small enough to be read at a glance: what the sound content is checked against."""

from bot.engine.chat import Chat
from bot.engine.effects import Button, Words
from bot.engine.events import Event
from bot.engine.flow import HOME, Exit, Move, Step, flow, option

FAMILIES = {"tea.*": ("tea.green", "tea.black")}
IN_DATA = ("card.fallback", "emergency.elsewhere", "line.always", "module.opening")


def teas(_chat: Chat, _event: Event) -> tuple[Button, ...]:
    """Two kinds."""
    return tuple(Button(Words(f"tea.{name}"), "tea", name) for name in ("green", "black"))


KITCHEN = flow(
    "kitchen",
    (
        Step("hello", (Words("kitchen.hello"),), (option("button.go_on", "next"),)),
        Step(
            "pick",
            (Words("kitchen.pick"),),
            (option("button.back", "back"),),
            choices=teas,
            retry=Words("kitchen.again"),
        ),
    ),
    (
        Move("next", "hello", "pick"),
        Move("back", "pick", "hello"),
        Move("tea", "pick", Exit(HOME), says=(Words("kitchen.served"),)),
    ),
)
FLOWS = (KITCHEN,)
ASIDES = (Step("help", (Words("help.text"),)), Step("sos", (Words("card.now"),)))
PUSHED = Words("reminder.tea")
LAST_ROW = (Button(Words("button.sos"), "sos"), Button(Words("button.menu"), "menu"))
