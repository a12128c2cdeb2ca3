"""The page opens without a network, checks itself in a browser, and names what was altered.

Chromium runs without a window and is told what to do through its debugging pipe; see chromium.py.
"""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from approvals.keys import load_signer
from approvals.registry import NewPerson, Registry
from workflow.ledger import GENESIS, link
from workflow.reading import Reader


def _beside(name):
    full = f"assent_tests_{name}"
    if full not in sys.modules:
        folder = Path(__file__).parents[1] if name == "chromium" else Path(__file__).parent
        spec = importlib.util.spec_from_file_location(full, folder / f"{name}.py")
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


bundles, chromium, forging = _beside("bundles"), _beside("chromium"), _beside("forging")

pytestmark = pytest.mark.skipif(not chromium.at_hand(), reason="Chromium is missing")

REF = bundles.REF
WORDS = "責任上限過高，請改為百分之百。"
ISLAND = re.compile(r'(<script type="application/json" id="trail">)(.*?)(</script>)', re.DOTALL)
ATTACK = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def office(found, sqlite, tmp_path_factory):
    """A store with an agreement that was returned and approved in a second revision."""
    folder = tmp_path_factory.mktemp("office")
    with found(sqlite, folder) as world:
        world.negotiated().draft().submit(note=ATTACK)
        forging.answer(world, REF, "dan", "conditions", forging.MUST)
        forging.close(world, REF, "F-1", "C-1", "grace", "附件二已補。")
        world.resolve_all(REF)
        world.clock.advance(days=3)
        world.decide(REF, "bob", reason=ATTACK)
        world.decide(REF, "grace", "return", reason=WORDS)
        world.kept = [world.checkpoint()]
        terms = world.terms.model_copy(update={"purpose": "甲方委託乙方建置知識庫。"})
        world.workspace().get(REF).draft(terms).submit()
        world.approve_all(world.resolve_all(REF))
        world.negotiated()
        world.kept.append(world.checkpoint())
        yield world


@pytest.fixture(scope="module")
def bundle(office, tmp_path_factory):
    return bundles.exported(office.place, tmp_path_factory.mktemp("page") / "bundle")


@pytest.fixture(scope="module")
def tab():
    """A tab of a browser that runs as long as this file's tests."""
    with chromium.running() as browser:
        tab = chromium.Page(browser)
        tab.size(1280)
        yield tab


@pytest.fixture(scope="module")
def long(found, sqlite, tmp_path_factory):
    """The page of an agreement with more events than one list of the timeline holds."""
    folder = tmp_path_factory.mktemp("long")
    with found(sqlite, folder) as world:
        ref = world.submitted().ref
        world.reviews("bob").raise_flag(ref, role="tax", aspect="financial", question="須扣繳嗎？")
        flag = world.case(ref).flags[-1].id
        for _ in range(120):
            world.reviews("alice").assign(ref, flag, "dora")
        return bundles.exported(world.place, folder / "bundle", ref) / f"{ref}.html"


@pytest.fixture
def opened(tab, bundle):
    """The page of the agreement, in English, as it was exported."""
    return tab.open(bundle / f"{REF}.html", "lang=en")


def _verdict(tab):
    return tab.run("document.documentElement.dataset.verdict")


def _findings(tab):
    return tab.run("[...document.querySelectorAll('#findings li')].map((e) => e.innerText)")


@pytest.fixture
def forged(tab, bundle, tmp_path):
    """A function that opens the page with its data changed, and returns where it was found first."""

    def forged(change, *, page=lambda html: html):
        html = (bundle / f"{REF}.html").read_text(encoding="utf-8")
        before, data, after = ISLAND.search(html).groups()
        trail = json.loads(data)
        change(trail)
        text = json.dumps(trail, ensure_ascii=False).replace("<", "\\u003c")
        html = page(ISLAND.sub(lambda _: before + text + after, html))
        path = tmp_path / "forged.html"
        path.write_text(html, encoding="utf-8")
        tab.open(path, "lang=en")
        return tab.run("document.documentElement.dataset.where")

    return forged


