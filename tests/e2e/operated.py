"""One running system in which everything waits for somebody that can: the start of it, and what an operator and both systems' people do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streams.mapping
from sandbox.demo.quiet import unsettled
from sandbox.demo.servers import Server
from sandbox.demo.stack import CONNECTION, Stack
from schemas.flows import Side, other
from streams.clock import now_ms
from streams.sync.state import Link
from tests.e2e.stacked import Stacked, save, settings_of, stack_in

PEOPLE = 60
"""Pairs of contacts: enough that the fight, whose writes are counted too, trips no breaker."""
PRODUCTS = 8
PLANNED = 300
"""Customers without a twin."""
MOST = 5
"""Updates that a breaker lets through."""
PER_SECOND = 20
"""Calls of Keap: a quarter of a minute for the creates alone."""


class World(Stacked):
    """Both systems linked, everything at rest that does not wait for somebody."""

    def link(self, contact: str) -> Link:
        """Return the link of a contact of Keap."""
        return next(link for link in self.links.all if (link.flow, link.keap.id) == ("contact", contact))

    def keapsync(self, *arguments: str) -> str:
        """Run a command as an operator does; returns what it prints."""
        command = [sys.executable, "-m", "console", "--config", str(self.stack.config), *arguments]
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KEAPSYNC_")}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=ours).stdout

    def both(self, link: Link, name: str) -> tuple[Any, Any]:
        """Return what both sides show in a property that they call alike."""
        stack = self.stack
        return stack.keap.get(link.flow, link.keap.id or "").get(name), stack.erp.get(link.flow, link.erp.id or "").get(name)

    def waits(self, gate: str) -> list[Link]:
        """Return the links that wait at a gate."""
        return [link for link in self.links.all if gate in (link.gate, *link.gates)]

    def pass_by(self, number: str, *sides: Side) -> None:
        """Let an edit of a pair of contacts reach each of these sides: what else was to be written there has been by then, if it may."""
        twin = self.link(number).erp.id or ""
        places = {"keap": (self.stack.keap, number, "given_name"), "erp": (self.stack.erp, twin, "first_name")}
        for side in sides:
            (there, theirs, shown), (here, ours, edited) = places[side], places[other(side)]
            name = f"Ann {now_ms()}"
            here.patch("contact", ours, {edited: name})
            self.until(lambda: there.get("contact", theirs)[shown] == name)  # noqa: B023 - called before the next round


@contextmanager
def running(folder: Path) -> Iterator[World]:
    """Start everything and wait until only that is left which waits for somebody."""
    with stack_in(folder) as stack:
        stack.start()
        configure(stack)
        plant(stack)
        stack.run()
        world = World(stack)
        world.until(lambda: at_rest(world))
        yield world


def configure(stack: Stack) -> None:
    """Let everything wait that can: creates of a flow, one disputed field, more than a few updates, more than one delete."""
    shipped = (Path(streams.mapping.__file__).parent / "defaults" / "contact.yaml").read_text()
    row = "{keap: job_title, erp: job_title, type: string(255)"
    assert row in shipped
    folder = stack.folder / "mapping"
    folder.mkdir()
    (folder / "contact.yaml").write_text(shipped.replace(row, f"{row}, policy: manual") + "delete: {erp: delete}\n")
    settings = settings_of(stack)
    connection = settings["connections"][CONNECTION]
    connection["keap"]["per_second"] = PER_SECOND
    connection |= {"flows": {"company": {"approve": True}}, "breaker": {"updates": MOST, "deletes": 1}}
    save(stack, settings | {"mapping_dir": str(folder)})


def plant(stack: Stack) -> None:
    """Contacts and products that both sides have, the first contact with two job titles; customers that only the ERP has."""
    people = [f"ann{number}@example.com" for number in range(1, PEOPLE + 1)]
    things = [{"name": f"Thing {number}", "sku": f"S{number}", "short_description": "A thing"} for number in range(PRODUCTS)]
    stack.keap.seed(
        {
            "contacts": [
                {"given_name": "Ann", "email_addresses": [{"email": mail, "field": "EMAIL1"}]} | title(mail, "Poet") for mail in people
            ],
            "products": [thing | {"price": 1_00} for thing in things],
            "opportunities": [],
        }
    )
    stack.erp.seed(
        {
            "contacts": [{"first_name": "Ann", "email": mail} | title(mail, "Clerk") for mail in people],
            "products": [thing | {"unit_price": "1.00", "currency": "USD"} for thing in things],
            "customers": [{"name": f"Customer {number}"} for number in range(PLANNED)],
        }
    )


def title(mail: str, words: str) -> dict[str, str]:
    """Return the first contact's job title; the others have none."""
    return {"job_title": words} if mail == "ann1@example.com" else {}


def at_rest(world: World) -> bool:
    """Tell whether all pairs are linked and whoever has to wait does."""
    links = world.links
    linked, planned = links.chosen(state="linked"), [link for link in links.all if link.gate == "approval/company"]
    return (len(linked), len(planned)) == (PEOPLE + PRODUCTS, PLANNED) and not unsettled(links) and not any(link.bulk for link in linked)


def fight(world: World, link: Link) -> None:
    """Let an automation of each side write its own website whenever it finds the other's, until nothing is written any more."""
    automations = [(automation(world.stack.keap, "Campaign"), link.keap.id), (automation(world.stack.erp, "nightly job"), link.erp.id)]

    def answered(wanted: str) -> bool:
        return bool(world.link(link.keap.id or "").frozen) or world.both(link, "website") == (wanted, wanted)

    while not world.link(link.keap.id or "").frozen:
        for robot, record in automations:
            wanted = f"https://{robot.side}.example"
            robot.patch("contact", record or "", {"website": wanted})
            world.until(lambda: answered(wanted))  # noqa: B023 - called before the next round
    for robot, _ in automations:
        robot.close()


def automation(server: Server, name: str) -> Server:
    """Return a client of a server that is known there by this name."""
    robot = Server(server.side, server.url, server.token)
    robot._http.headers["x-sandbox-user"] = name
    return robot
