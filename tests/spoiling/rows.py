"""Single changes to cells, rows and tables, with nothing made to fit.

Each takes a `Vault` and a `random.Random`, makes one change that it chooses, and says what it
was and where it has to be found.
"""

import json
from contextlib import closing, suppress

from spoiling.values import of_other_type, other
from spoiling.vault import Change, NotHere, Vault

from workflow.events import ACTION_OF, REGISTRY, Type

#: Why nothing can be found, by what was changed.
FREE_NAME = "what staff called an attempt is theirs to choose, and no event tells it"
NO_NUMBERS = "a year of which no number was given out is as good as one that nobody counts"
NOT_READ = "nobody reads what stands under a name that means nothing"
SAME_NUMBER = "a whole number that is written as a fraction of nothing is the same number"


def cell(vault: Vault, chance, table="", column="") -> Change:
    """Put another value of the same type into a cell."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    column = column or chance.choice(vault.columns[table])
    elsewhere = [vault.row(table, chance)[column] for _ in range(3)]
    beside = [value for name, value in row.items() if name != column]
    found = other(row[column], chance, elsewhere=[one for one in elsewhere if one is not None], beside=beside)
    if found is None:
        raise NotHere
    way, value = found
    needs, silent = _needs(vault, table, row, {**row, column: value}), ""
    if table == "idempotency" and column == "key":
        silent = _free_name(vault, row, value)
    if (table, column) == ("idempotency", "stream") and not _signed(vault, row):
        needs = needs[1:]  # no event misses it
    vault.put(table, row, **{column: value})
    told = f"{table}.{column} of {_short(row, vault, table)}: {way}: {value!r:.60}"
    return Change("cell changed", told, needs, silent)


def cell_type(vault: Vault, chance, table="", column="") -> Change:
    """Put what reads the same into a cell, as another type; needs a loosened copy."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    column = column or chance.choice(vault.columns[table])
    value = of_other_type(row[column], chance)
    silent = SAME_NUMBER if isinstance(value, float) and value == row[column] else ""
    needs = _needs(vault, table, row, None if column in vault.keys[table] else row)
    if (table, column) == ("idempotency", "stream") and not _signed(vault, row):
        needs = ()
    vault.put(table, row, **{column: value})
    kept = vault.do(f"SELECT typeof({column}) FROM {table} WHERE {column} IS ?", value)
    if not kept:
        raise NotHere
    told = f"{table}.{column} of {_short(row, vault, table)}: {value!r:.60}"
    return Change("cell of another type", told, needs, silent)


def columns_swapped(vault: Vault, chance, table="") -> Change:
    """Let two columns of a row change places."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    pairs = [
        (one, two)
        for one in row for two in row
        if one < two and row[one] != row[two] and isinstance(row[one], type(row[two]))
    ]  # fmt: skip
    if not pairs:
        raise NotHere
    one, two = chance.choice(pairs)
    changed = {**row, one: row[two], two: row[one]}
    needs = _needs(vault, table, row, changed)
    silent = _free_name(vault, row, changed["key"]) if table == "idempotency" else ""
    vault.put(table, row, **{one: row[two], two: row[one]})
    told = f"{table}.{one} and .{two} of {_short(row, vault, table)}"
    return Change("columns swapped", told, needs, silent)


def deleted(vault: Vault, chance, table="") -> Change:
    """Delete a row."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    needs = _needs(vault, table, row, None)
    silent = FREE_NAME if table == "idempotency" and not _signed(vault, row) else ""
    vault.drop(table, row)
    return Change("row deleted", f"{table}: {_short(row, vault, table)}", needs, silent)