def test_says_that_it_fits_together_and_how_much(opened, office):
    events = len(office.events(REF)) + len(office.events("registry"))

    assert _verdict(opened) == "ok"
    assert opened.read("#verdict-title") == "It fits together"
    assert f"{events} events hang together" in opened.read("#verdict-text")
    assert _findings(opened) == []


def test_asks_for_nothing_but_itself(opened, bundle):
    assert opened.requests == [(bundle / f"{REF}.html").as_uri()]
    assert opened.complaints == []


def test_its_policy_lets_nothing_be_fetched_or_run(opened):
    refused = opened.run("fetch('https://example.org/').then(() => 'fetched', (error) => 'refused')")
    opened.run(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))"
    )

    assert refused == "refused"
    assert opened.run("window.bad") is None


def test_has_no_address_in_it(bundle):
    page = ISLAND.sub("", (bundle / f"{REF}.html").read_text(encoding="utf-8"))

    assert not re.search(r"(?:src|href|action|url)\s*=\s*[\"']?(?!#)\w*:?//", page)
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_what_people_wrote_stays_text(opened):
    assert opened.run("document.title").startswith(REF)
    assert opened.run("document.images.length") == 0
    assert opened.run("document.scripts.length") == 2
    assert ATTACK in opened.read("#timeline")


def test_both_languages_are_in_it_and_switched_without_loading(opened):
    opened.requests.clear()

    opened.run("document.querySelector('[data-to=\"zh-TW\"]').click()")

    assert opened.read("#verdict-title") == "查驗相符"
    assert opened.read("#timeline-title") == "時間軸"
    assert opened.run("document.documentElement.lang") == "zh-TW"
    assert opened.requests == []


@pytest.mark.parametrize("lang", ["en", "zh-TW"])
def test_shows_every_text_in_one_language_only(tab, bundle, lang):
    tab.open(bundle / f"{REF}.html", f"lang={lang}")

    other = {"en": "zh-TW", "zh-TW": "en"}[lang]
    seen = tab.run(
        f"[...document.querySelectorAll('.w[lang=\"{other}\"]')].filter((e) => e.getClientRects().length).length"
    )
    unpaired = tab.run("[...document.querySelectorAll('.w')].filter((e) => !e.textContent.trim()).length")
    assert (seen, unpaired) == (0, 0)


def test_each_decision_shows_that_its_signature_holds(opened):
    shown = opened.run("[...document.querySelectorAll('[data-sig]')].map((e) => e.innerText)")

    assert shown
    assert set(shown) == {"valid"}


def test_shows_what_the_second_revision_changed(opened):
    assert "建置知識庫" in opened.run(
        "[...document.querySelectorAll('#changes ins')].map((e) => e.textContent).join('')"
    )
    assert opened.run("document.querySelectorAll('#changes del').length") > 0


def test_draws_the_states_and_the_working_days(opened):
    assert opened.run("document.querySelectorAll('#states .node').length") == 12
    assert opened.run("document.querySelectorAll('#states .node.now').length") == 1
    assert opened.run("document.querySelectorAll('#states .step.back').length") >= 1
    assert opened.run("document.querySelectorAll('#gantt .bar').length") >= 8


# What is altered is named.


def _event(trail, kind):
    lines = trail["streams"][REF]["lines"]
    return next(n for n, line in enumerate(lines) if json.loads(line)["type"] == kind)


def _replaced(trail, kind, old, new):
    number = _event(trail, kind)
    lines = trail["streams"][REF]["lines"]
    assert old in lines[number]
    lines[number] = lines[number].replace(old, new)
    return number + 1


def test_names_an_event_of_which_one_byte_was_changed(forged):
    at = []

    where = forged(lambda trail: at.append(_replaced(trail, "approved", '"bob"', '"bab"')))

    assert where == f"{REF}#{at[0]}"


