"""Assessing: what an assessor may record and nobody else, and what the audit makes of a forged judgement."""

import importlib.util
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from approvals.assessing import AssessmentDesk
from approvals.assessments import Judgement
from approvals.attacks import ATTACKS
from approvals.dossier import files_of, read_dossier
from approvals.errors import (
    AssessorOnlyError,
    BadSignatureError,
    DelegationRefusedError,
    KeyRequiredError,
    NothingSeenError,
    NotToAssessError,
    RolesApartError,
    UnknownPersonError,
    UnknownRowError,
    WrongKeyError,
)
from approvals.registry import NewPerson, Registry
from approvals.reviews import Opinion
from approvals.statements import ASSESSMENT, DECISION, read_statement
from approvals.tampering import tamper
from workflow.drafting import Agreement
from workflow.errors import NotStaffError, UnknownReferenceError
from workflow.events import ASSESSMENTS, REGISTRY, Type
from workflow.negotiation import Plan
from workflow.reading import Reader
from workflow.records.sealing import SealRequest
from workflow.store import Store

SEALING = SealRequest(purpose="簽約用印", requested_by="許庭瑋", seals=("company",))


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, Path(__file__).with_name(f"{name}.py"))
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles, forging = _beside("bundles"), _beside("forging")

UNIT = "BGM4R0450v2"


def judgement(
    ref="", seq=1, *, row="P3.2", word="met", method="documents", candidate="alice", reason="看過。"
):
    return Judgement(candidate, UNIT, row, word, method, ((ref, seq),) if ref else (), reason)


def desk(world, person="zoe"):
    return AssessmentDesk(world.store, person)


def assess(world, said, person="zoe", **given):
    return desk(world, person).assess(said, world.signer(person), **given)


@pytest.fixture
def office(world):
    """A store on each database with one approved agreement, and zoe, who assesses."""
    world.enter(["zoe"], "assessor")
    world.ref = world.approved()
    return world


@pytest.fixture
def files(sqlite_world):
    """The same in a file, for what does not depend on the database."""
    sqlite_world.enter(["zoe"], "assessor")
    sqlite_world.ref = sqlite_world.approved()
    return sqlite_world


def registry(world, change, person="alice"):
    with world.store.begin() as unit:
        change(Registry(unit, person, world.signer(person)))
        unit.commit()


@contextmanager
def nothing_recorded(world):
    before = world.counts()
    yield
    assert world.counts() == before


# What is recorded.


def test_a_judgement_is_signed_with_what_was_seen(office):
    seen = office.events(office.ref)[6]

    event = assess(office, judgement(office.ref, 7))

    assert (event.stream, event.seq, event.type, event.actor) == (ASSESSMENTS, 1, Type.ASSESSED, "zoe")
    assert event.payload["evidence"] == [{"event": seen.ref, "digest": seen.hash}]
    with office.store.begin() as unit:
        namespace, said = read_statement(unit.get(event.signed.statement))
        assert unit.note_text(event.payload["reason"]) == "看過。"
    assert said["reason"] == event.payload["reason"]
    assert namespace == ASSESSMENT
    assert said["evidence"] == f"{seen.ref} {seen.hash}"
    assert (said["candidate"], said["row"], said["judgement"]) == ("alice", "P3.2", "met")
    assert office.audit().findings == []


def test_later_judgements_take_the_place_of_earlier_ones_and_all_stay(office):
    office.enter(["yan"], "assessor")
    assess(office, judgement(office.ref, 7, word="not-yet"))
    assess(office, judgement(office.ref, 8))
    assess(office, judgement(row="M3.1", method="observation"), "yan")
    assess(office, judgement(office.ref, 9, word="more-evidence"), "yan")

    with office.reader() as reader:
        found = read_dossier(reader, "alice", UNIT).portfolio

    assert [one.judgement for one in found.row("P3.2").judgements] == ["not-yet", "met", "more-evidence"]
    assert found.row("P3.2").judged.assessor == found.row("M3.1").judged.assessor == "yan"
    assert office.audit().findings == []


def test_a_retry_with_the_same_name_records_once(office):
    first = assess(office, judgement(office.ref, 7), once="try")
    with nothing_recorded(office):
        assert assess(office, judgement(office.ref, 7), once="try") == first
    proposal = desk(office).propose(judgement(office.ref, 8))
    signature = office.signer("zoe").sign(proposal.statement, namespace=ASSESSMENT)

    twice = [desk(office).record(proposal, signature) for _ in range(2)]

    assert twice[0] == twice[1]
    assert assess(office, judgement(office.ref, 7, row="T3"), once="try").seq == 3
    assert office.audit().findings == []


