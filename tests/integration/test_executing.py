"""What is executed is what was approved, by people who can, on a day on which they could.

The last part is what the owner of the file can do to such a record afterwards.
"""

import importlib.util
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from approvals.errors import NoAuthorityError
from approvals.registry import Registry
from workflow.errors import (
    ConsentLackingError,
    EvidenceMissingError,
    ExecutionRefusedError,
    FutureDateError,
    InvalidInputError,
    OriginalsDifferError,
    SignedTextDiffersError,
    SignedTooEarlyError,
)
from workflow.execution import Execution
from workflow.lifecycle import State
from workflow.signing import texts_of


def _forging():
    path = Path(__file__).with_name("forging.py")
    spec = importlib.util.spec_from_file_location("assent_tests_forging", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


forging = _forging()

# The world's clock begins on a Monday; approval takes place on it.
DAY, BEFORE, AFTER = date(2026, 1, 5), date(2026, 1, 4), date(2026, 1, 6)


def signatory(side, **changes):
    name = {"ours": "林志遠", "theirs": "許和風"}[side]
    given = {"title": "負責人", "method": "signed", "on": DAY, "authority": "representative"}
    return {"side": side, "name": name, **given, **changes}


def facts(ours=(), theirs=(), **changes):
    """Return how both sides signed, with changes to either signatory and to the whole."""
    return Execution.read(
        {
            "signatories": [signatory("ours", **dict(ours)), signatory("theirs", **dict(theirs))],
            "effective_on": DAY,
            "originals": 2,
            "holders": ["台北光電股份有限公司", "和風客服有限公司"],
            "consent_mode": "agreed",
            **changes,
        }
    )


@pytest.fixture
def office(sqlite_world):
    """A world with an approved agreement, and what can be done with it."""
    return Office(sqlite_world, sqlite_world.approved())


class Office:
    def __init__(self, world, ref):
        self.world, self.ref = world, ref
        self.folder = world.reply.parent

    def execute(self, execution, **given):
        return self.world.workspace().get(self.ref).execute(execution, **given)

    def refuses(self, error, execution, **given):
        """Assert that nothing is recorded, and return the refusal."""
        before = self.world.counts()
        with pytest.raises(error) as refusal:
            self.execute(execution, **given)
        assert self.world.counts() == before
        return refusal.value

    def payload(self):
        return self.world.events(self.ref)[-1].payload

    def text(self, number=0):
        """Return the version to execute, or the draft it was made of."""
        with self.world.reader() as reader:
            return reader.content(texts_of(self.world.case(self.ref))[number].file)

    def write(self, name, body):
        path = self.folder / name
        path.write_bytes(body)
        return path

    def certificate(self):
        """Return all that can be read in the certificate."""
        return self.read("certificate")

    def card(self):
        """Return all that can be read in the contract card."""
        return self.read("contract-card")

    def read(self, kind):
        (ref,) = [ref for ref in self.world.case(self.ref).documents if ref.kind == kind]
        with self.world.reader() as reader:
            document = docx.Document(io.BytesIO(reader.content(ref.file)))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])

    def grant(self, person, role):
        with self.world.store.begin() as unit:
            Registry(unit, "alice", self.world.signer("alice")).grant(person, role)
            unit.commit()

    def revoke(self, person, role):
        with self.world.store.begin() as unit:
            Registry(unit, "alice", self.world.signer("alice")).revoke(person, role)
            unit.commit()