@pytest.mark.parametrize("number", [1, 4, "last"])
def test_names_whichever_event_it_is(forged, office, number):
    number = office.case(REF).seq if number == "last" else number

    def change(trail):
        lines = trail["streams"][REF]["lines"]
        lines[number - 1] = lines[number - 1].replace('"type":"', '"type":"x', 1)

    assert forged(change) == f"{REF}#{number}"


def test_a_line_whose_digest_was_made_to_fit_is_found_at_the_next(forged):
    def change(trail):
        stream = trail["streams"][REF]
        stream["lines"][2] = stream["lines"][2].replace('"size":', '"size":1')
        stream["hashes"][2] = hashlib.sha256(stream["lines"][2].encode()).hexdigest()

    assert forged(change) == f"{REF}#4"


def test_names_the_gap_where_an_event_was_removed(forged):
    def change(trail):
        for name in ("lines", "hashes"):
            del trail["streams"][REF][name][4]

    assert forged(change) == f"{REF}#5"


def test_names_where_events_were_exchanged(forged):
    def change(trail):
        for name in ("lines", "hashes"):
            rows = trail["streams"][REF][name]
            rows[2], rows[3] = rows[3], rows[2]

    assert forged(change) == f"{REF}#3"


def test_a_chain_rewritten_without_keys_is_found_by_what_its_signers_saw(forged, tab):
    def change(trail):
        stream = trail["streams"][REF]
        prev, lines, hashes = GENESIS, [], []
        for seq, line in enumerate(stream["lines"], start=1):
            body = json.loads(line)
            if body["type"] == "drafted":
                body["actor"] = "bob"
            entry = link(body, stream=REF, seq=seq, prev=prev)
            prev = entry.hash
            lines.append(entry.line.decode())
            hashes.append(hashlib.sha256(entry.line).hexdigest())
        stream["lines"], stream["hashes"] = lines, hashes

    forged(change)

    assert _verdict(tab) == "bad"
    assert any("rewritten" in finding for finding in _findings(tab))


def test_leads_from_what_it_found_to_the_event(forged, tab):
    def change(trail):
        trail["streams"][REF]["lines"][4] += " "

    forged(change)
    tab.run("document.querySelector('#findings a').click()")

    assert tab.run("document.querySelector(':target').dataset.event") == "5"
    assert tab.run("document.querySelector(':target').classList.contains('altered')")


def test_marks_every_event_that_is_of_another_log(forged, tab, office):
    def change(trail):
        trail["log"] = "assent:" + "0" * 32

    assert forged(change) == "registry#1"
    assert tab.run("document.querySelectorAll('#timeline .altered').length") == len(office.events(REF))


def test_names_the_event_whose_statement_was_altered(forged, bundle):
    number = bundles.number_of(bundle, "approved")

    def change(trail):
        trail["statements"][f"{REF}#{number}"] = trail["statements"][f"{REF}#{number}"].replace("bob", "dan")

    assert forged(change) == f"{REF}#{number}"


def test_names_the_event_with_a_signature_by_another_key(forged, bundle, tab):
    number = bundles.number_of(bundle, "approved")
    other = json.loads(bundles.lines(bundle)[bundles.number_of(bundle, "returned") - 1])["signed"][
        "signature"
    ]

    def change(trail):
        lines = trail["streams"][REF]["lines"]
        body = json.loads(lines[number - 1])
        body["signed"]["signature"] = other
        lines[number - 1] = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert forged(change) == f"{REF}#{number}"
    assert any("signature does not hold" in finding for finding in _findings(tab))


def test_names_the_event_whose_words_were_altered_where_they_are_shown(forged, tab, bundle):
    def change(html):
        shown, island, rest = html.partition('<script type="application/json"')
        assert WORDS in shown
        return shown.replace(WORDS, "沒有意見。") + island + rest

    forged(lambda trail: None, page=change)

    assert _verdict(tab) == "bad"
    assert (
        tab.run("document.documentElement.dataset.where") == f"{REF}#{bundles.number_of(bundle, 'returned')}"
    )


