"""Triggers by which the database itself keeps the trail append-only.

On SQLite, UPDATE and DELETE triggers alone are bypassed by INSERT OR REPLACE, which fires
no delete trigger; so each guarded table also refuses an insert that meets an existing key,
``event`` one that does not extend its chain, and ``seal`` one that is not next. None of this
stops whoever owns the file or the database; signatures and receipts kept elsewhere do.
"""

import sqlalchemy as sa

_FROZEN = {
    "event": "stream = NEW.stream AND seq = NEW.seq",
    "content": "sha256 = NEW.sha256",
    "note": "digest = NEW.digest",
    "idempotency": "stream = NEW.stream AND key = NEW.key",
}
_FROZEN_SEALS = {
    "seal": "idx = NEW.idx",
    "checkpoint": "size = NEW.size",
    "stamp": "size = NEW.size",
    "erasure": "digest = NEW.digest",
}
#: What may be removed once an erasure names it, by the column it is named by.
_ERASABLE = {"note": "digest", "content": "sha256"}
_BREAKS_CHAIN = """
    NEW.seq <> COALESCE((SELECT max(seq) FROM event WHERE stream = NEW.stream), 0) + 1
    OR NEW.prev <> COALESCE(
        (SELECT hash FROM event WHERE stream = NEW.stream ORDER BY seq DESC LIMIT 1), '{genesis}')
    OR length(NEW.hash) <> 64
""".format(genesis="0" * 64)
_BREAKS_ORDER = "NEW.idx <> COALESCE((SELECT max(idx) FROM seal), -1) + 1"


def install_guards(connection: sa.Connection) -> None:
    """Create the triggers over the chains in the dialect of *connection*."""
    _run(connection, _sqlite() if connection.dialect.name == "sqlite" else _postgres())


def install_seal_guards(connection: sa.Connection) -> None:
    """Create the triggers over the order of all chains and its checkpoints."""
    _run(connection, _sqlite_seals() if connection.dialect.name == "sqlite" else _postgres_seals())


def _run(connection: sa.Connection, statements: list[str]) -> None:
    for statement in statements:
        # As text: the driver itself would take the % of RAISE for the place of a parameter.
        connection.execute(sa.text(statement))


def _sqlite() -> list[str]:
    return [
        *_frozen_on_sqlite(_FROZEN),
        f"CREATE TRIGGER event_extends BEFORE INSERT ON event WHEN {_BREAKS_CHAIN} "
        "BEGIN SELECT RAISE(ABORT, 'assent: the event does not extend its chain'); END",
    ]


def _sqlite_seals() -> list[str]:
    erasable = [
        statement
        for table, column in _ERASABLE.items()
        for statement in (
            f"DROP TRIGGER {table}_no_delete",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE digest = OLD.{column}) "
            f"BEGIN SELECT RAISE(ABORT, 'assent: {table} is append-only'); END",
        )
    ]
    return [
        *_frozen_on_sqlite(_FROZEN_SEALS),
        *erasable,
        f"CREATE TRIGGER seal_extends BEFORE INSERT ON seal WHEN {_BREAKS_ORDER} "
        "BEGIN SELECT RAISE(ABORT, 'assent: the seal does not extend the order'); END",
    ]


def _frozen_on_sqlite(tables: dict[str, str]) -> list[str]:
    made = []
    for table, same in tables.items():
        made += [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'assent: {table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
        made.append(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, 'assent: {table} is append-only'); END"
        )
    return made


def _postgres() -> list[str]:
    return [
        "CREATE FUNCTION assent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'assent: % is append-only', TG_TABLE_NAME; END $$",
        *_extending_on_postgres("event", "assent_extends", _BREAKS_CHAIN, "event does not extend its chain"),
        "ALTER TABLE event ADD CONSTRAINT event_hash CHECK "
        "(hash = encode(sha256(convert_to(line, 'UTF8')), 'hex'))",
        "ALTER TABLE content ADD CONSTRAINT content_hash CHECK (sha256 = encode(sha256(body), 'hex'))",
        *_frozen_on_postgres(_FROZEN),
    ]


def _postgres_seals() -> list[str]:
    erasable = [
        "CREATE FUNCTION assent_erasable() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM erasure WHERE digest = to_jsonb(OLD) ->> TG_ARGV[0]) "
        "THEN RAISE EXCEPTION 'assent: % is append-only', TG_TABLE_NAME; END IF; RETURN OLD; END $$"
    ]
    for table, column in _ERASABLE.items():
        erasable += [
            f"DROP TRIGGER {table}_frozen ON {table}",
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION assent_append_only()",
            f"CREATE TRIGGER {table}_erasable BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION assent_erasable('{column}')",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_frozen",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_erasable",
        ]
    return [
        *erasable,
        *_extending_on_postgres("seal", "assent_seals", _BREAKS_ORDER, "seal does not extend the order"),
        *_frozen_on_postgres(_FROZEN_SEALS),
    ]


def _extending_on_postgres(table: str, function: str, breaks: str, refusal: str) -> list[str]:
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {breaks} THEN RAISE EXCEPTION 'assent: the {refusal}'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {table}_extends BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_extends",
    ]


def _frozen_on_postgres(tables: dict[str, str]) -> list[str]:
    made = []
    for table in tables:
        made += [
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION assent_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION assent_append_only()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_frozen",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
        ]
    return made
