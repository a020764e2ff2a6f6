"""The control interface: people, faults, clock and ledger over HTTP, as JSON.

| request | does |
|---|---|
| `GET clock` · `POST clock` `{"set": ISO time, "running": bool}`, `{"advance": seconds}` | time |
| `POST users` `{"id", "first_name", "language_code", "has_started"}` | somebody new |
| `POST users/{id}/{deed}` and its arguments | a deed of `User`: says, presses, blocks … |
| `GET chats/{id}/messages` | the private chat as it stands |
| `GET users/{id}/menu`, `GET users/{id}/toasts` | what else they see |
| `GET ledger?after=n`, `GET attempts?after=n` | what the bot did and tried |
| `GET faults` · `POST faults` (fields of `Fault`) · `DELETE faults` | what goes wrong |
| `GET updates` · `POST updates` `{"hold": true}`, `{"release": window}`, `{"copies": n}`, \
`{"again": [ids] or null}`, `{"renumber": id}` | the queue |
| `GET quiet` | whether the bot has nothing left to do |
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.messenger.fake.backend import Backend
from bot.messenger.fake.clock import moment
from bot.messenger.fake.faults import Fault, Kind
from bot.messenger.fake.people import User, run_here
from bot.messenger.fake.refusal import Impossible, Json
from bot.messenger.fake.world import Person

_DEEDS = frozenset(
    {
        "adds_bot_to",
        "blocks",
        "deactivates",
        "edits",
        "forges",
        "forwards",
        "presses",
        "says",
        "sends",
        "starts",
        "unblocks",
    }
)
Endpoint = Callable[[Request], Awaitable[Response]]


def routes() -> list[Route]:
    """Return the routes below `/control`."""
    return [
        Route("/clock", _answering(_clock), methods=["GET", "POST"]),
        Route("/users", _answering(_add_user), methods=["POST"]),
        Route("/users/{id:int}/menu", _answering(_menu)),
        Route("/users/{id:int}/toasts", _answering(_toasts)),
        Route("/users/{id:int}/{deed}", _answering(_deed), methods=["POST"]),
        Route("/chats/{id:int}/messages", _answering(_messages)),
        Route("/ledger", _answering(_ledger)),
        Route("/attempts", _answering(_attempts)),
        Route("/faults", _answering(_faults), methods=["GET", "POST", "DELETE"]),
        Route("/updates", _answering(_updates), methods=["GET", "POST"]),
        Route("/quiet", _answering(_quiet)),
    ]


def user(backend: Backend, user_id: int) -> User:
    """Return somebody who exists, acting where they are called.

    Raises:
        Impossible: there is nobody of that id.
    """
    if user_id not in backend.world.people:
        raise Impossible(f"there is nobody with the id {user_id}")
    return User(backend, backend.world.people[user_id], run_here)


def pending(backend: Backend) -> int:
    """Return how much the bot still has to do: unacknowledged updates and calls under way."""
    return backend.updates.pending() + backend.busy


def _answering(work: Callable[[Backend, Request, Json], object]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            asked = json.loads(body) if body else {}
            return JSONResponse(work(request.app.state.backend, request, asked))
        except Impossible as error:
            return JSONResponse({"error": str(error)}, 409)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    return endpoint


def _clock(backend: Backend, _request: Request, asked: Json) -> Json:
    clock = backend.clock
    if "set" in asked:
        clock.set(moment(asked["set"]), running=bool(asked.get("running")))
    clock.advance(float(asked.get("advance", 0)))
    return {"now": clock.now().isoformat(), "running": clock.is_running}


def _add_user(backend: Backend, _request: Request, asked: Json) -> Json:
    person = Person(**asked)
    backend.world.people[person.id] = person
    return person.as_user()


def _deed(backend: Backend, request: Request, asked: Json) -> Json:
    deed = request.path_params["deed"]
    if deed not in _DEEDS:
        raise ValueError(f"no such deed: {deed}; there are {', '.join(sorted(_DEEDS))}")
    return {"result": getattr(user(backend, request.path_params["id"]), deed)(**asked)}


def _menu(backend: Backend, request: Request, _asked: Json) -> list[str]:
    return user(backend, request.path_params["id"]).menu()


def _toasts(backend: Backend, request: Request, _asked: Json) -> list[str]:
    return user(backend, request.path_params["id"]).toasts()


def _messages(backend: Backend, request: Request, _asked: Json) -> list[Json]:
    return [one.as_json() for one in user(backend, request.path_params["id"]).sees()]


def _ledger(backend: Backend, request: Request, _asked: Json) -> list[Json]:
    after = int(request.query_params.get("after", "0"))
    return [entry.as_json() for entry in backend.ledger.entries[after:]]


def _attempts(backend: Backend, request: Request, _asked: Json) -> list[Json]:
    after = int(request.query_params.get("after", "0"))
    return [attempt.as_json() for attempt in backend.ledger.attempts[after:]]


def _faults(backend: Backend, request: Request, asked: Json) -> list[Json]:
    if request.method == "POST":
        unknown = asked.keys() - {field.name for field in fields(Fault)}
        if unknown:
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        backend.faults.add(Fault(**(asked | {"kind": Kind(asked["kind"])})))
    elif request.method == "DELETE":
        backend.faults.clear()
    return [asdict(fault) for fault in backend.faults.waiting()]


def _updates(backend: Backend, _request: Request, asked: Json) -> Json:
    updates = backend.updates
    updates.copies = int(asked.get("copies", updates.copies))
    if asked.get("hold"):
        updates.hold()
    if "release" in asked:
        updates.release(window=int(asked["release"]))
    if "renumber" in asked:
        updates.renumber(int(asked["renumber"]))
    if "again" in asked:
        updates.again(asked["again"])
    return {"pending": updates.pending(), "put": updates.put_count, "lost": len(updates.lost)}


def _quiet(backend: Backend, _request: Request, _asked: Json) -> Json:
    return {"quiet": pending(backend) == 0, "pending": pending(backend)}