def test_a_name_that_was_altered_where_it_is_shown_is_found(forged, tab):
    forged(lambda trail: None, page=lambda html: html.replace(">陳伯寧<", ">陳伯宁<", 1))

    assert _verdict(tab) == "bad"


def test_words_that_were_taken_out_leave_the_verdict_open(forged, tab):
    def change(trail):
        trail["notes"] = {digest: said for digest, said in trail["notes"].items() if said[1] != WORDS}

    forged(change, page=lambda html: re.sub(rf"<blockquote[^>]*>{WORDS}</blockquote>", "", html))

    assert _verdict(tab) == "part"


def test_a_condition_that_was_altered_with_its_note_is_found(forged, bundle, tab):
    number = bundles.number_of(bundle, "flag_resolved")

    def change(trail):
        for said in trail["notes"].values():
            if said[1] == forging.MUST.text:
                said[1] = "無條件"

    forged(change)

    assert _verdict(tab) == "bad"
    assert any(f"{REF}#{number} the words shown are not the ones recorded" in f for f in _findings(tab))


def test_a_registry_with_another_key_is_found(forged, tab):
    def change(trail):
        lines = trail["streams"]["registry"]["lines"]
        number = max(n for n, line in enumerate(lines) if json.loads(line)["type"] == "key_added")
        lines[number] = lines[number].replace("AAAAC3NzaC1lZDI1NTE5AAAAI", "AAAAC3NzaC1lZDI1NTE5AAAAJ")

    assert forged(change).startswith("registry#")
    assert _verdict(tab) == "bad"


def test_data_that_is_no_longer_readable_is_no_silent_page(tab, bundle, tmp_path):
    html = (bundle / f"{REF}.html").read_text(encoding="utf-8")
    path = tmp_path / "broken.html"
    path.write_text(ISLAND.sub(r"\1{\3", html), encoding="utf-8")

    tab.open(path)

    assert _verdict(tab) == "bad"


