"""The first tables: the trail, its guards and the cache."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from workflow.migrations.guards import install_guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_LONG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# t text, i whole number, b bytes; ? a large whole number that may be unknown
_TYPES: dict[str, Any] = {"t": sa.Text, "i": sa.Integer, "b": sa.LargeBinary, "?": _LONG}

# name: ((column, type), ...), key columns, foreign keys as (columns, table, columns)
_TABLES = {
    "meta": ("name:t value:t", "name", ()),
    "counter": ("name:t value:i", "name", ()),
    "stream": ("id:t seq:i head:t", "id", ()),
    "event": ("stream:t seq:i prev:t hash:t line:t", "stream seq", (("stream", "stream", "id"),)),
    "idempotency": ("stream:t key:t seq:i", "stream key", (("stream seq", "event", "stream seq"),)),
    "content": ("sha256:t size:i body:b", "sha256", ()),
    "note": ("digest:t salt:t text:t", "digest", ()),
    "agreement": (
        "ref:t seq:i head:t state:t outcome:t kind:t language:t title:t counterparty:t currency:t "
        "total_minor:? drafter:t revision:i terms:t document:t policy:t created_at:t updated_at:t",
        "ref", (("ref", "stream", "id"),),
    ),
    "drafter": ("agreement:t person:t", "agreement person", (("agreement", "agreement", "ref"),)),
    "document": (
        "agreement:t seq:i name:t kind:t language:t revision:i audience:t content:t file:t size:i "
        "template:t context:t",
        "agreement seq name", (("agreement", "agreement", "ref"), ("file", "content", "sha256")),
    ),
    "seat": (
        "agreement:t aspect:t role:t step:i quorum:i given:i due:t rules:t",
        "agreement aspect role", (("agreement", "agreement", "ref"),),
    ),
    "flag": (
        "agreement:t flag:t aspect:t role:t revision:i origin:t status:t blocking:i expert:t due:t rules:t",
        "agreement flag", (("agreement", "agreement", "ref"),),
    ),
    "decision": (
        "agreement:t seq:i revision:i person:t aspect:t role:t decision:t at:t reason:t receipt:t current:i",
        "agreement seq", (("agreement", "agreement", "ref"),),
    ),
    "person": ("id:t name:t title:t email:t", "id", ()),
    "role": ("person:t role:t", "person role", (("person", "person", "id"),)),
    "key": (
        "fingerprint:t person:t public:t valid_from:t valid_until:t",
        "fingerprint", (("person", "person", "id"),),
    ),
}  # fmt: skip


def upgrade() -> None:
    """Create everything; PostgreSQL and SQLite run it inside one transaction."""
    for name, (columns, key, foreign) in _TABLES.items():
        op.create_table(
            name,
            *(
                sa.Column(column, _TYPES[kind], nullable=kind == "?", autoincrement=False)
                for column, kind in (word.split(":") for word in columns.split())
            ),
            sa.PrimaryKeyConstraint(*key.split()),
            *(
                sa.ForeignKeyConstraint(ours.split(), [f"{table}.{theirs}" for theirs in key.split()])
                for ours, table, key in foreign
            ),
            sqlite_with_rowid=False,
            sqlite_strict=True,
        )
    install_guards(op.get_bind())


def downgrade() -> None:
    """Refuse: what was recorded is never removed."""
    raise NotImplementedError("the trail is append-only; restore a backup instead")
