"""Templates from elsewhere, as authors check and try them."""

import io
import zipfile

import docx
import pytest


@pytest.fixture
def template(cli):
    """Writes a template of paragraphs, and its header."""

    def write(*paragraphs, header="", name="contract.docx"):
        document = docx.Document()
        for text in paragraphs:
            document.add_paragraph(text)
        if header:
            document.sections[0].header.paragraphs[0].text = header
        document.save(cli.folder / name)
        return name

    return write


def test_a_good_template_can_be_used(cli, template):
    told = cli("templates", "check", template("{{ title }}"))

    assert told.out.startswith("contract.docx: it can be used\n")
    assert "title\ttext" in told.out


def test_a_mistake_is_told_with_its_place_and_its_remedy(cli, template):
    told = cli("templates", "check", template("{{ title }}", header="{{#parties}}"), code=1)

    lines = told.out.splitlines()
    assert lines[0] == "contract.docx: it cannot be used as it is"
    assert "  xx this is a mustache tag" in lines
    assert '     in a page header: "{{#parties}}"' in lines
    assert any(line.startswith("     try  write ") for line in lines)


def test_the_same_mistake_is_told_once_with_some_of_its_places(cli, template):
    told = cli("templates", "check", template(*(f"[[name {n}]]" for n in range(9)))).out

    assert told.count("another product's tag") == 1
    assert told.count("in the text: ") == 3
    assert "and in 6 more places" in told


def test_says_it_in_chinese(cli, template):
    told = cli("templates", "check", template("[[name]]"), "--lang", "zh-TW").out

    assert "內文：「[[name]]」" in told
    assert "建議  " in told


def test_tries_a_template_with_data_or_made_up_data(cli, template):
    cli.write("data.toml", 'title = "勞務契約"\n')

    cli("templates", "try", template("{{ title }}"), "--data", "data.toml", "--out", "given.docx")
    made = cli.json("templates", "try", "contract.docx")

    assert docx.Document(cli.folder / "given.docx").paragraphs[0].text == "勞務契約"
    assert made["fields"] == {"title": "text"}
    assert docx.Document(cli.folder / "try.docx").paragraphs[0].text == "title"


def test_data_that_lacks_a_field_is_refused(cli, template):
    cli.write("data.toml", 'other = "x"\n')

    refused = cli.refuses("W051", 1, "templates", "try", template("{{ title }}"), "--data", "data.toml")

    assert "title" in refused.err
    assert not (cli.folder / "try.docx").exists()


@pytest.mark.parametrize("command", ["check", "try"])
def test_a_zip_bomb_is_neither_checked_nor_tried(cli, template, command):
    with zipfile.ZipFile(cli.folder / template("x")) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/media/a.png"] = b"\0" * 100_000_000
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    (cli.folder / "bomb.docx").write_bytes(bomb.getvalue())

    told = cli("templates", command, "bomb.docx", code=1)

    assert "it unpacks to more than a document holds" in told.out + told.err
