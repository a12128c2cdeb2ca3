"""The tables. Eight hold what happened and never change; the others are a cache of it.

``event``, ``content``, ``note`` and ``idempotency``, and ``seal``, ``checkpoint`` and ``stamp``
over them, are written once: triggers refuse all else, but for what ``erasure`` names. The rest is
rewritten from the replayed case with every action, read through the views of the migrations, and
compared with the replay by the audit. SQLModel does not validate table rows and SQLite keeps
decimals as floating point, so columns are text, whole numbers and bytes that were checked before.
Rows never leave the modules that open or share a session.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

_STRICT = {"sqlite_with_rowid": False, "sqlite_strict": True}
# STRICT tables know only INTEGER, and a price in minor units outgrows PostgreSQL's 32 bits.
_LONG = BigInteger().with_variant(Integer, "sqlite")


def _text(*, key: bool = False, of: str = "", added: bool = False) -> Column[str]:
    """Make a column of text; one that was *added* to a table is empty in rows from before."""
    constraints = [ForeignKey(of)] if of else []
    server_default = text("''") if added else None
    return Column(Text, *constraints, primary_key=key, nullable=False, server_default=server_default)


def _whole(*, key: bool = False) -> Column[int]:
    return Column(Integer, primary_key=key, nullable=False, autoincrement=False)


class Meta(SQLModel, table=True):
    """What the store is: its origin, which every line names."""

    __tablename__ = "meta"
    __table_args__ = _STRICT
    name: str = Field(sa_column=_text(key=True))
    value: str = Field(sa_column=_text())


class Counter(SQLModel, table=True):
    """The last number given out, by year, for references."""

    __tablename__ = "counter"
    __table_args__ = _STRICT
    name: str = Field(sa_column=_text(key=True))
    value: int = Field(sa_column=_whole())


class Stream(SQLModel, table=True):
    """The end of each chain; its row is what writers lock."""

    __tablename__ = "stream"
    __table_args__ = _STRICT
    id: str = Field(sa_column=_text(key=True))
    seq: int = Field(sa_column=_whole())
    head: str = Field(sa_column=_text())


class EventRow(SQLModel, table=True):
    """One link of a chain: the line, and the digests that place it."""

    __tablename__ = "event"
    __table_args__ = _STRICT
    stream: str = Field(sa_column=_text(key=True, of="stream.id"))
    seq: int = Field(sa_column=_whole(key=True))
    prev: str = Field(sa_column=_text())
    hash: str = Field(sa_column=_text())
    line: str = Field(sa_column=_text())


class Idempotency(SQLModel, table=True):
    """Which event an action's key has already produced."""

    __tablename__ = "idempotency"
    __table_args__ = (ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]), _STRICT)
    stream: str = Field(sa_column=_text(key=True))
    key: str = Field(sa_column=_text(key=True))
    seq: int = Field(sa_column=_whole())


class Content(SQLModel, table=True):
    """Bytes by their SHA-256: documents, terms, policies, statements, evidence."""

    __tablename__ = "content"
    __table_args__ = _STRICT
    sha256: str = Field(sa_column=_text(key=True))
    size: int = Field(sa_column=_whole())
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class NoteRow(SQLModel, table=True):
    """A person's words, by the salted digest the line carries."""

    __tablename__ = "note"
    __table_args__ = _STRICT
    digest: str = Field(sa_column=_text(key=True))
    salt: str = Field(sa_column=_text())
    text: str = Field(sa_column=_text())


class SealRow(SQLModel, table=True):
    """The place of an event in the order over all chains, counted from 0."""

    __tablename__ = "seal"
    __table_args__ = (ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]), _STRICT)
    idx: int = Field(sa_column=_whole(key=True))
    stream: str = Field(sa_column=_text())
    seq: int = Field(sa_column=_whole())


class SealedRow(SQLModel, table=True):
    """The last event of each chain that has a place in that order."""

    __tablename__ = "sealed"
    __table_args__ = _STRICT
    stream: str = Field(sa_column=_text(key=True, of="stream.id"))
    seq: int = Field(sa_column=_whole())


class CheckpointRow(SQLModel, table=True):
    """A signed digest of the first events of the order, and what the next one grows on from."""

    __tablename__ = "checkpoint"
    __table_args__ = _STRICT
    size: int = Field(sa_column=_whole(key=True))
    body: str = Field(sa_column=_text())
    frontier: str = Field(sa_column=_text())
    person: str = Field(sa_column=_text())
    at: str = Field(sa_column=_text())
    key: str = Field(sa_column=_text())
    signature: str = Field(sa_column=_text())


class StampRow(SQLModel, table=True):
    """What a time stamping authority said of a checkpoint."""

    __tablename__ = "stamp"
    __table_args__ = _STRICT
    size: int = Field(
        sa_column=Column(
            Integer, ForeignKey("checkpoint.size"), primary_key=True, nullable=False, autoincrement=False
        )
    )
    token: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ErasureRow(SQLModel, table=True):
    """Words, or a document that repeats them, which were erased by request; the event says so."""

    __tablename__ = "erasure"
    __table_args__ = (ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]), _STRICT)
    digest: str = Field(sa_column=_text(key=True))
    stream: str = Field(sa_column=_text())
    seq: int = Field(sa_column=_whole())


