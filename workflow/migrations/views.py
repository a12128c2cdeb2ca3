"""The views that reading goes through, the same on both databases.

They are made anew from here whenever the tables are brought up to date, and the audit holds
them to it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

_OPEN_SEAT = """
    SELECT s.*, CASE WHEN s.given < s.quorum AND NOT EXISTS (
        SELECT 1 FROM seat earlier
        WHERE earlier.agreement = s.agreement AND earlier.step < s.step AND earlier.given < earlier.quorum
    ) THEN 1 ELSE 0 END AS is_open
    FROM seat s
"""

# In which role a person can act: their own, or on some days that of someone whose deputy they are.
_CAPACITY = """
    SELECT person, role, '' AS principal, '' AS first_day, '' AS last_day,
           '' AS kinds, '' AS aspects, NULL AS max_value
    FROM role
    UNION ALL
    SELECT g.deputy, r.role, g.principal, g.first_day, g.last_day, g.kinds, g.aspects, g.max_value
    FROM delegation g JOIN role r ON r.person = g.principal
"""


def _has(words: str, word: str, mark: str = "' '") -> str:
    """Write that *word* stands among *words*, in what both databases understand."""
    marked = f"{mark} || {word} || {mark}"
    return f"replace({words}, {marked}, '') <> {words}"


VIEWS = {
    "v_agreement": """
        SELECT a.*, COALESCE(p.name, a.drafter) AS drafter_name
        FROM agreement a LEFT JOIN person p ON p.id = a.drafter
    """,
    "v_seat": _OPEN_SEAT,
    # What waits for a person: an open seat of a role they hold or stand in for, or a flag their
    # expertise answers; never on an agreement they drafted or are recused from, never where they
    # have already signed. Whether a deputy's day has come, the reader asks.
    "v_inbox": f"""
        SELECT c.person, a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.state, a.revision,
               s.aspect, s.role, 'sign-off' AS task, '' AS flag, s.given, s.quorum, s.due,
               c.principal, c.first_day, c.last_day
        FROM agreement a
        JOIN ({_OPEN_SEAT}) s ON s.agreement = a.ref AND s.is_open = 1
        JOIN ({_CAPACITY}) c ON {_has("'/' || s.role || '/'", "c.role", "'/'")}
        WHERE a.state = 'sign_off'
          AND (s.body = '' OR {_has("s.body", "CASE c.principal WHEN '' THEN c.person ELSE c.principal END")})
          AND (c.kinds = '' OR {_has("c.kinds", "a.kind")})
          AND (c.aspects = '' OR {_has("c.aspects", "s.aspect")})
          AND (c.max_value IS NULL OR a.value <= c.max_value)
          AND NOT EXISTS (
            SELECT 1 FROM drafter d WHERE d.agreement = a.ref AND d.person IN (c.person, c.principal))
          AND NOT EXISTS (
            SELECT 1 FROM decision n
            WHERE n.agreement = a.ref AND n.current = 1 AND n.decision <> 'excuse'
              AND (n.person IN (c.person, c.principal)
                   OR (n.principal <> '' AND n.principal IN (c.person, c.principal))))
        UNION ALL
        SELECT r.person, a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.state, a.revision,
               f.aspect, f.role, 'review' AS task, f.flag, 0 AS given, 1 AS quorum, f.due,
               '' AS principal, '' AS first_day, '' AS last_day
        FROM agreement a
        JOIN flag f ON f.agreement = a.ref AND f.blocking = 1
        JOIN role r ON r.role = f.role
        WHERE a.state = 'expert_review' AND f.assigned IN ('', r.person)
          AND NOT EXISTS (SELECT 1 FROM drafter d WHERE d.agreement = a.ref AND d.person = r.person)
          AND NOT EXISTS (
            SELECT 1 FROM decision n
            WHERE n.agreement = a.ref AND n.current = 1 AND n.decision = 'recuse' AND n.person = r.person)
    """,
    "v_document": "SELECT * FROM document",
    "v_flag": "SELECT * FROM flag",
    "v_decision": """
        SELECT d.*, COALESCE(p.name, d.person) AS person_name, COALESCE(n.text, '') AS reason_text,
               COALESCE(q.name, d.principal) AS principal_name
        FROM decision d
        LEFT JOIN person p ON p.id = d.person
        LEFT JOIN person q ON q.id = d.principal
        LEFT JOIN note n ON n.digest = d.reason
    """,
    "v_content": "SELECT * FROM content",
    "v_note": "SELECT * FROM note",
    "v_stream": "SELECT * FROM stream",
    "v_meta": "SELECT * FROM meta",
    "v_event": "SELECT stream, seq, prev, hash, line FROM event",
    "v_person": "SELECT * FROM person",
    "v_role": "SELECT * FROM role",
    "v_key": "SELECT * FROM key",
    "v_delegation": "SELECT * FROM delegation",
}


def install_views(connection: "sa.Connection") -> None:
    """Make every view anew, as the tables of this version have it."""
    import sqlalchemy as sa  # slow to import, and the audit only reads what stands above

    for name, query in VIEWS.items():
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")
        connection.execute(sa.text(f"CREATE VIEW {name} AS {query}"))
