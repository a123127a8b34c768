"""The program's own core, capture and sinks in random worlds, on one virtual clock, in one thread, from one seed.

Where the ingredients are:

* a crash between every two effects: `clock.py` (a process is a coroutine that may be killed at each pause), `sync.py` (`Agent.chunk`:
  before and after its commit, paused and woken beside its successor), `capture.py` (`Broker.publish`), `sinks.py` (`Sink.crash`)
* commits behind processing, inputs interleaved anew: `topics.py` (`redeliver`, `take`)
* requests that are lost, land late, lose their reply: `edges.py` (`Edge._write`); replicas, rounded times, skew, versions, stamps, keys,
  habits of storage: `systems.py`, `options.py`
* people who make, edit, clear, rename, delete and restore, most of all when we just wrote, and automations that fight: `people.py`,
  `reactions.py`
* people who merge two records of a system (`merges.py`), and who type the same into both and think better of it (`twice.py`)
* an operator who links, parts, ignores, retries, resends: `operator.py`; approves, chooses, thaws, releases, withholds, believes a short
  scan or not: `decisions.py`
* hooks that are lost, late, repeated (`hooks.py`), scans that break off, imports (`happenings.py`), budgets of calls (`capture.py`)
* policies of conflicts and deletes, filters, one-way rows, limits of length, invented words, one and two slots, two connections in a
  partition: `options.py`, `features.py`
* total loss, silence, replay at a random offset: `world.py`, `judge.py`

The oracle (`oracle.py`) knows every edit, `readings.py` what of it the core was shown. Invariants are held at every moment by `watch.py`
and `promises.py`, at rest by `invariants.py`, `edits.py`, `verdicts.py`, `survivors.py`, `asked.py` and `deletions.py`. `mutants.py`
switches rules off (what stands in for them: `standins.py`); `hunt.py` finds the seed that shows each.
"""
