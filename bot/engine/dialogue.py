"""One turn: the safety of what was read, then the moves that work anywhere, then the flow.

`Dialogue.turn` is a function of the chat and the event. It never raises for anything a person
can do; whatever does not fit leaves the chat as it was and asks again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.engine.chat import Chat, Place, Role
from bot.engine.effects import Effect, NoteTier, SaveProgress, Say, Text, Words
from bot.engine.events import (
    ButtonPressed,
    CheckDue,
    CommandGiven,
    Event,
    FollowUpDue,
    MediaReceived,
    NoticeDue,
    Outage,
    ReminderDue,
    TextReceived,
    Worded,
)
from bot.engine.flow import HOME, OFFERED, PAGE, RESUME, SCALE, Exit, Flow, Move, Step
from bot.engine.machine import BrokenFlow, FlowMachine
from bot.engine.saying import (
    DROP,
    SAVE,
    SCALE_VALUES,
    UNSAVED,
    filled,
    said,
    save_anyway,
    without_unsaved,
)
from bot.engine.ways import Shortcut, Turn, Ways
from bot.safety.alarm import Level, hear, rest
from bot.safety.control import TRIGGERS, rests
from bot.safety.reading import CALM, Reading, Tier

ASIDE: Mapping[str, str] = MappingProxyType({"aside": "yes"})
"""The memory that something else was said after the pending question."""

PUSHED = (ReminderDue, NoticeDue, FollowUpDue, CheckDue)


class Dialogue:
    """All flows of one content bundle. Shared by every chat, so nothing about a person is here."""

    def __init__(self, flows: Iterable[Flow], ways: Ways) -> None:
        """Build every machine once; raise BrokenFlow when a flow does not hold together."""
        self.flows: Mapping[str, Flow] = MappingProxyType({f.name: f for f in flows})
        self._machines = {name: FlowMachine(f) for name, f in self.flows.items()}
        self.ways = ways
        for flow in self.flows.values():
            _verify_exits(flow, self.flows)

    def turn(self, chat: Chat, event: Event) -> Turn:
        """Return what `event` makes of `chat`. The order is the order of safety.md."""
        chat = self._where_it_belongs(self._settled(self._spared(_rested(chat, event))), event)
        if isinstance(event, PUSHED):
            return self._pushed(chat, event)
        reading = event.reading if isinstance(event, Worded) else CALM
        if chat.unheard:
            # Whatever it is, somebody is there: silence is counted anew.
            chat = replace(chat, unheard=0)
        answer = self._answer(chat, event)
        alarm = hear(chat.alarm, reading, event.at)
        # Copying a chat costs as much as a step of the machine: only what changes is copied.
        chat = chat if alarm is chat.alarm else replace(chat, alarm=alarm)
        if reading.tier in {Tier.RED, Tier.CHECK} and not answer:
            return self._alarmed(chat, event, reading)
        if isinstance(event, TextReceived) and event.edited and reading.tier is Tier.NONE:
            return Turn(chat)
        if chat.alarm.level is Level.CHECK:
            return self._moved(chat, answer) if answer else self._while_check(chat, event)
        if chat.alarm.closed:
            return self._while_red(chat, event)
        return self._normal(chat, event, reading)

    def _pushed(self, chat: Chat, event: Event) -> Turn:
        if self.ways.hushed(chat, event):
            return Turn(chat)
        chat, effects = self.ways.arrivals[type(event)](chat, event)
        return Turn(chat, effects)

    def _where_it_belongs(self, chat: Chat, event: Event) -> Chat:
        """Lead a chat out of RED when the alarm has come to rest, and into it while it is open."""
        if chat.alarm.closed:
            astray = chat.place.flow not in self.ways.open_in_red
            place = self.ways.red_again(chat, event)
        else:
            astray = chat.place.flow == self.ways.red.flow
            place = self.ways.home(chat, event) if astray else chat.place
        return replace(chat, place=place, revision=chat.revision + 1) if astray else chat

    # --- safety -----------------------------------------------------------------------------

    def _alarmed(self, chat: Chat, event: Event, reading: Reading) -> Turn:
        """Answer a red or check text with its card or question, wherever the person was."""
        chat = self._interrupted(chat, event)
        if chat.alarm.level is Level.CHECK:
            noted = NoteTier(Tier.CHECK, reading.trigger or "R3")
            return self._enter(chat, self.ways.check, event, effects=(noted,))
        if chat.alarm.level is Level.FOLLOWUP:
            return self._enter(chat, self.ways.red_again(chat, event), event)
        chat, effects = self.ways.raised(chat, event)
        return self._enter(chat, self.ways.red, event, effects=effects)

    def _answer(self, chat: Chat, event: Event) -> ButtonPressed | None:
        """Return the button that a text typed to the pending question stands for, if it is one.

        The question must be the last thing that was said, and a red text is never an answer.
        """
        pending = chat.alarm.level is Level.CHECK and chat.place == self.ways.check
        if not pending or not isinstance(event, TextReceived) or event.edited:
            return None
        return None if event.reading.tier is Tier.RED else self.ways.answered(chat, event)

    def _while_check(self, chat: Chat, event: Event) -> Turn:
        """Until the question is answered, whatever comes meets it first."""
        shortcut = self.ways.shortcuts.get(_named(event))
        asking = chat.place.flow == self.ways.check.flow
        if shortcut and shortcut.in_red:
            if asking:
                memory = ASIDE if shortcut.aside else self.ways.check.memory
                chat = replace(chat, place=replace(self.ways.check, memory=memory))
            return self._shortcut(chat, event, shortcut)
        pressed = isinstance(event, ButtonPressed) and shortcut is None
        if pressed and (asking or chat.place.flow in self.ways.open_in_red):
            return self._moved(chat, event)
        if asking:
            chat = replace(chat, place=self.ways.check)
            return Turn(chat, self._ask(chat, event))
        return self._enter(self._interrupted(chat, event), self.ways.check, event)

    def _while_red(self, chat: Chat, event: Event) -> Turn:
        """In RED only safety goes on, with the few things nobody may be refused."""
        name = _named(event)
        shortcut = self.ways.shortcuts.get(name)
        if name == "sos":
            return self._enter(chat, self.ways.red, event)
        if shortcut and shortcut.in_red:
            return self._shortcut(chat, event, shortcut)
        if isinstance(event, ButtonPressed) and shortcut is None:
            return self._moved(chat, event)
        return self._enter(chat, self.ways.red_again(chat, event), event)

    # --- everything else --------------------------------------------------------------------

    def _normal(self, chat: Chat, event: Event, reading: Reading) -> Turn:
        shortcut = self.ways.shortcuts.get(_named(event))
        first = self.ways.first(chat, event)
        if first and not (shortcut and shortcut.in_red):
            return self._enter(first.chat, first.place, event, effects=first.effects)
        amber = self.ways.amber(chat, event) if reading.tier is Tier.AMBER else None
        if amber and not _is_invited(event):
            noted = NoteTier(reading.tier, reading.trigger or "A1")
            return self._noticed(chat, event, amber, noted)
        if shortcut:
            return self._shortcut(chat, event, shortcut)
        if isinstance(event, TextReceived) and event.invitation:
            return self._arrived(chat, event)
        if chat.revision == 0 and not isinstance(event, ButtonPressed):
            return self._enter(chat, chat.place, event)
        unread = _unread(event)
        turn = self._again(chat, event, unread) if unread else self._moved(chat, event)
        return _with_the_way_to_help(turn) if reading.ruled_out else turn

    def _noticed(self, chat: Chat, event: Event, amber: Place, noted: NoteTier) -> Turn:
        """Answer an amber reading; words behind a command are answered as any words.

        What nobody is refused is done all the same, after whom to turn to; but SOS comes first.
        """
        shortcut = self.ways.shortcuts.get(_named(event))
        if shortcut is None or not shortcut.in_red:
            return self._enter(self._interrupted(chat, event), amber, event, effects=(noted,))
        if _named(event) == "sos":
            return self._shortcut(chat, event, shortcut)
        there = replace(chat, place=amber)
        *_, whom = said(self._step(there), there, event)
        turn = self._shortcut(_told_of_control(chat, (noted,), event), event, shortcut)
        return replace(turn, effects=(noted, replace(whom, rows=()), *turn.effects))

    def _arrived(self, chat: Chat, event: Event) -> Turn:
        """A code was pasted: the same as opening the link."""
        chat = self._interrupted(chat)
        chat, effects = self.ways.invited(chat, event)
        return self._enter(chat, self.ways.arrive_at(chat, event), event, effects=effects)

    def _shortcut(self, chat: Chat, event: Event, shortcut: Shortcut) -> Turn:
        effects: tuple[Effect, ...] = ()
        if shortcut.to is None:
            if shortcut.does:
                chat, effects = shortcut.does(chat, event)
            if shortcut.aside:
                return Turn(chat, (*effects, *said(shortcut.aside, chat, event, aside=True)))
            return Turn(chat, (*effects, *self._ask(chat, event, whole=True)))
        chat = self._interrupted(chat, event)
        if shortcut.does:
            chat, effects = shortcut.does(chat, event)
        return self._enter(chat, shortcut.to(chat, event), event, effects=effects)

    def _moved(self, chat: Chat, event: Event) -> Turn:
        """Take the flow's own move, if there is one; otherwise ask again."""
        step = self._step(chat)
        if isinstance(event, ButtonPressed) and event.move in {SAVE, DROP}:
            return self._decided(chat, event)
        if isinstance(event, ButtonPressed):
            name, press = event.move, f"{event.revision}:{event.move}:{event.value}"
            if press == chat.pressed:
                return Turn(chat, toast=Words("toast.already"))
            if event.revision not in {None, chat.revision}:
                return Turn(chat, self._ask(chat, event), Words("toast.stale"))
        else:
            press = ""
            name = step.reads or ""
            if (
                isinstance(event, TextReceived)
                and step.scale
                and event.text.strip() in SCALE_VALUES
            ):
                name = SCALE
        machine = self._machines[chat.place.flow]
        if not name or not machine.knows(step.name, name):
            return self._untaken(chat, event, step)
        move = machine.take(step.name, name, chat, event)
        if move is None:
            return self._untaken(chat, event, step)
        chat = replace(chat, pressed=press)
        says = tuple(filled(text, step, chat, event) for text in move.says)
        return self._taken(chat, event, move, says)

    def _untaken(self, chat: Chat, event: Event, step: Step) -> Turn:
        """Answer what no move takes: a text by what it seems to mean, anything else kindly."""
        if isinstance(event, TextReceived) and step.retry is None:
            way = self.ways.understood(chat, event)
            if isinstance(way, Shortcut):
                return self._shortcut(chat, event, way)
            if way is not None:
                return self._again(chat, event, way)
        return self._again(chat, event, step.retry or Words("lost.text"))

    def _decided(self, chat: Chat, event: ButtonPressed) -> Turn:
        """Take the words an alarm came before as if typed now, or let them go."""
        if event.revision != chat.revision or UNSAVED not in chat.memory:
            return Turn(chat, self._ask(chat, event), Words("toast.stale"))
        words, chat = chat.memory[UNSAVED], without_unsaved(chat)
        if event.move == SAVE:
            return self._moved(chat, TextReceived(at=event.at, seed=event.seed, text=words))
        return self._enter(chat, chat.place, event)

    def _taken(self, chat: Chat, event: Event, move: Move, says: tuple[Text, ...]) -> Turn:
        memory = {name: kept for name, kept in chat.memory.items() if name not in {UNSAVED, PAGE}}
        if move.keeps:
            memory[move.keeps] = _given(event)
        if memory != chat.memory:
            chat = replace(chat, place=replace(chat.place, memory=MappingProxyType(memory)))
        effects: tuple[Effect, ...] = ()
        if move.does:
            chat, effects = move.does(chat, event)
        place = self._destination(chat, event, move)
        return self._enter(chat, place, event, says=says, effects=effects)

    def _destination(self, chat: Chat, event: Event, move: Move) -> Place:
        if move.leads:
            return move.leads(chat, event)
        if not isinstance(move.dest, Exit):
            return replace(chat.place, step=move.dest)
        exit_ = move.dest
        if exit_.flow == HOME:
            return self.ways.home(chat, event)
        if exit_.flow == RESUME:
            return _unmarked(chat.paused) if chat.paused else self.ways.home(chat, event)
        kept = {key: chat.memory[key] for key in exit_.keeps if key in chat.memory}
        memory = MappingProxyType({**kept, **exit_.sets})
        return Place(exit_.flow, exit_.step or self.flows[exit_.flow].start, memory)

    # --- saying -----------------------------------------------------------------------------

    def _enter(
        self,
        chat: Chat,
        place: Place,
        event: Event,
        *,
        says: tuple[Text, ...] = (),
        effects: tuple[Effect, ...] = (),
    ) -> Turn:
        """Put the chat at `place` and say what is said there."""
        chat = _told_of_control(chat, effects, event)
        if place.flow in self.ways.presume_safety and rests(chat.control_at, event.at):
            chat = replace(chat, paused=None if chat.paused == place else chat.paused)
            place = self.ways.rests
        if place.flow not in self.ways.open_in_red:
            if chat.alarm.closed:
                place = self.ways.red_again(chat, event)
            elif chat.alarm.level is Level.CHECK:
                place = self.ways.check
        resumed = chat.paused is not None and place == _unmarked(chat.paused)
        chat = self._settled(
            replace(
                chat,
                place=place,
                revision=chat.revision + 1,
                paused=None if resumed else chat.paused,
            )
        )
        flow = self.flows[chat.place.flow]
        spoken = tuple(Say(text) for text in says)
        if flow.module:
            before = chat.progress.get(flow.name)
            done = chat.place.step in flow.ends or (before is not None and before.finished)
            effects = (*effects, SaveProgress(flow.name, chat.place.step, finished=done))
        return Turn(chat, (*effects, *spoken, *self._ask(chat, event, whole=True)))

    def _ask(self, chat: Chat, event: Event, *, whole: bool = False) -> tuple[Effect, ...]:
        """Say the current step: all of its messages, or only the one with the buttons."""
        if UNSAVED in chat.memory:
            return (save_anyway(chat),)
        messages = said(self._step(chat), chat, event)
        return messages if whole else messages[-1:]

    def _again(self, chat: Chat, event: Event, answer: Text) -> Turn:
        """Answer kindly and ask again; the chat stays exactly as it was."""
        answer = filled(answer, self._step(chat), chat, event)
        return Turn(chat, (Say(answer), *self._ask(chat, event)))

    # --- places -----------------------------------------------------------------------------

    def _step(self, chat: Chat) -> Step:
        step = self.flows[chat.place.flow].steps[chat.place.step]
        return next((step.variants[t] for t in chat.traits if t in step.variants), step)

    def _interrupted(self, chat: Chat, event: Event | None = None) -> Chat:
        """Remember what is being interrupted, if it is worth resuming, and own words in `event`."""
        flow, memory = self.flows[chat.place.flow], chat.memory
        if chat.paused and chat.place == self.ways.offer:
            passed_over = MappingProxyType({**chat.paused.memory, OFFERED: "yes"})
            return replace(chat, paused=replace(chat.paused, memory=passed_over))
        if not flow.resumable or chat.place.step in flow.ends:
            return chat
        if isinstance(event, TextReceived) and self._step(chat).own_words:
            memory = {**memory, UNSAVED: event.text}
        if chat.place.step == flow.start and not memory:
            return chat
        return replace(chat, paused=replace(chat.place, memory=MappingProxyType(memory)))

    def _spared(self, chat: Chat) -> Chat:
        """Leave out of the cases what touches a topic the patient wants left alone (M11)."""
        if not any(case.never for case in chat.cases):
            return chat
        cases = tuple(
            replace(case, modules=tuple(m for m in case.modules if self._exists(m, case.never)))
            if case.mine is not Role.THERAPIST
            else case
            for case in chat.cases
        )
        return replace(chat, cases=cases)

    def _exists(self, module: str, never: frozenset[str]) -> bool:
        return module not in self.flows or not self.flows[module].topics & never

    def _settled(self, chat: Chat) -> Chat:
        """Lead a chat whose step has vanished to where it moved, to the flow's start, or home."""
        place = self._existing(chat.place, chat.never)
        paused = chat.paused and self._existing(chat.paused, chat.never)
        is_settled = place is chat.place and paused is chat.paused
        return chat if is_settled else replace(chat, place=place, paused=paused)

    def _existing(self, place: Place, never: frozenset[str]) -> Place:
        flow = self.flows.get(place.flow)
        if flow is None or flow.topics & never:
            return Place("menu", self.flows["menu"].start)
        if place.step in flow.steps:
            return place
        return Place(flow.name, flow.moved.get(place.step, flow.start))


