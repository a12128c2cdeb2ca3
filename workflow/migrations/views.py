"""The views that reading goes through, the same on both databases.

A migration that changes a view drops it and creates it anew from here.
"""

_OPEN_SEAT = """
    SELECT s.*, CASE WHEN s.given < s.quorum AND NOT EXISTS (
        SELECT 1 FROM seat earlier
        WHERE earlier.agreement = s.agreement AND earlier.step < s.step AND earlier.given < earlier.quorum
    ) THEN 1 ELSE 0 END AS is_open
    FROM seat s
"""

VIEWS = {
    "v_agreement": """
        SELECT a.*, COALESCE(p.name, a.drafter) AS drafter_name
        FROM agreement a LEFT JOIN person p ON p.id = a.drafter
    """,
    "v_seat": _OPEN_SEAT,
    # What waits for a person: an open seat of a role they hold, or a flag their expertise
    # answers; never on an agreement they drafted, never where they have already signed.
    "v_inbox": f"""
        SELECT r.person, a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.state, a.revision,
               s.aspect, s.role, 'sign-off' AS task, '' AS flag, s.given, s.quorum, s.due
        FROM agreement a
        JOIN ({_OPEN_SEAT}) s ON s.agreement = a.ref AND s.is_open = 1
        JOIN role r ON r.role = s.role
        WHERE a.state = 'sign_off'
          AND NOT EXISTS (SELECT 1 FROM drafter d WHERE d.agreement = a.ref AND d.person = r.person)
          AND NOT EXISTS (
            SELECT 1 FROM decision c
            WHERE c.agreement = a.ref AND c.person = r.person AND c.current = 1)
        UNION ALL
        SELECT r.person, a.ref, a.title, a.counterparty, a.currency, a.total_minor, a.state, a.revision,
               f.aspect, f.role, 'review' AS task, f.flag, 0 AS given, 1 AS quorum, f.due
        FROM agreement a
        JOIN flag f ON f.agreement = a.ref AND f.blocking = 1
        JOIN role r ON r.role = f.role
        WHERE a.state = 'expert_review'
          AND NOT EXISTS (SELECT 1 FROM drafter d WHERE d.agreement = a.ref AND d.person = r.person)
    """,
    "v_document": "SELECT * FROM document",
    "v_flag": "SELECT * FROM flag",
    "v_decision": """
        SELECT d.*, COALESCE(p.name, d.person) AS person_name, COALESCE(n.text, '') AS reason_text
        FROM decision d
        LEFT JOIN person p ON p.id = d.person
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
}