class AgreementRow(SQLModel, table=True):
    """Where an agreement stands, as the replay of its events says."""

    __tablename__ = "agreement"
    __table_args__ = _STRICT
    ref: str = Field(sa_column=_text(key=True, of="stream.id"))
    seq: int = Field(sa_column=_whole())
    head: str = Field(sa_column=_text())
    state: str = Field(sa_column=_text())
    outcome: str = Field(sa_column=_text())
    kind: str = Field(sa_column=_text())
    language: str = Field(sa_column=_text())
    title: str = Field(sa_column=_text())
    counterparty: str = Field(sa_column=_text())
    currency: str = Field(sa_column=_text())
    total_minor: int | None = Field(default=None, sa_column=Column(_LONG, nullable=True))
    value: int | None = Field(default=None, sa_column=Column(_LONG, nullable=True))
    theirs: str = Field(default="", sa_column=_text(added=True))
    drafter: str = Field(sa_column=_text())
    revision: int = Field(sa_column=_whole())
    terms: str = Field(sa_column=_text())
    document: str = Field(sa_column=_text())
    policy: str = Field(sa_column=_text())
    created_at: str = Field(sa_column=_text())
    updated_at: str = Field(sa_column=_text())


class DrafterRow(SQLModel, table=True):
    """Everyone who drafted or submitted; none of them may decide."""

    __tablename__ = "drafter"
    __table_args__ = _STRICT
    agreement: str = Field(sa_column=_text(key=True, of="agreement.ref"))
    person: str = Field(sa_column=_text(key=True))


class DocumentRow(SQLModel, table=True):
    """An issued document and the digests it is known by."""

    __tablename__ = "document"
    __table_args__ = _STRICT
    agreement: str = Field(sa_column=_text(key=True, of="agreement.ref"))
    seq: int = Field(sa_column=_whole(key=True))
    name: str = Field(sa_column=_text(key=True))
    kind: str = Field(sa_column=_text())
    language: str = Field(sa_column=_text())
    revision: int = Field(sa_column=_whole())
    audience: str = Field(sa_column=_text())
    content: str = Field(sa_column=_text())
    file: str = Field(sa_column=_text())
    size: int = Field(sa_column=_whole())
    template: str = Field(sa_column=_text())
    context: str = Field(sa_column=_text())


class SeatRow(SQLModel, table=True):
    """A sign-off the present submission asks for, and how many have given it."""

    __tablename__ = "seat"
    __table_args__ = _STRICT
    agreement: str = Field(sa_column=_text(key=True, of="agreement.ref"))
    aspect: str = Field(sa_column=_text(key=True))
    role: str = Field(sa_column=_text(key=True))
    step: int = Field(sa_column=_whole())
    quorum: int = Field(sa_column=_whole())
    given: int = Field(sa_column=_whole())
    due: str = Field(sa_column=_text())
    rules: str = Field(sa_column=_text())
    body: str = Field(default="", sa_column=_text(added=True))


class FlagRow(SQLModel, table=True):
    """A need for an expert's advice and where it stands."""

    __tablename__ = "flag"
    __table_args__ = _STRICT
    agreement: str = Field(sa_column=_text(key=True, of="agreement.ref"))
    flag: str = Field(sa_column=_text(key=True))
    aspect: str = Field(sa_column=_text())
    role: str = Field(sa_column=_text())
    revision: int = Field(sa_column=_whole())
    origin: str = Field(sa_column=_text())
    status: str = Field(sa_column=_text())
    blocking: int = Field(sa_column=_whole())
    expert: str = Field(sa_column=_text())
    due: str = Field(sa_column=_text())
    rules: str = Field(sa_column=_text())
    assigned: str = Field(default="", sa_column=_text(added=True))


class DecisionRow(SQLModel, table=True):
    """A signed decision; ``current`` while it is about the text now submitted."""

    __tablename__ = "decision"
    __table_args__ = _STRICT
    agreement: str = Field(sa_column=_text(key=True, of="agreement.ref"))
    seq: int = Field(sa_column=_whole(key=True))
    revision: int = Field(sa_column=_whole())
    person: str = Field(sa_column=_text())
    aspect: str = Field(sa_column=_text())
    role: str = Field(sa_column=_text())
    decision: str = Field(sa_column=_text())
    at: str = Field(sa_column=_text())
    reason: str = Field(sa_column=_text())
    receipt: str = Field(sa_column=_text())
    current: int = Field(sa_column=_whole())
    principal: str = Field(default="", sa_column=_text(added=True))
    member: str = Field(default="", sa_column=_text(added=True))


class PersonRow(SQLModel, table=True):
    """Someone the registry knows."""

    __tablename__ = "person"
    __table_args__ = _STRICT
    id: str = Field(sa_column=_text(key=True))
    name: str = Field(sa_column=_text())
    title: str = Field(sa_column=_text())
    email: str = Field(sa_column=_text())


class RoleRow(SQLModel, table=True):
    """A role a person holds now."""

    __tablename__ = "role"
    __table_args__ = _STRICT
    person: str = Field(sa_column=_text(key=True, of="person.id"))
    role: str = Field(sa_column=_text(key=True))


class KeyRow(SQLModel, table=True):
    """A person's public key and when it was valid."""

    __tablename__ = "key"
    __table_args__ = _STRICT
    fingerprint: str = Field(sa_column=_text(key=True))
    person: str = Field(sa_column=_text(of="person.id"))
    public: str = Field(sa_column=_text())
    valid_from: str = Field(sa_column=_text())
    valid_until: str = Field(sa_column=_text())


class DelegationRow(SQLModel, table=True):
    """What a person may decide for another; kinds and aspects stand between spaces."""

    __tablename__ = "delegation"
    __table_args__ = _STRICT
    id: str = Field(sa_column=_text(key=True))
    principal: str = Field(sa_column=_text(of="person.id"))
    deputy: str = Field(sa_column=_text(of="person.id"))
    first_day: str = Field(sa_column=_text())
    last_day: str = Field(sa_column=_text())
    kinds: str = Field(sa_column=_text())
    aspects: str = Field(sa_column=_text())
    max_value: int | None = Field(default=None, sa_column=Column(_LONG, nullable=True))
