"""Deputies, bodies that vote, assigned experts, and the value the policy goes by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LONG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ADDED = {
    "agreement": ["theirs"],
    "seat": ["body"],
    "flag": ["assigned"],
    "decision": ["principal", "member"],
}


def upgrade() -> None:
    """Add to the cache; the trail stays as it is."""
    for table, columns in _ADDED.items():
        for column in columns:
            op.add_column(table, sa.Column(column, sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("agreement", sa.Column("value", _LONG, nullable=True))
    op.create_table(
        "delegation",
        sa.Column("id", sa.Text, nullable=False),
        *(
            sa.Column(name, sa.Text, sa.ForeignKey("person.id"), nullable=False)
            for name in ("principal", "deputy")
        ),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("first_day", "last_day", "kinds", "aspects")),
        sa.Column("max_value", _LONG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Refuse: what was recorded is never removed."""
    raise NotImplementedError("the trail is append-only; restore a backup instead")