def test_proposing_leaves_nothing_behind(office):
    with nothing_recorded(office):
        desk(office).propose(judgement(office.ref, 7))


def test_two_assessors_propose_at_once_and_both_record(office):
    office.enter(["yan"], "assessor")
    proposals = {who: desk(office, who).propose(judgement(office.ref, 7)) for who in ("zoe", "yan")}

    for who, proposal in proposals.items():
        desk(office, who).record(proposal, office.signer(who).sign(proposal.statement, namespace=ASSESSMENT))

    assert [event.actor for event in office.events(ASSESSMENTS)] == ["zoe", "yan"]
    assert office.audit().findings == []


def test_the_first_judgements_of_all_may_come_at_once(office):
    """The chain begins with the first of them; nobody's is lost, nobody waits for ever."""
    people = ["yan", "yin", "yun", "zhi"]
    office.enter(people, "assessor")

    def judge(who):
        with closing(Store.open(office.place, clock=office.clock)) as store:
            return AssessmentDesk(store, who).assess(judgement(office.ref, 7), office.signer(who)).seq

    with ThreadPoolExecutor(len(people)) as pool:
        seqs = list(pool.map(judge, people))

    assert sorted(seqs) == [1, 2, 3, 4]
    assert office.audit().findings == []


# What is refused.


@pytest.mark.parametrize("person", ["alice", "bob", "lena"])
def test_nobody_but_an_assessor_judges(files, person):
    with nothing_recorded(files), pytest.raises(NotStaffError, match="the role assessor is needed"):
        assess(files, judgement(files.ref, 7, candidate="grace"), person)


def test_nobody_judges_their_own_work(files):
    with nothing_recorded(files), pytest.raises(NotToAssessError, match="it is their own work"):
        assess(files, judgement(row="M3.1", method="observation", candidate="zoe"))


def test_whoever_took_part_does_not_judge_by_it(files):
    registry(files, lambda people: people.revoke("bob", "dept_manager"))
    registry(files, lambda people: people.grant("bob", "assessor"))

    with nothing_recorded(files), pytest.raises(NotToAssessError, match="the assessor took part in it"):
        assess(files, judgement(files.ref, 7), "bob")

    assert assess(files, judgement(row="M3.1", method="observation"), "bob").actor == "bob"
    assert files.audit().findings == []


def test_evidence_is_of_the_candidates_work(files):
    with nothing_recorded(files), pytest.raises(NotToAssessError, match="the candidate took no part in it"):
        assess(files, judgement(files.ref, 7, candidate="judy"))


@pytest.mark.parametrize(
    ("ref", "seq"), [("", 999), ("", 0), ("AGR-2026-0099", 1), (REGISTRY, 1), (ASSESSMENTS, 1)]
)
def test_evidence_is_an_event_of_an_agreement_that_is_there(files, ref, seq):
    with nothing_recorded(files), pytest.raises(UnknownReferenceError):
        assess(files, judgement(ref or files.ref, seq))


def test_refuses_rows_people_and_judgements_that_there_are_none_of(files):
    with nothing_recorded(files):
        with pytest.raises(UnknownRowError):
            assess(files, judgement(files.ref, 7, row="P9.9"))
        with pytest.raises(UnknownPersonError):
            assess(files, judgement(row="M3.1", method="observation", candidate="carol"))
        with pytest.raises(NothingSeenError):
            assess(files, judgement(row="P3.2", method="documents"))


def test_refuses_a_signature_that_is_for_another_purpose_or_of_somebody_else(files):
    proposal = desk(files).propose(judgement(files.ref, 7))

    with nothing_recorded(files):
        with pytest.raises(BadSignatureError):
            desk(files).record(proposal, files.signer("zoe").sign(proposal.statement, namespace=DECISION))
        with pytest.raises(WrongKeyError):
            desk(files).record(proposal, files.signer("bob").sign(proposal.statement, namespace=ASSESSMENT))


def test_a_judgement_needs_a_key(files):
    registry(files, lambda people: people.revoke_key("zoe", files.signer("zoe").public_key.fingerprint))
    files.clock.advance(hours=1)

    with nothing_recorded(files), pytest.raises(KeyRequiredError):
        assess(files, judgement(files.ref, 7))