def edited(body, old, new):
    """Return a document in which a text is another."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    before = parts["word/document.xml"].decode()
    parts["word/document.xml"] = before.replace(old, new, 1).encode()
    assert parts["word/document.xml"].decode() != before
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


MARKED = (
    '<w:p><w:ins w:id="900" w:author="許和風" w:date="2026-01-05T01:00:00Z">'
    "<w:r><w:t>乙方保留修改權。</w:t></w:r></w:ins></w:p><w:sectPr"
)


# Authority.


def test_the_representative_whom_the_approved_terms_name_can_sign(office):
    assert office.execute(facts()).state is State.EXECUTED
    assert office.world.audit().findings == []


def test_somebody_else_is_not_our_representative(office):
    error = office.refuses(NoAuthorityError, facts(ours={"name": "王怡君"}))

    what, why, remedy = error.explain()
    assert what.startswith("signatories[0]: 王怡君 could not sign for us on 2026-01-05: neither the approved")
    assert "公司法 §208" in why
    assert remedy.startswith("have the representative sign")


def test_their_representative_is_not_ours(office):
    office.refuses(NoAuthorityError, facts(ours={"name": "許和風"}))


def test_a_chair_of_the_registry_represents_the_company_too(office):
    assert office.execute(facts(ours={"name": "蔡茱蒂"})).state is State.EXECUTED
    assert office.world.audit().findings == []


def test_a_manager_signs_who_holds_the_role_of_a_signatory_that_day(office):
    manager = {"name": "王怡君", "authority": "manager"}
    error = office.refuses(NoAuthorityError, facts(ours=manager))
    assert "did not hold the role signatory" in str(error.explain())

    office.grant("grace", "signatory")

    assert office.execute(facts(ours=manager)).state is State.EXECUTED
    assert office.world.audit().findings == []


def test_a_role_that_was_given_afterwards_does_not_count(office):
    office.world.clock.advance(days=1)
    office.grant("grace", "signatory")

    office.refuses(NoAuthorityError, facts(ours={"name": "王怡君", "authority": "manager"}))

    assert office.execute(facts(ours={"name": "王怡君", "authority": "manager", "on": AFTER}))


def test_a_role_that_was_taken_since_counts_on_the_day_it_was_held(office):
    office.grant("grace", "signatory")
    office.world.clock.advance(days=1)
    office.revoke("grace", "signatory")
    office.world.clock.advance(days=1)
    manager = {"name": "王怡君", "authority": "manager"}

    office.refuses(NoAuthorityError, facts(ours=manager | {"on": date(2026, 1, 7)}))

    assert office.execute(facts(ours=manager)).state is State.EXECUTED
    assert office.world.audit().findings == []


def test_our_attorney_has_the_power_attached_and_it_is_kept(office):
    power = office.write("power.pdf", b"%PDF-1.7 power")
    attorney = {"name": "外部律師", "authority": "attorney"}
    bare = {"dated": DAY}
    office.refuses(NoAuthorityError, facts(ours=attorney | {"power": bare}))

    office.execute(facts(ours=attorney | {"power": bare | {"file": str(power)}}))

    kept = office.payload()["signatories"][0]["power"]["file"]
    assert (kept["name"], kept["size"]) == ("power.pdf", 14)
    assert str(office.folder) not in json.dumps(office.payload())
    assert kept["sha256"] in office.certificate()
    assert office.world.audit().findings == []


def test_a_power_that_is_not_there_is_told(office):
    power = {"dated": DAY, "file": str(office.folder / "nowhere.pdf")}

    office.refuses(EvidenceMissingError, facts(ours={"authority": "attorney", "power": power}))


def test_what_the_other_side_states_of_its_authority_is_recorded_as_stated(office):
    office.execute(facts(theirs={"name": "某人", "authority": "attorney", "power": {"dated": BEFORE}}))

    assert "依其陳述，未經查證" in office.certificate()
    assert "依中華民國115年1月4日授權書" in office.certificate()


# Days.


def test_nobody_signs_in_the_future(office):
    error = office.refuses(FutureDateError, facts(theirs={"on": AFTER}))

    assert error.facts["place"] == "signatories[1].on"


def test_no_seal_is_put_in_the_future(office):
    seal = {"seal": "company", "at": "2026-01-05T23:00:00", "pages": "12", "custodian": "甲", "witness": "乙"}

    error = office.refuses(FutureDateError, facts(ours={"method": "sealed"}, seals=[seal]))

    assert error.facts["place"] == "seals[0].at"


def test_the_contract_is_not_dated_before_its_approval(office):
    error = office.refuses(SignedTooEarlyError, facts(ours={"on": BEFORE}))

    assert (error.facts["name"], error.facts["approved"]) == ("林志遠", "2026-01-05")


def test_the_day_of_the_approval_is_one_in_taiwan(sqlite_world):
    ref = sqlite_world.in_sign_off()
    sqlite_world.clock.advance(hours=15)  # one in the morning of the next day there, not yet in London
    office = Office(sqlite_world, sqlite_world.approve_all(ref))

    office.refuses(SignedTooEarlyError, facts(theirs={"on": AFTER}))

    assert office.execute(facts(ours={"on": AFTER}, theirs={"on": AFTER}))


def test_the_approval_is_of_the_day_of_its_last_sign_off(sqlite_world):
    ref = sqlite_world.in_sign_off()
    sqlite_world.decide(ref, "bob")
    sqlite_world.clock.advance(days=1)
    sqlite_world.decide(ref, "grace")

    error = Office(sqlite_world, ref).refuses(SignedTooEarlyError, facts(theirs={"on": AFTER}))

    assert error.facts["approved"] == "2026-01-06"


def test_the_other_side_may_have_signed_first_where_it_signed_the_approved_text(office):
    draft = office.write("signed.docx", office.text(1))
    early = facts(theirs={"on": BEFORE})
    office.refuses(SignedTooEarlyError, early)
    office.refuses(SignedTooEarlyError, early, signed_copy=office.write("scan.pdf", b"%PDF-1.7"))

    office.execute(early, signed_copy=draft)

    assert office.payload()["compared"]["likeness"] == "identical"
    assert office.world.audit().findings == []


def test_our_side_never_signs_first(office):
    draft = office.write("signed.docx", office.text())

    office.refuses(SignedTooEarlyError, facts(ours={"on": BEFORE}), signed_copy=draft)


# Originals and the form.


def test_as_many_originals_are_made_as_the_contract_says(office):
    error = office.refuses(OriginalsDifferError, facts(originals=3, holders=["甲", "乙", "丙"]))

    assert (error.facts["found"], error.facts["agreed"]) == (3, 2)


def test_what_is_signed_electronically_has_no_originals_to_count(office):
    electronic = {"method": "electronic"}

    assert office.execute(facts(ours=electronic, theirs=electronic, originals=1, holders=["雙方"]))


def test_a_contract_on_paper_only_is_signed_on_paper(sqlite_world):
    terms = sqlite_world.terms.model_copy(update={"consent_mode": "paper"})
    office = Office(sqlite_world, sqlite_world.approved(terms))

    office.refuses(ConsentLackingError, facts(theirs={"method": "electronic"}))

    assert office.execute(facts(consent_mode="paper"))


@pytest.mark.parametrize(("until", "over"), [(BEFORE, True), (DAY, False)])
def test_nobody_signs_electronically_before_the_time_to_object_is_over(office, until, over):
    notice = {"sent_on": "2025-12-01", "object_by": until, "means": "電子郵件", "silence_explained": True}
    execution = facts(theirs={"method": "electronic"}, consent_mode="notified", notice=notice)

    if over:
        office.execute(execution)
        assert "未反對者推定同意" in office.certificate()
    else:
        assert office.refuses(ConsentLackingError, execution).facts["place"] == "notice.object_by"


def test_everything_that_stands_against_it_is_told_at_once(office):
    bad = facts(ours={"name": "王怡君", "on": BEFORE}, theirs={"on": AFTER}, originals=1, holders=["甲"])

    error = office.refuses(ExecutionRefusedError, bad)

    assert [reason.code for reason in error.reasons] == ["W084", "W085", "W086", "W089"]
    assert all(reason.facts["place"] in str(error) for reason in error.reasons)


# The signed copy.


def test_a_signed_copy_with_the_approved_text_is_taken(office):
    saved_again = edited(office.text(), "<w:sectPr", "<w:sectPr ")

    office.execute(facts(), signed_copy=office.write("signed.docx", saved_again))

    assert office.payload()["compared"]["likeness"] == "same_text"
    assert "文字與核准文本相同" in office.certificate()
    assert office.world.audit().findings == []


@pytest.mark.parametrize("name", ["signed.docx", "scan.pdf"])
def test_a_signed_copy_that_was_changed_in_silence_is_sent_back(office, name):
    changed = office.write(name, edited(office.text(), "NT$", "US$"))

    error = office.refuses(SignedTextDiffersError, facts(), signed_copy=changed)

    assert error.exit_code == 5
    assert "1 clause(s) changed without a mark" in str(error)
    assert "send it back" in error.explain()[2]


def test_what_only_fills_in_a_blank_is_taken_with_a_reason_that_is_recorded(office):
    filled = office.write("signed.docx", edited(office.text(), "　　　年　　月　　日", "115年1月5日"))
    office.refuses(SignedTextDiffersError, facts(), signed_copy=filled, despite_differences="  ")

    office.execute(facts(), signed_copy=filled, despite_differences="僅填寫簽署日期。")

    assert office.payload()["compared"]["likeness"] == "differs"
    assert "採用理由：僅填寫簽署日期。" in office.certificate()
    assert office.world.audit().findings == []


def test_no_reason_makes_an_assent_of_what_is_still_a_proposal(office):
    proposal = office.write("signed.docx", edited(office.text(), "<w:sectPr", MARKED))

    office.refuses(SignedTextDiffersError, facts(), signed_copy=proposal, despite_differences="無妨。")


def test_a_reason_for_differences_that_are_not_there_is_refused(office):
    same = office.write("signed.docx", office.text())

    office.refuses(InvalidInputError, facts(), signed_copy=same, despite_differences="無妨。")
    office.refuses(InvalidInputError, facts(), despite_differences="無妨。")


def test_of_a_scan_the_digest_is_kept_and_that_it_was_not_compared(office):
    office.execute(facts(), signed_copy=office.write("scan.pdf", b"%PDF-1.7"))

    assert office.payload()["compared"] == {"likeness": "not_compared", "sent": ""}
    assert "未與核准文本核對" in office.certificate()
    assert office.payload()["signed_copy"]["sha256"] in office.certificate()


def test_a_retry_with_the_same_name_does_nothing_new(office):
    copy = office.write("signed.docx", office.text())
    office.execute(facts(), signed_copy=copy, once="try")
    before = office.world.counts()

    again = office.world.workspace().get(office.ref)
    again.execute(facts(), signed_copy=copy, once="try")

    assert office.world.counts() == before


# The certificate.


def test_the_certificate_tells_the_last_day_and_not_the_last_in_the_alphabet(office):
    office.world.clock.advance(days=10)

    office.execute(facts(ours={"on": date(2026, 1, 9)}, theirs={"on": date(2026, 1, 12)}))

    certificate = office.certificate()
    assert "簽署完成日期\n中華民國115年1月12日" in certificate
    assert "核准日期\n中華民國115年1月5日" in certificate


def test_the_certificate_has_the_seal_log_with_what_is_void(office):
    office.world.clock.advance(hours=8)
    seal = {"seal": "company", "pages": "第 12 頁", "custodian": "游淑芬", "witness": "何愛莉"}
    void = seal | {"at": "2026-01-05T16:05:00", "void": "誤蓋於乙方欄位"}
    seals = [
        void,
        seal | {"at": "2026-01-05T16:10:00"},
        seal | {"seal": "joining", "at": "2026-01-05T16:12:00"},
    ]

    office.execute(facts(ours={"method": "sealed"}, seals=seals, copies=2, copy_holders=["採購部", "採購部"]))

    certificate = office.certificate()
    for text in (
        "作廢：誤蓋於乙方欄位",
        "騎縫章",
        "游淑芬",
        "中華民國115年1月5日 16:12",
        "2 份：採購部（2 份）",
    ):
        assert text in certificate, text


# The contract card.


def test_the_card_says_who_holds_what_and_which_seals_were_put_to_it(office):
    office.world.clock.advance(hours=8)
    seal = {"seal": "company", "pages": "第 12 頁", "custodian": "游淑芬", "witness": "何愛莉"}
    seals = [
        seal | {"at": "2026-01-05T16:10:00"},
        seal | {"seal": "contract", "at": "2026-01-05T16:11:00", "void": "誤蓋"},
    ]

    office.execute(facts(ours={"method": "sealed"}, seals=seals, copies=1, copy_holders=["採購部"]))

    card = office.card()
    for text in (
        "■ 公司章",
        "□ 合約專用章",
        "作廢：誤蓋",
        "和風客服有限公司",
        "採購部",
        "中華民國115年1月5日",
    ):
        assert text in card, text
    assert office.world.audit().findings == []


def test_the_card_has_lines_for_what_nobody_gave(office):
    office.execute(facts())

    card = office.card()
    assert "存放處所\n \n" in card
    assert "保存至\n　　　年　　月　　日" in card
    assert "■" not in card


def test_the_card_has_who_keeps_it_and_what_stamp_tax_was_paid(office):
    keeping = {"custodian": "法務室", "place": "三樓契約櫃 A-12", "until": date(2042, 1, 5)}
    stamps = {"amount": 2640, "means": "payment_slip", "on": DAY}

    office.execute(facts(keeping=keeping, stamp_tax=stamps))

    card = office.card()
    for text in ("法務室", "三樓契約櫃 A-12", "中華民國131年1月5日", "NT$2,640", "繳款書"):
        assert text in card, text
    assert office.world.audit().findings == []


def test_the_card_names_the_signed_copy_by_its_digest(office):
    office.execute(facts(), signed_copy=office.write("scan.pdf", b"%PDF-1.7"))

    assert office.payload()["signed_copy"]["sha256"] in office.card()


def test_an_execution_without_a_card_stays_as_it_was(office):
    # The facts of before there were cards: nothing of them is in the record.
    office.execute(facts())

    assert not {"keeping", "stamp_tax"} & set(office.payload())
    assert Execution.recorded(office.payload()) == facts()


# What the owner of the file can do to it afterwards.


@pytest.fixture
def forged(sqlite_world, tmp_path):
    """A copy of a store in which an agreement was executed with a signed copy, for somebody to forge."""
    office = Office(sqlite_world, sqlite_world.approved())
    office.grant("grace", "signatory")
    power = {"dated": DAY, "file": str(office.write("power.pdf", b"%PDF-1.7 power"))}
    copy = office.write("signed.docx", edited(office.text(), "<w:sectPr", "<w:sectPr "))
    execution = facts(ours={"authority": "attorney", "power": power})
    office.execute(execution, signed_copy=copy)
    with forging.copied(sqlite_world, {"executed": office.ref}, tmp_path / "copy.db") as forged:
        assert forged.findings() == []
        yield forged


def signer(**changes):
    return lambda said: said["signatories"][0].update(changes)


def compared(**changes):
    return lambda said: said["compared"].update(changes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (signer(name="王怡君", authority="representative", power=None), "could not sign for us"),
        (signer(name="陳伯寧", authority="manager", power=None), "could not sign for us"),
        (signer(on="2026-01-04"), "did not hold on"),
        (lambda said: said["signatories"][1].update(on="2025-12-31") or (said.pop("signed_copy")
         and said.pop("compared")), "the approval is of 2026-01-05"),
        (lambda said: said["signatories"][1].update(on="2026-01-06"), "lies in the future"),
        (lambda said: said.update(originals=3, holders=["a", "b", "c"]), "the contract says 2"),
        (lambda said: said.update(holders=["a"]), "do not add up"),
        (lambda said: said["signatories"][0].pop("authority"), "do not add up"),
        (lambda said: said.pop("signed_copy"), "do not stand together"),
        (lambda said: said.pop("compared"), "do not stand together"),
        (compared(likeness="identical"), "not byte for byte"),
        (compared(likeness="differs"), "not what comparing it found"),
        (compared(sent="ab" * 32), "another text than the one approved"),
        (compared(likeness="not known"), "cannot be read"),
    ],
    ids=["stranger", "no signatory", "power not yet", "before approval", "future", "originals", "holders",
         "no authority", "no copy", "not compared", "said identical", "said differs", "another text", "odd"],
)  # fmt: skip
def test_the_audit_finds_an_execution_that_could_not_be(forged, change, told):
    ref = forged.refs["executed"]
    seq = forged.last(ref, "executed")

    forged.edit(ref, seq, lambda body: change(body["payload"]))

    found = [finding for finding in forged.findings() if finding.event == f"{ref}#{seq}"]
    assert any(told in finding.text for finding in found), found


def test_the_audit_finds_differences_nobody_gave_a_reason_for(forged):
    ref = forged.refs["executed"]
    seq = forged.last(ref, "executed")

    def differ(body):
        said = body["payload"]["compared"]
        clause = {"part": "body", "number": "5", "title": "價金", "kind": "changed", "passages": []}
        report = json.loads(forged.get(said["report"])) | {"hidden": [clause]}
        said.update(likeness="differs", report=forged.put(json.dumps(report).encode()))

    forged.edit(ref, seq, differ)

    (finding,) = forged.findings()
    assert (finding.check, finding.event) == ("duties", f"{ref}#{seq}")
    assert "is not the approved text" in finding.text


def test_the_audit_finds_a_power_of_attorney_that_is_gone(forged):
    ref = forged.refs["executed"]
    seq = forged.last(ref, "executed")
    (body,) = [body for body in forged.bodies(ref) if body["seq"] == seq]
    digest = body["payload"]["signatories"][0]["power"]["file"]["sha256"]

    forged.db.execute("DELETE FROM content WHERE sha256 = ?", (digest,))

    assert ("content", f"{ref}#{seq}") in forged.found()
