"""Every kind of single change, and making one on a fresh copy of the store."""

import shutil
from contextlib import closing

from spoiling import bits, chains, fifty, rows
from spoiling.vault import NotHere, Vault, loosened, unguarded

from approvals.keys import generate_key, load_signer

#: How often each kind is chosen.
KINDS = (
    (8, rows.cell), (2, rows.cell_type), (2, rows.columns_swapped), (3, rows.deleted), (3, rows.inserted),
    (1, rows.duplicated), (3, rows.swapped), (3, rows.moved), (1, rows.tail_cut), (1, rows.removed),
    (1, rows.from_backup), (1, rows.emptied),
    (8, chains.value), (2, chains.left_out), (2, chains.put_in), (2, chains.event_deleted),
    (2, chains.event_doubled), (2, chains.events_swapped), (2, chains.event_moved), (2, chains.tail_cut),
    (1, chains.removed), (3, chains.content), (3, chains.words), (2, chains.forged), (2, chains.replayed),
    (4, bits.signature), (5, bits.document),
)  # fmt: skip


def make(folder):
    """Make the store, as it is and with columns that hold anything, and a key that nobody knows."""
    store, backup = fifty.make(folder)
    unguarded(store, folder / "plain.db")
    loosened(store, folder / "loose.db")
    backup.rename(folder / "backup.db")
    generate_key(folder / "mallory")


def spoil(folder, copy, kind, chance, **where):
    """Make one change of a *kind* to a fresh copy; return it, None where it found nothing to change."""
    given = {}
    if kind is rows.from_backup:
        given["backup"] = folder / "backup.db"
    if kind is chains.forged:
        given["signer"] = load_signer(folder / "mallory", passphrase=None)
    loose = kind in (rows.cell_type, rows.duplicated)
    shutil.copyfile(folder / ("loose.db" if loose else "plain.db"), copy)
    with closing(Vault(copy)) as vault:
        try:
            return kind(vault, chance, **given, **where)
        except NotHere:
            return None