# What an assessor may not do.


def test_the_role_stands_alone_both_ways(office):
    with nothing_recorded(office):
        for change in (
            lambda people: people.grant("zoe", "staff"),
            lambda people: people.grant("bob", "assessor"),
            lambda people: people.add(NewPerson("yan", "嚴", roles=("legal", "assessor"))),
        ):
            with pytest.raises(RolesApartError):
                registry(office, change)


def _decisions(world, ref):
    for action in ("approve", "return", "reject", "recuse", "excuse"):
        yield action, lambda action=action: world.decide(ref, "zoe", action)


def _reviews(world, ref):
    reviews, flag = world.reviews("zoe"), "F-1"
    yield "raise", lambda: reviews.raise_flag(ref, role="tax", aspect="financial", question="？")
    yield "assign", lambda: reviews.assign(ref, flag, "dan")
    yield "decline", lambda: reviews.propose_declining(ref, flag, "無須。")
    yield "resolve", lambda: reviews.propose_opinion(ref, flag, Opinion("clear", "無。"))
    yield "close", lambda: reviews.propose_closing(ref, flag, "C-1", "已補。")


def _staff(world, ref):
    mine = world.workspace("zoe").get(ref)
    yield "new", lambda: world.workspace("zoe").new("services", world.terms)
    yield "plan", lambda: mine.plan(Plan.model_validate({"purpose": "。"}))
    for action in ("open", "agree", "confirm", "draft", "submit", "activate"):
        yield action, getattr(mine, action)
    yield "round", lambda: mine.round(forging.ROUND)
    yield "acknowledge", lambda: mine.acknowledge(world.reply)
    yield "import_draft", lambda: mine.import_draft(world.reply)
    yield "execute", lambda: mine.execute(forging.EXECUTION)
    yield (
        "issue",
        lambda: mine.issue(SEALING),
    )
    for action in ("withdraw", "renew", "terminate", "expire"):
        yield action, lambda action=action: getattr(mine, action)(reason="。")


def _registry(world, _ref):
    yield "add", lambda: registry(world, lambda people: people.add(NewPerson("yan", "嚴")), "zoe")
    yield "grant", lambda: registry(world, lambda people: people.grant("bob", "legal"), "zoe")
    yield "revoke", lambda: registry(world, lambda people: people.revoke("bob", "dept_manager"), "zoe")
    key = world.signer("alice").public_key
    yield "key", lambda: registry(world, lambda people: people.add_key("zoe", key), "zoe")
    yield "unkey", lambda: registry(world, lambda people: people.revoke_key("bob", key.fingerprint), "zoe")
    yield "delegate", lambda: world.delegate("zoe", "bob")
    yield "delegate for", lambda: world.delegate("grace", "bob", by="zoe")


@pytest.mark.parametrize("stage", ["submitted", "in_sign_off", "approved"])
@pytest.mark.parametrize("group", [_decisions, _reviews, _staff, _registry])
def test_an_assessor_writes_nothing_but_assessments(files, stage, group):
    """Whatever there is to do, at every stage: the same refusal, and not a row more."""
    made = getattr(files, stage)()
    ref = made.ref if isinstance(made, Agreement) else made

    for name, act in group(files, ref):
        with nothing_recorded(files):
            with pytest.raises(AssessorOnlyError) as refusal:
                act()
            assert refusal.value.exit_code == 4, name


def test_the_list_of_what_staff_do_is_whole(files):
    done = {name for name, _ in _staff(files, files.ref)} - {"new"}

    does = {name for name, found in vars(Agreement).items() if callable(found) and not name.startswith("_")}
    assert done == does - {"check", "refresh", "save_documents", "confirmation_kit"}


def test_what_somebody_could_do_before_ends_when_they_become_an_assessor(files):
    ref = files.in_sign_off()
    taken = files.decide(ref, "bob").event
    name = files.delegate("bob", "hana", last_day=files.clock().date() + timedelta(days=9))
    files.delegate("grace", "bob", last_day=files.clock().date() + timedelta(days=9))
    registry(files, lambda people: people.revoke("bob", "dept_manager"))
    registry(files, lambda people: people.grant("bob", "assessor"))

    with nothing_recorded(files):
        for act in (
            lambda: files.retract(ref, "bob", taken.receipt),
            lambda: files.decide(files.ref, "bob", principal="grace"),
            lambda: files.end_delegation("bob", name),
        ):
            with pytest.raises(AssessorOnlyError):
                act()
        with pytest.raises(DelegationRefusedError, match="an assessor decides for nobody"):
            files.delegate("grace", "zoe")


