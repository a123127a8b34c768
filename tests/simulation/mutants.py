"""The simulation's own test: rules of the design, switched off one by one. Each must show as a violation.

A mutant is a name and the things it puts in the place of others (owner, name, value); the owner is the module that uses the rule.
"""

from __future__ import annotations

from typing import Final

import streams.capture.budget
import streams.capture.hints
import streams.capture.inventory
import streams.capture.position
import streams.capture.sweep
import streams.capture.watermark
import streams.sync.breaker
import streams.sync.change
import streams.sync.commands
import streams.sync.fields
import streams.sync.gates
import streams.sync.match
import streams.sync.merge
import streams.sync.merged
import streams.sync.outcome
import streams.sync.pair
import streams.sync.retire
import streams.sync.settle
import streams.sync.slots
import streams.sync.turn
import streams.write.create
import streams.write.delete
import streams.write.update
import tests.simulation.capture
import tests.simulation.sinks
from streams.sync import decide as core
from streams.sync.turn import Turn
from tests.simulation import standins
from tests.simulation.clock import Change
from tests.simulation.sinks import SimulatedJob
from tests.simulation.sync import Agent

sync, write, capture = streams.sync, streams.write, streams.capture


MUTANTS: Final[dict[str, list[Change]]] = {
    # capture
    "the watermark is later than the start of the run": [
        (capture.watermark, "advance", lambda _, started_at, **__: started_at + 20_000),
    ],
    "ids of our own writes do not enter the inventory": [(capture.inventory.Inventory, "meet", standins.nothing)],
    "ids of hooks do not enter the inventory with their change": [(capture.position.Position, "remember", standins.remember_polls)],
    "hooks are followed before every replica shows their change": [(capture.hints.Hints, "announce", standins.announce_early)],
    "sweeps follow each other at once": [(tests.simulation.capture, "sweep_at", standins.always(0))],
    "missed once is gone": [(capture.sweep, "MISSED", standins.Anything())],
    "what two sweeps missed is not asked for": [(capture.sweep, "_proved", standins.unproved)],
    "polls do not look at their budget": [(capture.budget.Budget, "least_s", standins.always(0.0))],
    "a short scan is believed": [(capture.sweep, "believed", standins.always(True))],
    # knowing
    "whatever comes is news": [(sync.change, "judge", standins.always("fresh"))],
    "what cannot be told is believed": [(sync.change, "judge", standins.guess)],
    "a reread in the log is the truth": [(sync.change, "judge", standins.reread_is_true)],
    "the deferred change is forgotten": [(sync.outcome, "accept", standins.nothing)],
    # one record
    "creates do not wait for the snapshots": [(sync.gates, "snapshots", standins.always(None))],
    "a record is not held against the creates under way": [
        (sync.gates, "create_in_flight", standins.always(None)),
        (sync.change, "create_in_flight", standins.always(None)),
    ],
    "no match is looked for before a create": [(sync.settle, "match", standins.always(None))],
    "the first of several candidates is taken": [(sync.match, "_verdict", standins.first_of_many)],
    "every twin is doubted": [(sync.settle, "match", standins.ask_of_all)],
    "what a target requires is not asked": [(sync.gates, "conditions", standins.always(None))],
    "a create does not wait for its parents": [(sync.gates, "references", standins.always(None))],
    "what another record refused stays refused": [(sync.settle, "_told_otherwise", standins.always(False))],
    "connections share their records": [(sync.turn.rows, "ref_key", lambda _, ref: f"ref/{ref}".encode())],
    "stamps are not read": [(sync.change, "is_stamp", standins.always(False))],
    "who is back is still gone": [(sync.change, "_returned", standins.nothing)],
    "what is gone never was": [(sync.change, "vanish", standins.forget), (sync.outcome, "vanish", standins.forget)],
    "a merge is taken for a deletion": [(sync.merged, "_heirs", standins.always(sync.merged.Heirs([], known=False)))],
    # fields
    "the read-back is not noted": [(sync.outcome, "_stored", standins.as_sent)],
    "a found record counts as written by us": [(sync.outcome, "_alike", standins.always(True))],
    "losers are not journaled": [(Turn, "journal", standins.unjournaled)],
    "who edits last is not asked": [(sync.merge, "winner", lambda *args: args[3][0]), (sync.pair, "winner", lambda *args: args[3][0])],
    "a one-way field stays as its target has it": [(sync.merge, "_tolerate", standins.tolerate_for_ever)],
    "a group is won in parts": [(sync.merge, "_claim", standins.claim_parts)],
    "references are compared as text": [(sync.fields, "resolve", lambda _, ref: ref)],
    "a parted half keeps the pair's word": [(sync.pair, "_speak_for_itself", standins.nothing)],
    "who says the same has not moved on since": [
        (sync.agreement, "may_show_more", standins.always(False)),
        (sync.merge, "may_show_more", standins.always(False)),
        (sync.commands, "may_show_more", standins.always(False)),
    ],
    # waiting
    "nobody lets go of who waits for a twin": [(sync.settle, "open_gates", standins.nothing)],
    "nobody lets go of who waits for a create": [(sync.outcome, "schedule", standins.nothing)],
    "a freed slot is not handed on": [(core, "move_up", standins.keep_freed)],
    "slots are not given back": [(sync.slots, "free", standins.nothing)],
    "an edit does not lift a block": [(sync.change, "absorb", standins.still_blocked), (sync.outcome, "absorb", standins.still_blocked)],
    "a command does not wait for the one in flight": [(sync.settle, "write", standins.write_at_once)],
    "command numbers restart after a loss": [(sync.commands, "max", lambda number, _: number)],
    # asking
    "approval is not asked": [(sync.gates, "approval", standins.always(None))],
    "an approval covers what comes later": [(sync.gates, "approval", standins.approve_all)],
    "disputed and frozen fields are written": [(sync.commands, "stopped_groups", standins.always(set()))],
    "a group is settled and written in parts": [
        (sync.settle, "forget_settled", standins.forget_parts),
        (sync.commands, "stopped_groups", standins.stopped_rows),
    ],
    "fights are never frozen": [(sync.merge, "note_edit", standins.nothing)],
    "a breaker does not count": [(sync.breaker, "count", standins.nothing)],
    "a breaker counts updates as deletes": [(sync.breaker, "count", standins.count_together)],
    # deleting
    "an edited twin is deleted": [(sync.settle, "edited_since", standins.always(False))],
    "a delete does not expect what was seen": [(write.delete, "same", standins.always(True))],
    "a delete that comes again deletes again": [(write.delete, "_attempt", standins.delete_again)],
    "what is gone is not retired": [(sync.merged, "retire", standins.nothing)],
    "who comes back finds its twin switched off": [
        (sync.change, "come_back", standins.come_back_off),
        (sync.retire, "come_back", standins.come_back_off),
    ],
    # crashes
    "a paused worker commits beside its successor": [(Agent, "fenced", standins.always(False))],
    "rows and commands are not one transaction": [(Agent, "publish", standins.torn)],
    # writing
    "expectations are not compared": [(write.update, "verdict", standins.always("expected"))],
    "a repeated create is not looked up": [(write.create, "_look", standins.nothing_soon)],
    "a lost request is not given its time": [(SimulatedJob, "wait_until", standins.nothing_soon)],
    "what is finished is done again": [(tests.simulation.sinks, "is_finished", standins.always(False))],
    "every attempt has a key of its own": [(write.create, "_send", standins.another_key)],
}
