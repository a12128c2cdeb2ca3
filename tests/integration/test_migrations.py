"""What the migrations build is what the table classes say, on both databases."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from workflow.engines import make_engine, stored_version
from workflow.places import SCHEMA_VERSION
from workflow.store import Store, upgrade


@pytest.fixture
def made(place):
    """A connection to a store that was just made."""
    Store.create(place).close()
    with make_engine(place).connect() as connection:
        yield connection


def test_alembic_finds_no_difference_between_migrations_and_classes(made):
    context = MigrationContext.configure(made, opts={"compare_type": True, "compare_server_default": True})

    assert compare_metadata(context, SQLModel.metadata) == []


def test_every_table_has_the_key_its_class_says(made):
    # Alembic does not compare primary keys.
    inspector = sa.inspect(made)

    for table in SQLModel.metadata.sorted_tables:
        stored = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert stored == [column.name for column in table.primary_key.columns], table.name


def test_every_foreign_key_stands_in_the_way_of_a_removal(made):
    inspector = sa.inspect(made)

    for table in inspector.get_table_names():
        for key in inspector.get_foreign_keys(table):
            assert not key["options"].get("ondelete"), table


def test_a_new_store_has_the_version_this_program_knows(place):
    Store.create(place).close()

    assert stored_version(make_engine(place)) == SCHEMA_VERSION


def test_upgrading_a_store_that_is_up_to_date_changes_nothing(world):
    before = world.counts()

    assert upgrade(world.place) == (SCHEMA_VERSION, SCHEMA_VERSION)

    assert world.counts() == before
    assert world.audit().ok
