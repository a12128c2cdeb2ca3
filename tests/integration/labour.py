"""A program that works on a store in processes of its own, for tests that race or kill them.

It imports everything once and then forks for each job: a line of JSON on its standard input is
a job, a line on its standard output is what one of its processes says. Lines are short enough
to be written whole, so what a killed process said before its end is there to the letter.
"""

import contextlib
import fcntl
import itertools
import json
import os
import signal
import sys
import traceback
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import alembic.command  # noqa: F401
from world import Clock, World, read_keys

from approvals.founding import found_store
from approvals.registry import Registry
from workflow import Terms
from workflow.errors import WorkflowError
from workflow.negotiation import Plan, Round
from workflow.places import find_place

with contextlib.suppress(ImportError):
    import psycopg  # noqa: F401 - so that those who race do not import it first
    from sqlalchemy.dialects.postgresql import psycopg as dialect  # noqa: F401

ROUND = Round(held_on=date(2026, 1, 2), attendees=("何愛莉",), summary="逐項討論。")
PLAN = Plan(purpose="談妥客服維運。")

#: What a process says goes here, whatever becomes of ``print``.
OUT = os.dup(1)


def say(**said):
    os.write(OUT, json.dumps({"pid": os.getpid(), **said}).encode() + b"\n")


def resolve(number):
    def step(world, ref, once):
        flag = world.case(ref).flags[number]
        return world.resolve(ref, flag.id, world.holder(flag.role), once=once)

    return step


#: An agreement's life, an event a step; a second round and `new` would be doubled by a blind retry.
STEPS = (
    lambda w, ref, once: w.workspace().new("services", w.terms, plan=PLAN, once=once),
    lambda w, ref, once: w.workspace().get(ref).open(once=once),
    lambda w, ref, once: w.workspace().get(ref).round(ROUND, once=once),
    lambda w, ref, once: w.workspace().get(ref).round(ROUND, once=once),
    lambda w, ref, once: w.workspace().get(ref).agree(once=once),
    lambda w, ref, once: w.workspace().get(ref).confirm(once=once),
    lambda w, ref, once: w.workspace().get(ref).acknowledge(w.reply, note="收到", once=once),
    lambda w, ref, once: w.workspace().get(ref).draft(once=once),
    lambda w, ref, once: w.workspace().get(ref).submit(note="請核", once=once),
    resolve(0),
    resolve(1),
    lambda w, ref, once: w.decide(ref, "bob", reason="同意", once=once),
    lambda w, ref, once: w.decide(ref, "grace", reason="同意", once=once),
)


def work(world, job):
    """Do one agreement after the other, from the step that is named; say each step before and after.

    *silent_end* is the number of steps after which the process dies before it can tell of the last.
    """
    ref = job["ref"]
    steps = ((number, step) for number in itertools.count(job["number"]) for step in range(len(STEPS)))
    steps = itertools.islice(steps, job["step"], job["step"] + job.get("limit", 10**9))
    for so_far, (number, step) in enumerate(steps, start=1):
        say(trying=step, number=number)
        done = STEPS[step](world, ref, f"{number}.{step}")
        ref = done.case.ref
        if so_far == job.get("silent_end"):
            os.kill(os.getpid(), signal.SIGKILL)
        say(done=step, number=number, ref=ref, seq=done.case.seq, head=done.case.head)


def begin(world, job):
    at_the_gate(job)
    say(ref=world.workspace().new("services", world.terms, once=job["once"]).ref)


def agree(world, job):
    agreement = world.workspace().get(job["ref"])
    at_the_gate(job)
    say(seq=agreement.agree(once=job["once"]).case.seq)


def approve(world, job):
    at_the_gate(job)
    recorded = world.decide(job["ref"], job["person"], reason=f"同意（{job['person']}）", once=job["once"])
    say(seq=recorded.event.seq, actor=recorded.event.actor, state=recorded.event.to)


def found(world, job):
    found_store(
        find_place(job["at"]),
        person="alice",
        name="何愛莉",
        organisation="台北光電",
        keys=world.keys,
        clock=Clock(),
    )
    say(founded=True)


def grant(world, job):
    at_the_gate(job)
    with world.store.begin() as unit:
        Registry(unit, "alice", world.signer("alice")).grant(job["person"], job["role"])
        unit.commit()
    say(granted=True)


def at_the_gate(job):
    """Wait until the gate opens for everyone at once: a lock that the test holds."""
    with Path(job["gate"]).open() as gate:
        say(ready=True)
        fcntl.flock(gate, fcntl.LOCK_SH)


JOBS = {job.__name__: job for job in (work, found, begin, agree, approve, grant)}


def world_of(job):
    keys, folder = Path(job["keys"]), Path(job["folder"])
    signers = read_keys(keys, [path.name for path in keys.iterdir() if not path.suffix])
    terms = Terms.load(Path(__file__).parents[1] / "data" / "terms.toml")
    return World(find_place(job["db"]), signers, terms, Clock(), folder, keys)


def run(job):
    """Do a job in a process of its own; return how it ended to the system."""
    try:
        JOBS[job["do"]](world_of(job), job)
    except WorkflowError as error:
        say(refused=error.code, text=str(error))
        return 1
    except BaseException:  # noqa: BLE001 - whatever it was, this process must end here
        say(broken=traceback.format_exc()[-1000:])
        return 70
    return 0


def main():
    for line in sys.stdin:
        job = json.loads(line)
        if job["do"] == "wait":
            say(ended=job["of"], status=os.waitpid(job["of"], 0)[1])
        elif job["do"] == "warm up":
            work(world_of(job), job)
            say(warm=True)
        else:
            child = os.fork()
            if not child:
                os._exit(run(job))
            say(started=child)


if __name__ == "__main__":
    main()
