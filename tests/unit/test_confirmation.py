"""The message with the letter: whole, in the agreement's language, the same each time, and nothing hidden."""

import string
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.case import DocumentRef
from workflow.confirmation import Kit, words_in, write_kit
from workflow.errors import InvalidInputError
from workflow.replies import read_reply
from workflow.terms import Terms

BODY = b"PK letter"
DIGEST = "9f" * 32
NAME = "AGR-2026-0042-confirmation-letter.docx"
LETTER = DocumentRef(
    "confirmation-letter", "zh-TW", 0, "both", NAME, "0" * 64, DIGEST, len(BODY), "1" * 64, "2" * 64
)
TERMS = Terms.read(
    {
        "title": "客戶服務中心維運",
        "title_en": "Customer service desk",
        "parties": [
            {"side": "ours", "name": "台北光電股份有限公司", "name_en": "Taipei Optronics Co., Ltd."},
            {
                "side": "theirs",
                "name": "和風客服有限公司",
                "name_en": "Hefeng Ltd.",
                "contact": "許和風",
                "email": "hsu@example.com",
            },
        ],
    }
)
FEW = settings(max_examples=60, deadline=None, database=None)


def kit(terms=TERMS, **changes):
    facts = {
        "ref": "AGR-2026-0042",
        "language": "zh-TW",
        "letter": LETTER,
        "body": BODY,
        "terms": terms,
        "reply_by": date(2026, 12, 8),
        "event": "c9a1" * 16,
        "at": datetime(2026, 11, 23, 2, 30, tzinfo=UTC),
    }
    return Kit(**{**facts, **changes})


def terms(**changes):
    return TERMS.model_copy(update=changes)


def party(side, **changes):
    parties = tuple(p.model_copy(update=changes) if p.side == side else p for p in TERMS.parties)
    return terms(parties=parties)


def received(made, **given):
    return message_from_bytes(write_kit(made, **given), policy=SMTP)


def text(made):
    return received(made).get_body(("plain",)).get_content().replace("\r\n", "\n")


def form(made):
    return list(received(made).iter_attachments())[1].get_content().lstrip("\ufeff")


def places(words):
    if isinstance(words, dict):
        return {key: places(value) for key, value in words.items()}
    return {field for _, field, _, _ in string.Formatter().parse(words) if field is not None}


def test_carries_the_letter_and_a_form_to_fill_in():
    got = received(kit())

    letter, reply = got.iter_attachments()
    assert (letter.get_filename(), letter.get_content()) == (NAME, BODY)
    assert reply.get_filename() == "AGR-2026-0042-reply.txt"
    assert reply.get_content_type() == "text/plain"
    assert not got.defects


def test_is_for_the_other_side_and_opens_for_sending():
    got = received(kit())

    assert str(got["To"]) == "許和風 <hsu@example.com>"
    assert str(got["Subject"]) == "【AGR-2026-0042】書面確認函：客戶服務中心維運"
    assert got["X-Unsent"] == "1"
    assert got["From"] is None
    assert got["Date"].datetime == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_comes_from_the_address_that_is_set():
    assert str(received(kit(), sender="deals@example.com")["From"]) == (
        "台北光電股份有限公司 <deals@example.com>"
    )


@pytest.mark.parametrize("email", [None, "許@example.com", "a<b>@example.com", "a@b\r\nBcc: c@d", "a@"])
def test_is_for_nobody_where_there_is_no_address_to_write_to(email):
    assert received(kit(party("theirs", email=email)))["To"] is None


@pytest.mark.parametrize("sender", ["deals", "a@b.c\r\nBcc: d@e.f", "a@b.c, d@e.f"])
def test_comes_from_one_address_or_is_refused(sender):
    with pytest.raises(InvalidInputError):
        write_kit(kit(), sender=sender)


def test_is_the_same_each_time():
    assert write_kit(kit()) == write_kit(kit())


def test_is_another_for_another_event():
    assert write_kit(kit()) != write_kit(kit(event="0" * 64))