def _verify_exits(flow: Flow, flows: Mapping[str, Flow]) -> None:
    """Raise BrokenFlow for an exit into a flow or step that does not exist."""
    for move in flow.moves:
        exit_ = move.dest
        if not isinstance(exit_, Exit) or move.leads or exit_.flow in {HOME, RESUME}:
            continue
        there = flows.get(exit_.flow)
        if there is None or (exit_.step and exit_.step not in there.steps):
            raise BrokenFlow(
                f"flow {flow.name}: move {move.name!r} from {move.source!r} leads to "
                f"{exit_.flow}.{exit_.step or 'start'}, which does not exist"
            )


def _unmarked(place: Place) -> Place:
    """Return what was interrupted as it was, whether or not the offer was passed over."""
    memory = {name: kept for name, kept in place.memory.items() if name != OFFERED}
    return replace(place, memory=MappingProxyType(memory))


def _named(event: Event) -> str:
    """The name under which an event may be a shortcut."""
    if isinstance(event, CommandGiven):
        return event.name
    if isinstance(event, ButtonPressed) and event.revision is None:
        return event.move
    return ""


def _is_invited(event: Event) -> bool:
    """Whether a link was opened or a code given: that is a secret and no words."""
    return isinstance(event, TextReceived | CommandGiven) and event.invitation is not None


