"""Keep subscriptions as they should be.

Made where they are missing, brought back to life when a system gave them up, ended when they lead to an address of ours that is no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, NoReturn

import structlog

from connectors.hooks import Announcer, Subscription
from schemas.errors import SyncError
from streams.hooks.places import Place
from streams.hooks.secrets import Secrets

WATCH_S: Final = 60.0
"""Between two looks: a subscription that a system gave up is back within two minutes, for 1440 calls a day."""

log = structlog.get_logger(__name__)


async def ensure(place: Place, announcer: Announcer, secrets: Secrets) -> list[Subscription]:
    """Look at an account's subscriptions, repair what is wrong with ours, and return ours as they are then.

    Raises:
        SyncError: the account does not answer, refuses, or has no hooks.
    """
    ours = await _ours(place, announcer)
    known = log.bind(connection=place.connection, side=place.side)
    for each in ours:
        # A secret is told once: without it nothing that is delivered could be believed.
        if each.url != place.url or (announcer.signs and secrets.read(place.connection) is None):
            await announcer.unsubscribe(each.key)
            known.info("hook.unsubscribed", key=each.key)
        elif not each.live:
            known.warning("hook.inactive", key=each.key, events=sorted(each.events))
            await announcer.verify(each.key)
    for made in await announcer.subscribe(place.url, place.flows):
        if made.secret:
            secrets.write(place.connection, made.secret)
        known.info("hook.subscribed", key=made.key, events=sorted(made.events), live=made.live)
    return await _ours(place, announcer)


async def _ours(place: Place, announcer: Announcer) -> list[Subscription]:
    """Return the subscriptions that lead to our address for this account, under whatever secret."""
    end = f"/{place.connection}/{place.side}"
    return [each for each in await announcer.subscriptions() if each.url.startswith(f"{place.base}/") and each.url.endswith(end)]


async def watch(announcers: Mapping[Place, Announcer], secrets: Secrets) -> NoReturn:
    """Look again and again; an account that does not answer is looked at next time."""
    while True:
        for place, announcer in announcers.items():
            try:
                await ensure(place, announcer, secrets)
            except SyncError as error:
                log.warning("hooks.unwatched", connection=place.connection, side=place.side, error=str(error))
        await asyncio.sleep(WATCH_S)
