"""The other side's draft in the store: examined between two transactions, recorded whole or not at all."""

import pytest

from workflow.documents import worker
from workflow.errors import NotComparableError, StaleError


@pytest.fixture
def drafted(sqlite_world, tmp_path):
    """An agreement with a contract, and the file of it as it was sent."""
    agreement = sqlite_world.negotiated().draft()
    returned = tmp_path / "returned.docx"
    with sqlite_world.reader() as reader:
        returned.write_bytes(reader.content(agreement.case.contract.file))
    return agreement, returned


def meanwhile(monkeypatch, act):
    """Let something happen while the draft is examined, which is done as ever."""
    examine = worker.examine_apart

    def examined(*given, **how):
        act()
        return examine(*given, **how)

    monkeypatch.setattr(worker, "examine_apart", examined)


def test_others_go_on_working_while_a_draft_is_examined(sqlite_world, drafted, monkeypatch):
    agreement, returned = drafted
    made = []
    meanwhile(monkeypatch, lambda: made.append(sqlite_world.workspace("alice").new("services", title="另案")))

    agreement.import_draft(returned)

    assert made[0].ref != agreement.ref
    assert sqlite_world.events(agreement.ref)[-1].type == "draft_received"


def test_what_moved_on_meanwhile_is_not_recorded_over(sqlite_world, drafted, monkeypatch):
    agreement, returned = drafted
    other = sqlite_world.workspace().get(agreement.ref)
    meanwhile(monkeypatch, lambda: other.withdraw(reason="不談了。"))

    with pytest.raises(StaleError):
        agreement.import_draft(returned)

    assert sqlite_world.events(agreement.ref)[-1].type == "withdrawn"


def test_a_draft_that_cannot_be_examined_leaves_nothing(sqlite_world, drafted):
    agreement, returned = drafted
    returned.write_bytes(b"\xd0\xcf\x11\xe0" * 100)
    before = sqlite_world.counts()

    with pytest.raises(NotComparableError, match=r"returned\.docx"):
        agreement.import_draft(returned)

    assert sqlite_world.counts() == before