def test_is_ascii_on_the_way_with_lines_that_every_server_takes():
    written = write_kit(kit(language="zh-TW+en"))

    assert written.isascii()
    assert all(len(line) <= 998 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")


@pytest.mark.parametrize("language", ["zh-TW", "en", "zh-TW+en"])
def test_says_what_to_do_until_when_and_how_to_check_the_letter(language):
    said = text(kit(language=language))

    for command in (f"certutil -hashfile {NAME} SHA256", f"shasum -a 256 {NAME}", f"sha256sum {NAME}"):
        assert command in said
    assert f"  {DIGEST}\n" in said
    assert ("中華民國115年12月8日" in said) is ("zh-TW" in language)
    assert ("8 December 2026" in said) is ("en" in language)
    assert "{" not in said


def test_says_everything_in_both_languages_and_has_one_form():
    got, said = received(kit(language="zh-TW+en")), text(kit(language="zh-TW+en"))

    assert "書面確認函：客戶服務中心維運 / [AGR-2026-0042] Letter of confirmation: Customer" in got["Subject"]
    assert said.index("台北光電股份有限公司　敬啟") < said.index("To Hefeng Ltd.:")
    assert said.count("[ ] A") == 1
    assert "姓名 / Name: ____" in said


@pytest.mark.parametrize("language", ["zh-TW", "en"])
@pytest.mark.parametrize("mode", ["agreed", "notified", "paper", "unknown"])
def test_silence_is_never_agreement_to_the_terms(language, mode):
    said = text(kit(terms(consent_mode=mode), language=language))

    assert {"zh-TW": "不視為同意確認函所載之任何條件", "en": "Silence does not count as agreement"}[
        language
    ] in said


@pytest.mark.parametrize(
    ("mode", "presumed", "boxes"),
    [("agreed", False, False), ("paper", False, False), ("notified", True, True), ("unknown", True, True)],
)
def test_silence_is_consent_to_electronic_form_only_where_there_is_a_chance_to_object(mode, presumed, boxes):
    chinese, english = (text(kit(terms(consent_mode=mode), language=lang)) for lang in ("zh-TW", "en"))

    assert ("電子簽章法第五條第四項" in chinese) is presumed
    assert ("推定僅及於文件及簽章之形式，不及於確認函所載之任何條件" in chinese) is presumed
    assert ("Article 5, paragraph 4" in english) is presumed
    assert ("[ ] F" in chinese) is boxes


def test_on_paper_the_form_on_the_letter_is_to_be_signed():
    said = text(kit(terms(consent_mode="paper"), language="en"))

    assert "sign or seal the reply form on the last page of the letter" in said
    assert "silence does not count as agreement to electronic form" in said


def test_both_languages_have_the_same_words_and_places():
    assert places(words_in("zh-TW")) == places(words_in("en"))


@pytest.mark.parametrize("language", ["zh-TW", "en", "zh-TW+en"])
@pytest.mark.parametrize("mode", ["agreed", "notified"])
@pytest.mark.parametrize(
    ("letter", "answer"), [("", "none"), ("A", "agree"), ("B", "changes"), ("C", "disagree")]
)
def test_what_is_ticked_in_its_form_is_read_when_it_comes_back(language, mode, letter, answer):
    made = kit(terms(consent_mode=mode), language=language)
    for filled in (form(made), text(made), "\n".join(f"> {line}" for line in text(made).split("\n"))):
        back = f"Subject: Re\n\n{filled.replace(f'[ ] {letter} ', f'[X] {letter} ') if letter else filled}"

        found = read_reply(back.encode(), name="r.eml", letter=DIGEST)

        assert (found.answer, found.quotes, found.electronic) == (answer, "letter", "none")


HOSTILE = [
    "x\r\nBcc: eve@example.com",
    "x\n\n--assent-c9a1\nContent-Type: text/html",
    "=?utf-8?q?=0d=0aBcc=3A_eve=40example=2Ecom?=",
    'x" <eve@example.com>, "y',
    "x\u202ey",
    "{0.__class__} {ours}",
    "[X] A",
    "甲" * 200,
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_name_or_title_adds_a_header_or_a_part(hostile):
    bad = party("theirs", name=hostile, contact=hostile).model_copy(update={"title": hostile})

    got = received(kit(bad))

    assert sorted(got.keys()) == sorted(received(kit()).keys())
    assert [address.addr_spec for address in got["To"].addresses] == ["hsu@example.com"]
    assert len(list(got.iter_attachments())) == 2
    assert "\u202e" not in got.get_body().get_content()


@FEW
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_and_title_make_one_message_with_its_letter(name, title):
    got = received(kit(party("theirs", name=name, contact=None).model_copy(update={"title": title})))

    assert sorted(got.keys()) == sorted(received(kit()).keys())
    assert next(got.iter_attachments()).get_content() == BODY