def test_an_assessor_reads_everything_without_a_key(files):
    registry(files, lambda people: people.revoke_key("zoe", files.signer("zoe").public_key.fingerprint))

    with files.reader() as reader:
        dossier = read_dossier(reader, "alice", UNIT)
        assert files_of(dossier, reader)
    assert dossier.portfolio.row("P3.2").artefacts


# What the audit finds.


@pytest.fixture
def forged(files, tmp_path):
    """A store with three judgements, in the hands of someone who owns the file and has nobody's key."""
    assess(files, judgement(files.ref, 7, word="not-yet"))
    files.clock.advance(hours=1)
    assess(files, judgement(files.ref, 8))
    files.clock.advance(hours=1)
    assess(files, judgement(row="M3.1", method="observation"))
    with forging.copied(files, {}, tmp_path / "forged.db") as copy:
        assert copy.findings() == []
        yield copy


def said(**words):
    return lambda body: body["payload"].update(words)


@pytest.mark.parametrize(
    "change",
    [
        said(judgement="met"),
        said(row="T1"),
        said(candidate="bob"),
        said(unit="BGM4R0450v1"),
        said(method="case-study"),
        said(evidence=[]),
        said(judgement=["met"]),
        said(evidence="AGR-2026-0001#7"),
        said(evidence=[{"event": 7, "digest": None}]),
        lambda body: body.update(actor="bob"),
        lambda body: body.update(at="2026-01-05T02:00:01Z"),
        lambda body: body.pop("signed"),
    ],
)
def test_finds_a_judgement_that_was_altered(forged, change):
    forged.edit(ASSESSMENTS, 1, change)

    # What was signed after it saw it as it was.
    assert {f"{ASSESSMENTS}#1", f"{ASSESSMENTS}#2"} & {where for _, where in forged.found()}


def test_finds_words_that_were_altered(forged):
    digest = forged.bodies(ASSESSMENTS)[0]["payload"]["reason"]
    forged.db.execute("UPDATE note SET text = 'x' WHERE digest = ?", (digest,))

    assert ("content", f"{ASSESSMENTS}#1") in forged.found()


def test_finds_a_judgement_signed_with_another_key(forged, files):
    forged.edit(ASSESSMENTS, 1, lambda body: forged.sign(body, files.signer("bob")))

    assert ("signatures", f"{ASSESSMENTS}#1") in forged.found()


def test_finds_a_judgement_put_forward_a_second_time(forged):
    """An earlier word that is written down again as the latest is the assessor's no more."""
    forged.rewrite(ASSESSMENTS, lambda bodies: bodies.append({**bodies[0], "attempt": None}))

    assert ("signatures", f"{ASSESSMENTS}#4") in forged.found()


def test_finds_a_judgement_that_was_taken_out(forged):
    forged.rewrite(ASSESSMENTS, lambda bodies: bodies.pop(1))

    assert ("signatures", f"{ASSESSMENTS}#2") in forged.found()


def test_finds_that_all_judgements_were_deleted(forged):
    forged.db.execute("DELETE FROM idempotency WHERE stream = ?", (ASSESSMENTS,))
    forged.db.execute("DELETE FROM event WHERE stream = ?", (ASSESSMENTS,))

    assert ("chain", ASSESSMENTS) in forged.found()


def test_finds_evidence_that_is_not_what_was_seen(forged, files):
    forged.edit(files.ref, 7, lambda body: body["payload"].update(note=forged.note("另一句話")))

    assert ("content", f"{ASSESSMENTS}#1") in forged.found()


def test_an_event_of_another_kind_is_no_judgement(forged):
    forged.edit(ASSESSMENTS, 1, lambda body: body.update(type="approved"))

    assert ("content", f"{ASSESSMENTS}#1") in forged.found()


def with_key(files, forged, person, seq, **words):
    """Write a judgement anew with a person's own key, as whoever stole it could."""

    def change(body):
        body["payload"].update(words)
        evidence = ", ".join(f"{row['event']} {row['digest']}" for row in body["payload"]["evidence"])
        told = {name: body["payload"][name] for name in ("candidate", "row", "judgement")}
        forged.sign(body, files.signer(person), evidence=evidence, person=person, **told)
        body["actor"] = person
        body["attempt"] = body["attempt"].replace("zoe ", f"{person} ", 1)

    forged.edit(ASSESSMENTS, seq, change)
    return {finding.text for finding in forged.findings()}


