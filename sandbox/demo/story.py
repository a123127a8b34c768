"""The demo from beginning to end.

1. Broker, topics and both servers start; Keap gets the custom fields of the mapping's optional rows; both get worlds that overlap.
2. The workers start, link what is the same and make what is missing.
3. When all is quiet, people edit on both sides.
4. When all is quiet again, everything is compared through the public APIs.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from console.audit import Difference, Reader
from console.fields import look
from sandbox.data import SMALL, DataError, Seeds, generate, load_northwind
from sandbox.demo.edits import ERP_KINDS, Editor, keap_kinds
from sandbox.demo.progress import Display
from sandbox.demo.quiet import Stillness, unsettled
from sandbox.demo.report import print_report
from sandbox.demo.stack import CONNECTION, HOME, Stack, prepare
from sandbox.demo.verdict import Verdict, expected_counts, judge, lost_edits
from schemas.errors import ConfigurationError
from schemas.flows import FLOWS, SIDES, Side


@dataclass(frozen=True, slots=True)
class Wish:
    """What kind of demo is wanted. `data`: a folder with Northwind, instead of invented records."""

    contacts: int = SMALL
    seed: int = 1
    data: Path | None = None
    keep: bool = False
    home: Path = HOME


def play(wish: Wish, out: Console) -> int:
    """Play the demo; returns the exit code.

    Raises:
        ConfigurationError: the data cannot be used, or another demo runs.
        RetriableError: a part did not start or ended by itself.
    """
    seeds = _seeds(wish)
    stack, display = prepare(wish.home), Display(out)
    kept = False
    # As on Ctrl-C: what was started has to be ended, whoever asks us to stop.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        verdict = _play(stack, seeds, wish, display)
        kept = wish.keep
    finally:
        display.end()
        if not kept:
            stack.end()
    print_report(out, verdict, stack.keap, stack.erp)
    if kept:
        _print_addresses(out, stack)
    out.print(verdict.line)
    return 0 if verdict.good else 1


def _play(stack: Stack, seeds: Seeds, wish: Wish, display: Display) -> Verdict:
    display.step("starting " + ("a Kafka broker, " if stack.own_broker else "") + "the Keap simulator and the reference ERP")
    stack.start()
    asyncio.run(look(stack.settings, CONNECTION, create=True))  # so that the mapping's optional rows take part
    truth = seeds.truth.named(stack.keap.seed(seeds.keap), stack.erp.seed(seeds.erp))
    counts, seeded = expected_counts(seeds), _seeded(seeds)
    display.step(f"seeded {seeded['keap']} records in Keap and {seeded['erp']} in the ERP; starting the workers")
    stack.run()
    display.expect({side: sum(counts[side, flow] for flow in FLOWS) - seeded[side] for side in SIDES})
    calm = Stillness(stack, sum(seeded.values()), lambda: display.tick(stack.keap, stack.erp))
    links = calm.wait()
    display.step(f"quiet: {sum(link.state == 'linked' for link in links.all)} pairs; editing on both sides")
    with Reader(stack.settings, CONNECTION) as reader:
        editor = Editor(links, reader, wish.seed)
        edits = [*editor.make(stack.keap, keap_kinds(stack.keap.stages())), *editor.make(stack.erp, ERP_KINDS)]
        display.step(f"{len(edits)} edits made")
        links = calm.wait()
        display.step("quiet again; comparing field by field")
        world = reader.world(links)
    stack.keap.recount()
    stack.erp.recount()
    verdict = judge(world, links, seeds, truth)
    verdict.differences += lost_edits(world, edits)
    verdict.differences += [Difference("company", sentence) for sentence in unsettled(links)]
    return verdict


def _seeds(wish: Wish) -> Seeds:
    if wish.data is None:
        return generate(wish.contacts, wish.seed)
    try:
        return load_northwind(wish.data, wish.seed)
    except DataError as error:
        raise ConfigurationError(str(error)) from error
    except OSError as error:
        raise ConfigurationError(f"{error.filename}: {error.strerror}; --data names a folder with the Northwind files") from error


def _seeded(seeds: Seeds) -> dict[Side, int]:
    return {"keap": sum(map(len, seeds.keap.values())), "erp": sum(map(len, seeds.erp.values()))}


def _print_addresses(out: Console, stack: Stack) -> None:
    out.print(f"running on: kafka {stack.kafka}, keap {stack.keap.url}, erp {stack.erp.url}; more in {stack.state}")
    out.print(f"look around: keapsync --config {stack.config} status; end it: keapsync demo --stop")