def inserted(vault: Vault, chance, table="") -> Change:
    """Insert a row like another, under a key of its own."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    column = chance.choice(vault.keys[table] or vault.columns[table])
    found = other(row[column], chance, beside=[v for k, v in row.items() if k != column])
    if found is None:
        raise NotHere
    new = {**row, column: found[1]}
    needs = _needs(vault, table, None, new)
    silent = ""
    if table == "idempotency" and not _signed(vault, new) and new["key"].startswith(_said(vault, new)):
        silent = FREE_NAME
    if table == "counter" and new["value"] == 0:
        silent = NO_NUMBERS
    if table in ("meta", "alembic_version"):
        silent = NOT_READ
    vault.add(table, new)
    return Change("row inserted", f"{table}: {_short(new, vault, table)}", needs, silent)


def duplicated(vault: Vault, chance, table="") -> Change:
    """Let a row stand twice, in a table that has no key any more."""
    table = table or chance.choice(vault.tables)
    row = vault.row(table, chance)
    vault.do("PRAGMA legacy_alter_table = ON")
    vault.do(f"CREATE TABLE without_key AS SELECT * FROM {table}")
    vault.do(f"DROP TABLE {table}")
    vault.do(f"ALTER TABLE without_key RENAME TO {table}")
    vault.add(table, row)
    needs = _needs(vault, table, row, row)
    silent = NOT_READ if table in ("meta", "alembic_version") else ""
    return Change("row duplicated", f"{table}: {_short(row, vault, table)}", needs, silent)


def swapped(vault: Vault, chance, table="") -> Change:
    """Let what two rows say change places, their keys apart."""
    table = table or chance.choice(vault.tables)
    one, two = vault.row(table, chance), vault.row(table, chance)
    said = [name for name in one if name not in vault.keys[table] and one[name] != two[name]]
    if not said:
        raise NotHere
    needs = _needs(vault, table, one, one) + _needs(vault, table, two, two)
    vault.put(table, one, **{name: two[name] for name in said})
    vault.put(table, two, **{name: one[name] for name in said})
    told = f"{table}: {_short(one, vault, table)} and {_short(two, vault, table)}"
    return Change("rows swapped", told, needs)


def moved(vault: Vault, chance, table="") -> Change:
    """Let a row stand at another agreement."""
    table = table or chance.choice([name for name in vault.tables if vault.stream_column(name)])
    column, row = vault.stream_column(table), vault.row(table, chance)
    other_one = chance.choice([*vault.agreements(), *[REGISTRY] * (table in ("event", "idempotency"))])
    if not column or other_one == row[column]:
        raise NotHere
    new = {**row, column: other_one}
    needs = _needs(vault, table, row, new)
    silent = ""
    if table == "idempotency" and not _signed(vault, row):
        needs, silent = needs[1:], FREE_NAME if new["key"].startswith(_said(vault, new) or "?") else ""
    vault.put(table, row, **{column: other_one})
    return Change("row moved", f"{table}: {_short(row, vault, table)} to {other_one}", needs, silent)


def tail_cut(vault: Vault, chance) -> Change:
    """Delete the last events of a chain by hand."""
    stream = chance.choice([*vault.agreements(), REGISTRY])
    last = vault.do("SELECT max(seq) FROM event WHERE stream = ?", stream)[0][0]
    keep = max(0, last - chance.randint(1, 3))
    vault.do("DELETE FROM event WHERE stream = ? AND seq > ?", stream, keep)
    return Change("tail cut by hand", f"{stream} after {keep}", (frozenset({stream}),))


def removed(vault: Vault, chance) -> Change:
    """Delete every row of an agreement by hand."""
    ref = chance.choice(vault.agreements())
    for table in vault.tables:
        if column := vault.stream_column(table):
            vault.do(f"DELETE FROM {table} WHERE {column} = ?", ref)
    return Change("agreement removed by hand", ref, (frozenset({ref}),))


def from_backup(vault: Vault, chance, backup, table="") -> Change:
    """Put an old backup in the place of a table."""
    table = table or chance.choice(vault.tables)
    before = vault.rows(table)
    with closing(Vault(backup)) as old:
        rows = old.rows(table)
    if sorted(map(str, rows)) == sorted(map(str, before)):
        raise NotHere
    vault.do(f"DELETE FROM {table}")
    for row in rows:
        vault.add(table, row)
    if table == "idempotency":
        before = [row for row in before if _signed(vault, row)]
    lost = [row for row in before if row not in rows]
    needs = dict.fromkeys(group for row in lost for group in _needs(vault, table, row, None))
    return Change("table from a backup", table, tuple(needs))


def emptied(vault: Vault, chance, table="") -> Change:
    """Empty a table."""
    table = table or chance.choice(vault.tables)
    rows = vault.rows(table)
    if table == "idempotency":
        rows = [row for row in rows if _signed(vault, row)]
    needs = dict.fromkeys(group for row in rows for group in _needs(vault, table, row, None))
    vault.do(f"DELETE FROM {table}")
    return Change("table emptied", table, tuple(needs))


def _needs(vault, table, before, after):
    """Return what has to be named where a row changes from *before* to *after*; None is no row."""
    if table in ("meta", "alembic_version"):
        return ()  # anything at all
    if table == "counter":
        return (frozenset().union(*(_numbers(vault, row) for row in (before, after) if row)),)
    groups = []
    for row in (before, after):
        if row is None:
            continue
        group = vault.places(table, row)
        if table in ("content", "note") and not group:
            group = frozenset({str(row[vault.keys[table][0]])[:12]})
        same = before and after and vault.key(table, before) == vault.key(table, after)
        if table == "event" and not same:
            group = frozenset({row["stream"]})  # the event itself is missing, or has no right to its place
        groups.append(group)
    return tuple(dict.fromkeys(groups))


def _numbers(vault, row):
    # A number that was given and has no agreement is named itself, whichever of them it is.
    given = (f"{row['name']}-{number:04d}" for number in range(1, min(row["value"], 1000) + 1))
    return {*vault.agreements(), *given, "counter"}


def _said(vault, row):
    """Return what an attempt says before its name; empty where there is no such event."""
    for body in _bodies(vault, row):
        action = ACTION_OF.get(Type(body["type"]), "")
        about = f" {body['payload']['flag']}" if action == "assign_flag" else ""
        return f"{body['actor']} {action.removesuffix('_flag')}{about} "
    return ""


def _signed(vault, row):
    return any(body.get("signed") for body in _bodies(vault, row))


def _bodies(vault, row):
    rows = vault.do("SELECT line FROM event WHERE stream = ? AND seq = ?", row["stream"], row["seq"])
    with suppress(ValueError):
        return [json.loads(line) for (line,) in rows]
    return []


def _free_name(vault, row, key):
    said = _said(vault, row)
    return FREE_NAME if not _signed(vault, row) and said and str(key).startswith(said) else ""


def _short(row, vault, table):
    return " ".join(f"{value!s:.20}" for value in vault.key(table, row).values())