def test_finds_a_judge_who_was_no_assessor(forged, files):
    found = with_key(files, forged, "bob", 3)

    assert "bob was not assessor, and nothing else, at that time" in found


def test_finds_whoever_judged_their_own_work_or_what_they_took_part_in(forged, files):
    assert "alice judged their own work" in with_key(files, forged, "alice", 3)
    assert f"bob had taken part in {files.ref}" in with_key(files, forged, "bob", 2)


def test_finds_a_candidate_who_had_no_part_in_it_and_a_row_there_is_not(forged, files):
    assert f"judy had taken no part in {files.ref}" in with_key(files, forged, "zoe", 1, candidate="judy")
    assert f"the unit {UNIT} has no row P9.9" in with_key(files, forged, "zoe", 1, row="P9.9")


def test_finds_an_assessor_who_acted(files, tmp_path):
    """Written with the assessor's own key past our program, a decision counts for nothing."""
    with forging.copied(files, {}, tmp_path / "acted.db") as copy:
        copy.rewrite(files.ref, lambda bodies: bodies[0].update(actor="zoe"))
        texts = {finding.text for finding in copy.findings()}

    assert "zoe was assessor, and an assessor takes no part" in texts


def test_judgements_do_not_hide_what_tampering_shows(files):
    assess(files, judgement(files.ref, 7))
    chosen = [
        attack for attack in ATTACKS if attack.id in ("byte", "note", "backup", "rewritten", "agreement")
    ]

    verdicts = {outcome.attack.id: outcome.verdict for outcome in tamper(files.place.path, chosen)}

    assert verdicts["byte"] == verdicts["note"] == "trail"
    assert verdicts["rewritten"] == "receipt"
    assert verdicts["backup"] in ("receipt", "not_here")


# What leaves the store.


def test_an_export_of_an_agreement_is_whole_where_somebody_assesses(files, tmp_path):
    assess(files, judgement(files.ref, 7))

    checked = bundles.Checked(bundles.exported(files.place, tmp_path / "bundle", files.ref))

    assert (checked.code, checked.where) == (0, set())


def test_a_portfolio_is_the_same_files_for_the_same_trail(files):
    assess(files, judgement(files.ref, 7))
    with files.reader() as reader:
        once, again = (files_of(read_dossier(reader, "alice", UNIT), reader) for _ in range(2))

    assert once == again
    manifest = json.loads(once["manifest.json"])
    assert {row["path"] for row in manifest["files"]} == set(once) - {"manifest.json"}
    named = json.loads(once["portfolio.json"])["files"]
    assert set(named.values()) == {name for name in once if name.startswith("documents/")}
    assert once["assessments.jsonl"].count(b"\n") == 1
    assert all(not name.startswith("/") and ".." not in name for name in once)


def test_a_portfolio_has_nothing_of_what_others_were_judged(files):
    assess(files, judgement(files.ref, 7, candidate="bob", reason="祕密"))
    assess(files, judgement(files.ref, 7))
    with files.reader() as reader:
        written = files_of(read_dossier(reader, "alice", UNIT), reader)

    assert "statements/assessments-2.txt" in written
    assert "statements/assessments-1.txt" not in written
    assert "祕密".encode() not in b"".join(written.values())


def test_only_the_agreements_named_are_in_it(office):
    other = office.approved()

    with Reader(office.place) as reader:
        found = read_dossier(reader, "alice", UNIT, [other]).portfolio
        whole = read_dossier(reader, "alice", UNIT).portfolio

    assert [work.ref for work in found.works] == [other]
    assert [work.ref for work in whole.works] == [office.ref, other]
    assert {artefact.ref for artefact in found.artefacts} == {other}


def test_a_receipt_of_a_judgement_names_no_agreement(office):
    event = assess(office, judgement(office.ref, 7))

    with closing(Reader(office.place)) as reader, pytest.raises(UnknownReferenceError):
        reader.resolve(event.receipt)


def test_who_acted_through_a_deputy_only_has_that_agreement_in_their_portfolio(world):
    ref = world.in_sign_off()
    world.delegate("bob", "hana")
    world.decide(ref, "hana", principal="bob")

    with world.reader() as reader:
        assert [work.ref for work in read_dossier(reader, "bob", UNIT).portfolio.works] == [ref]
