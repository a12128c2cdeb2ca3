"""A demonstration of tampering: a copy of a store altered in every way we know, and what finds it.

Each attack is made on a fresh copy without the database's guards, and everything that fits
without a key is made to fit again. What the trail alone cannot show is said to be so, and is
then held to the receipts that somebody kept. The store itself is only read.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from approvals.attacks import ATTACKS, Attack, NotHere
from approvals.audit import Finding, audit
from approvals.forgery import Forgery
from approvals.keys import generate_key, load_signer
from approvals.receipts import Receipt, faults
from workflow.ledger import entry_of
from workflow.places import find_place
from workflow.reading import Reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attack: where it was made, what found it, and what receipts found."""

    attack: Attack
    place: str
    findings: tuple[Finding, ...]
    by_receipt: tuple[Finding, ...]

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that found it, in order."""
        return tuple(dict.fromkeys(finding.check for finding in self.findings))

    @property
    def verdict(self) -> str:
        """Say who caught it: the trail alone, a receipt kept outside, or nobody."""
        if not self.place:
            return "not_here"
        return "trail" if self.findings else "receipt" if self.by_receipt else "nobody"


def tamper(store: Path, attacks: Sequence[Attack] = ()) -> Iterator[Outcome]:
    """Yield what comes of every attack on copies of *store*, which is only read."""
    with TemporaryDirectory(prefix="assent-tamper-") as folder:
        pristine, copy = Path(folder) / "pristine.db", Path(folder) / "copy.db"
        _copy(store, pristine)
        with Reader(find_place(str(pristine))) as reader:
            kept = [
                Receipt(row["id"], row["seq"], row["head"]) for row in reader.rows("SELECT * FROM v_stream")
            ]
            before = audit(reader).findings
        generate_key(Path(folder) / "key")
        signer = load_signer(Path(folder) / "key", passphrase=None)
        known = {(finding.check, finding.event, finding.text) for finding in before}
        for attack in attacks or ATTACKS:
            shutil.copyfile(pristine, copy)
            forgery = Forgery(copy)
            try:
                place = attack.do(forgery, signer)
            except NotHere:
                yield Outcome(attack, "", (), ())
                continue
            finally:
                forgery.close()
            with Reader(find_place(str(copy))) as reader:
                found = [f for f in audit(reader).findings if (f.check, f.event, f.text) not in known]
                yield Outcome(attack, place, tuple(found), tuple(_held_to(reader, kept)))


def refused_by_the_database(store: Path) -> str:
    """Return what the database itself says to a changed event, on a copy that still has its guards."""
    with TemporaryDirectory(prefix="assent-tamper-") as folder:
        copy = Path(folder) / "copy.db"
        _copy(store, copy)
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            try:
                connection.execute("UPDATE event SET line = replace(line, 'a', 'b')")
            except sqlite3.IntegrityError as error:
                return str(error)
    return ""


def _copy(store: Path, to: Path) -> None:
    """Copy a store at one moment, whoever writes to it meanwhile."""
    with (
        closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)


def _held_to(reader: Reader, kept: Sequence[Receipt]) -> Iterator[Finding]:
    """Yield what a trail lacks of the receipts that were kept of its ends."""
    for receipt in kept:
        rows = reader.rows("SELECT * FROM v_event WHERE stream = :stream ORDER BY seq", stream=receipt.ref)
        entry = next((entry_of(row) for row in rows if row["seq"] == receipt.seq), None)
        for text in faults(receipt, entry, last=len(rows)):
            yield Finding("receipts", receipt.ref, receipt.seq, text)
