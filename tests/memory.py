"""A store that keeps everything in memory: what `workflow.store` does, without a database.

For long runs about the rules, where a database would be most of the time. The same
operations with the same results, apart from the tables that reading goes through.
"""

import hashlib
import secrets

from workflow.documents.catalogue import shipped
from workflow.errors import StaleError, UnknownReferenceError
from workflow.events import REGISTRY, body_of, read_event
from workflow.ledger import GENESIS, link
from workflow.notes import Note
from workflow.replay import apply


class MemoryStore:
    """A store of dictionaries; `copy` of a founded one is as good as founding another."""

    def __init__(self, clock, *, kept=None):
        self.clock, self.place, self.library = clock, None, shipped()
        self.kept = kept or {
            "log": f"assent:{secrets.token_hex(16)}", "events": {REGISTRY: ()}, "cases": {},
            "content": {}, "notes": {}, "attempts": {},
        }  # fmt: skip

    def copy(self, clock):
        """Return another store that holds the same."""
        kept = {name: dict(held) if isinstance(held, dict) else held for name, held in self.kept.items()}
        return MemoryStore(clock, kept=kept)

    def begin(self):
        """Start a unit of work."""
        return MemoryUnit(self)


class MemoryUnit:
    """One action's transaction: nothing of it is in the store until it is committed."""

    def __init__(self, store):
        self._store, self.now, self.log = store, store.clock(), store.kept["log"]
        self.library = store.library
        self._new = {"events": {}, "cases": {}, "content": {}, "notes": {}, "attempts": {}}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def commit(self):
        for name, added in self._new.items():
            self._store.kept[name].update(
                {key: tuple(value) if name == "events" else value for key, value in added.items()}
            )

    def _find(self, name, key):
        return self._new[name].get(key, self._store.kept[name].get(key))

    def new_stream(self, year):
        ref = f"AGR-{year}-{len(self._store.kept['events']):04d}"
        self._new["events"][ref] = []
        return ref

    def events(self, stream, *, shared=False):
        if stream not in self._new["events"]:
            if stream not in self._store.kept["events"]:
                raise UnknownReferenceError(ref=stream)
            self._new["events"][stream] = list(self._store.kept["events"][stream])
        return self._new["events"][stream]

    def case(self, ref, *, seen=None):
        case = self._find("cases", ref)
        if case is None:
            raise UnknownReferenceError(ref=ref)
        if seen is not None and seen != case.seq:
            raise StaleError(ref=ref, seen=seen, now=case.seq)
        return case

    def earlier(self, stream, key):
        return self._find("attempts", (stream, key)) if key else None

    def earlier_stream(self, key):
        return None

    def append(self, stream, fact, *, key=""):
        events = self.events(stream)
        last = events[-1] if events else None
        at = max(self.now, last.at) if last else self.now
        body = body_of(fact, log=self.log, at=at, clock=self.now)
        entry = link(body, stream=stream, seq=len(events) + 1, prev=last.hash if last else GENESIS)
        event = read_event(entry)
        if stream != REGISTRY:
            self._new["cases"][stream] = apply(self.case(stream) if events else None, event)
        if key:
            self._new["attempts"][stream, key] = event.seq
        events.append(event)
        return event

    def put(self, body):
        name = hashlib.sha256(body).hexdigest()
        self._new["content"][name] = body
        return name

    def get(self, name):
        return self._find("content", name)

    def note(self, words):
        note = Note.of(words) if isinstance(words, str) else words
        if note.text:
            self._new["notes"][note.digest] = note
        return note.digest

    def note_of(self, digest):
        return self._find("notes", digest) or Note("", "")

    def note_text(self, digest):
        return self.note_of(digest).text

    def replace(self, rows, *, emptying):
        pass

    def one_at_a_time(self, what):
        pass

    def cases_with(self, keys, states, *, since):
        return []
