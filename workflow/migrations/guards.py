"""Triggers by which the database itself keeps the trail append-only.

On SQLite, UPDATE and DELETE triggers alone are bypassed by INSERT OR REPLACE, which fires
no delete trigger; so each guarded table also refuses an insert that meets an existing key,
and ``event`` one that does not extend its chain. None of this stops whoever owns the file
or the database; signatures and receipts kept elsewhere do.
"""

import sqlalchemy as sa

_FROZEN = {
    "event": "stream = NEW.stream AND seq = NEW.seq",
    "content": "sha256 = NEW.sha256",
    "note": "digest = NEW.digest",
    "idempotency": "stream = NEW.stream AND key = NEW.key",
}
_BREAKS_CHAIN = """
    NEW.seq <> COALESCE((SELECT max(seq) FROM event WHERE stream = NEW.stream), 0) + 1
    OR NEW.prev <> COALESCE(
        (SELECT hash FROM event WHERE stream = NEW.stream ORDER BY seq DESC LIMIT 1), '{genesis}')
    OR length(NEW.hash) <> 64
""".format(genesis="0" * 64)


def install_guards(connection: sa.Connection) -> None:
    """Create the triggers in the dialect of *connection*."""
    statements = _sqlite() if connection.dialect.name == "sqlite" else _postgres()
    for statement in statements:
        # As text: the driver itself would take the % of RAISE for the place of a parameter.
        connection.execute(sa.text(statement))


def _sqlite() -> list[str]:
    made = []
    for table, same in _FROZEN.items():
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
    made.append(
        f"CREATE TRIGGER event_extends BEFORE INSERT ON event WHEN {_BREAKS_CHAIN} "
        "BEGIN SELECT RAISE(ABORT, 'assent: the event does not extend its chain'); END"
    )
    return made


def _postgres() -> list[str]:
    made = [
        "CREATE FUNCTION assent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'assent: % is append-only', TG_TABLE_NAME; END $$",
        "CREATE FUNCTION assent_extends() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_BREAKS_CHAIN} "
        "THEN RAISE EXCEPTION 'assent: the event does not extend its chain'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER event_extends BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION assent_extends()",
        "ALTER TABLE event ENABLE ALWAYS TRIGGER event_extends",
        "ALTER TABLE event ADD CONSTRAINT event_hash CHECK "
        "(hash = encode(sha256(convert_to(line, 'UTF8')), 'hex'))",
        "ALTER TABLE content ADD CONSTRAINT content_hash CHECK (sha256 = encode(sha256(body), 'hex'))",
    ]
    for table in _FROZEN:
        made += [
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION assent_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION assent_append_only()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_frozen",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
        ]
    return made
