"""The order over all chains with the signed checkpoints of it, and words erased by request."""

import sqlalchemy as sa
from alembic import op

from workflow.migrations.guards import install_seal_guards

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; events recorded before are sealed with the first checkpoint."""
    _create(
        "seal",
        sa.Column("idx", sa.Integer, nullable=False, autoincrement=False),
        *_texts("stream"),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("idx"),
        sa.ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]),
    )
    _create(
        "sealed",
        *_texts("stream"),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("stream"),
        sa.ForeignKeyConstraint(["stream"], ["stream.id"]),
    )
    _create(
        "checkpoint",
        sa.Column("size", sa.Integer, nullable=False, autoincrement=False),
        *_texts("body", "frontier", "person", "at", "key", "signature"),
        sa.PrimaryKeyConstraint("size"),
    )
    _create(
        "stamp",
        sa.Column("size", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("size"),
        sa.ForeignKeyConstraint(["size"], ["checkpoint.size"]),
    )
    _create(
        "erasure",
        *_texts("digest", "stream"),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sa.ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]),
    )
    install_seal_guards(op.get_bind())
    # A document that repeats erased words is erased too, and its row stays; views and rows are made anew.
    op.execute("DROP VIEW IF EXISTS v_document")
    op.drop_table("document")
    _create(
        "document",
        *_texts("agreement"),
        sa.Column("seq", sa.Integer, nullable=False, autoincrement=False),
        *_texts("name", "kind", "language"),
        sa.Column("revision", sa.Integer, nullable=False),
        *_texts("audience", "content", "file"),
        sa.Column("size", sa.Integer, nullable=False),
        *_texts("template", "context"),
        sa.PrimaryKeyConstraint("agreement", "seq", "name"),
        sa.ForeignKeyConstraint(["agreement"], ["agreement.ref"]),
    )


def _create(name: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[bytes] | sa.Constraint) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False, sqlite_strict=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def downgrade() -> None:
    """Refuse: what was recorded is never removed."""
    raise NotImplementedError("the trail is append-only; restore a backup instead")
