"""The events as a table for a spreadsheet: one row each, nothing that a spreadsheet would compute. Pure."""

import csv
import io

from approvals.reports.trail import Trail
from workflow.spreadsheets import no_formula

COLUMNS = ("event", "at", "type", "actor", "to", "key", "hash")


def write_table(trail: Trail) -> bytes:
    """Return the table as CSV with a byte order mark, as Excel needs it for Chinese."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for stream in trail.streams:
        for seq, body in stream.bodies():
            signed = body.get("signed")
            key = signed.get("key", "") if isinstance(signed, dict) else ""
            said = (body.get(name, "") for name in ("at", "type", "actor", "to"))
            writer.writerow(map(no_formula, (f"{stream.name}#{seq}", *said, key, stream.entries[seq - 1][0])))
    return b"\xef\xbb\xbf" + target.getvalue().encode()