def _told_of_control(chat: Chat, effects: Iterable[Effect], event: Event) -> Chat:
    """Remember the moment when control or violence was told of."""
    told = any(isinstance(asked, NoteTier) and asked.trigger in TRIGGERS for asked in effects)
    return replace(chat, control_at=event.at) if told else chat


def _unread(event: Event) -> Words | None:
    """The kind sentence for what no step reads: a voice, an unknown command, a backlog."""
    if isinstance(event, MediaReceived):
        return Words(f"media.{event.kind}")
    if isinstance(event, CommandGiven):
        return Words("lost.command")
    return Words("lost.outage") if isinstance(event, Outage) else None


def _with_the_way_to_help(turn: Turn) -> Turn:
    """Add the one line that SOS stays there, before the message with the buttons."""
    *before, last = turn.effects
    return replace(turn, effects=(*before, Say(Words("understood.still_sos")), last))


def _given(event: Event) -> str:
    if isinstance(event, ButtonPressed):
        return event.value
    return event.text.strip() if isinstance(event, TextReceived) else ""


def _rested(chat: Chat, event: Event) -> Chat:
    """Let an alarm rest that heard nothing for 72 hours; goals then wait to be turned on."""
    if chat.control_at and not rests(chat.control_at, event.at):
        chat = replace(chat, control_at=None)
    alarm = rest(chat.alarm, event.at)
    return chat if alarm is chat.alarm else replace(chat, alarm=alarm, goals_off=True)
