"""The web application: `/healthz`, `/metrics`, and whatever routes it is given beside them."""

import asyncio
from collections.abc import Sequence

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.health import Health
from bot.web.metrics import Metrics

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def application(health: Health, metrics: Metrics, routes: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application.

    Args:
        health: see there.
        metrics: see there.
        routes: what else is served, such as the messenger's webhook.
    """

    async def healthz(_request: Request) -> Response:
        found = await health.look()
        status = 200 if all(found.values()) else 503
        return JSONResponse(found, status, _HEADERS)

    async def figures(_request: Request) -> Response:
        # In a thread: it asks the database.
        page = await asyncio.to_thread(metrics.page)
        return Response(page, headers={**_HEADERS, "Content-Type": CONTENT_TYPE_LATEST})

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/metrics", figures), *routes],
    )