def test_a_changed_program_does_not_run(tab, bundle, tmp_path):
    html = (bundle / f"{REF}.html").read_text(encoding="utf-8")
    path = tmp_path / "other.html"
    path.write_text(
        html.replace("const verdict = findings.length", "const verdict = 0 && findings.length"),
        encoding="utf-8",
    )

    tab.call("Page.navigate", url=path.as_uri())
    tab.wait("document.readyState == 'complete'")

    assert _verdict(tab) == "checking"


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is missing")
@pytest.mark.parametrize(("kind", "bits"), [("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521), ("rsa", 3072)])
def test_checks_signatures_by_every_kind_of_key(found, sqlite, tab, tmp_path, kind, bits):
    key = tmp_path / "erin"
    made = ["ssh-keygen", "-q", "-t", kind, "-b", str(bits), "-N", "", "-f", key]
    subprocess.run(made, check=True, capture_output=True)
    with found(sqlite, tmp_path) as world:
        world.signers["erin"] = load_signer(key, passphrase=None)
        with world.store.begin() as unit:
            erin = NewPerson("erin", "erin", roles=("dept_manager",))
            Registry(unit, "alice", world.signer("alice")).add(erin, world.signer("erin").public_key)
            unit.commit()
        ref = world.in_sign_off()
        world.decide(ref, "erin")
        folder = bundles.exported(world.place, tmp_path / "bundle", ref)

    tab.open(folder / f"{ref}.html", "lang=en")
    assert _verdict(tab) == "ok"
    assert tab.run("[...document.querySelectorAll('[data-sig]')].at(-1).innerText") == "valid"


# What a reader can do with it.


def _type_receipt(tab, text):
    tab.run(
        f"(() => {{ const i = document.getElementById('receipt'); i.value = {json.dumps(text)};"
        "i.dispatchEvent(new Event('input')); })()"
    )
    return tab.read("#receipt-said")


def test_a_receipt_fits_or_says_what_is_missing(opened, office):
    case = office.case(REF)
    head = case.head

    assert _type_receipt(opened, f"{REF}#{case.seq}:{head}") == f"The receipt fits event {REF}#{case.seq}."
    assert _type_receipt(opened, f"{head[:4]}-{head[4:8]}") == f"The receipt fits event {REF}#{case.seq}."
    assert "is missing" in _type_receipt(opened, f"{REF}#{case.seq + 1}:{'a' * 64}")
    assert _type_receipt(opened, f"{REF}#1:{head}") == "No event of this page fits the receipt."


def test_a_document_that_is_dropped_is_known_by_its_bytes(opened, bundle, tmp_path):
    genuine = next((bundle / "documents").glob("*r2-final*"))
    altered = tmp_path / "altered.docx"
    altered.write_bytes(genuine.read_bytes() + b"\0")

    opened.choose("#file", genuine, altered)
    opened.wait("document.querySelectorAll('#dropped li').length == 2")

    assert genuine.name in opened.read("#dropped li.ok")
    assert "none of the documents" in opened.read("#dropped li.bad")
    assert len(opened.requests) == 1


def test_shows_that_its_events_are_in_the_checkpoint(opened, office):
    assert _verdict(opened) == "ok"
    assert f"among the {office.kept[-1].checkpoint.size} events" in opened.read("#checks")


def _proof(trail):
    trail["checkpoint"]["proofs"][0]["path"].reverse()


def _place(trail):
    trail["checkpoint"]["proofs"][0]["index"] += 1


def _signature(trail):
    note = trail["checkpoint"]["note"]
    trail["checkpoint"]["note"] = note[:-60] + ("A" if note[-60] != "A" else "B") + note[-59:]


def _signer(trail):
    trail["checkpoint"]["person"] = "bob"


def _time(trail):
    trail["checkpoint"]["at"] = "2020-01-01T00:00:00Z"


def _cut(trail):
    trail["checkpoint"]["note"] = trail["checkpoint"]["note"][:80]


@pytest.mark.parametrize(
    "change", [_proof, _place, _signature, _signer, _time, _cut], ids=lambda f: f.__name__
)
def test_a_checkpoint_that_was_altered_is_found(forged, tab, change):
    forged(change)

    assert _verdict(tab) == "bad"
    assert len(_findings(tab)) == 1


def test_a_checkpoint_that_somebody_kept_is_held_against_it(opened, office, tmp_path):
    names = ("earlier.txt", "newest.txt", "other.txt", "later.txt")
    paths = [tmp_path / name for name in names]
    first, newest = office.kept
    other = replace(first.checkpoint, root=bytes(32))
    later = replace(first.checkpoint, size=newest.checkpoint.size + 1)
    notes = (first, newest, replace(first, checkpoint=other), replace(first, checkpoint=later))
    for path, note in zip(paths, notes, strict=True):
        path.write_bytes(note.body)

    opened.choose("#file", *paths)
    opened.wait("document.querySelectorAll('#dropped li').length == 4")

    said = opened.run(
        "[...document.querySelectorAll('#dropped li')].map((e) => e.className + ' ' + e.innerText)"
    )
    assert [line.split(" ")[0] for line in said] == ["ok", "ok", "bad", ""]
    assert all(name in line for name, line in zip(names, said, strict=True))


def test_says_itself_what_it_cannot_prove(opened, office):
    text = opened.read(".limits")

    assert "A forged page could carry a forged check" in text
    assert "nothing newer was cut off" in text
    assert office.signer("alice").public_key.fingerprint in text


def test_withheld_words_leave_the_verdict_open(office, tab, tmp_path):
    folder = bundles.exported(office.place, tmp_path / "redacted", redact=True)

    tab.open(folder / f"{REF}.html", "lang=en")

    assert _verdict(tab) == "part"
    assert "(words withheld or erased)" in tab.read("#timeline")
    assert WORDS not in tab.run("document.documentElement.outerHTML")


def test_a_broken_trail_still_opens_and_says_so(office, tab, tmp_path):
    with forging.copied(office, {}, tmp_path / "copy.db") as copy:
        copy.db.execute("UPDATE event SET line = 'not JSON' WHERE seq = 2 AND stream = ?", (REF,))
        folder = bundles.exported(copy.place, tmp_path / "bundle")

    tab.open(folder / f"{REF}.html", "lang=en")

    assert tab.run("document.documentElement.dataset.where") == f"{REF}#2"


# How it can be read.


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_nothing_is_wider_than_the_window(tab, bundle, width):
    tab.size(width)
    try:
        tab.open(bundle / f"{REF}.html")

        assert tab.run("document.documentElement.scrollWidth") <= width
    finally:
        tab.size(1280)


# ruff: noqa: E501
_CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (css) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; })
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor);
    if (c[3] > .99) return c; } return [255, 255, 255, 1]; };
  const bad = [];
  for (const e of document.querySelectorAll('main *, header *')) {
    if (e.closest('svg') || !e.getClientRects().length) continue;
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${e.className || e.tagName} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return bad;
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(tab, bundle, scheme):
    tab.media(prefers_color_scheme=scheme)
    try:
        tab.open(bundle / f"{REF}.html", "lang=en")

        assert tab.run(_CONTRAST) == []
    finally:
        tab.media(prefers_color_scheme="light")


def test_everything_one_can_act_on_has_a_name_and_is_reached_by_keyboard(opened):
    nodes = opened.call("Accessibility.getFullAXTree")["nodes"]

    acting = [
        node
        for node in nodes
        if node.get("role", {}).get("value") in ("button", "link", "textbox", "DisclosureTriangle")
        and not node.get("ignored")
    ]
    assert len(acting) > 10
    assert [node for node in acting if not node.get("name", {}).get("value")] == []
    pictures = [
        node for node in nodes if node.get("role", {}).get("value") == "image" and not node["ignored"]
    ]
    assert [node["name"]["value"] for node in pictures] == ["Where it stands", "Working days"]
    assert opened.run(
        "[...document.querySelectorAll('button,a,input,summary')].every((e) => e.tabIndex >= 0)"
    )


def test_has_landmarks_one_title_and_a_live_verdict(opened):
    for selector in ("main", "header", "nav"):
        assert opened.run(f"document.querySelectorAll('{selector}').length") == 1
    assert opened.run("document.querySelectorAll('h1').length") == 1
    assert opened.run("document.querySelector('.said').getAttribute('aria-live')") == "polite"
    levels = opened.run("[...document.querySelectorAll('h1,h2,h3,h4')].map((e) => Number(e.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_moves_where_the_reader_asked_for_stillness(tab, bundle):
    tab.media(prefers_reduced_motion="reduce")
    try:
        tab.open(bundle / f"{REF}.html")

        assert tab.run("document.getAnimations().length") == 0
    finally:
        tab.media(prefers_reduced_motion="no-preference")


def test_a_long_timeline_is_whole_and_every_event_of_it_can_be_gone_to(tab, long):
    tab.open(long, "lang=en")
    lists = tab.run("[...document.querySelectorAll('.line')].map((e) => [e.start, e.children.length])")
    tab.run("location.hash = 'event-125'")
    tab.wait("document.getElementById('event-125').getBoundingClientRect().top < innerHeight")

    assert _verdict(tab) == "ok"
    assert len(lists) == 2
    assert lists[0] == [1, 100]
    assert lists[1][0] == 101
    assert "assigned a flag" in tab.read("#event-125")


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is missing")
def test_a_long_timeline_prints_to_its_end(tab, long, tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(tab.open(long, "lang=en").printed())

    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert set(range(1, 126)) <= {int(number) for number in re.findall(r"#(\d+)\b", text)}


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is missing")
def test_prints_to_a4(opened, tmp_path):
    path = tmp_path / "page.pdf"
    path.write_bytes(opened.printed())

    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    about = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert "It fits together" in text
    assert re.search(r"Page size:\s+59[45].* x 84[12]", about)


def test_is_the_same_page_each_time(office, bundle):
    from approvals.bundle import export

    with Reader(office.place) as reader:
        again = export(reader, [REF])[f"{REF}.html"]

    assert again == (bundle / f"{REF}.html").read_bytes()
