"""Small documents written as WordprocessingML, so that a test says all there is in them."""

import io
import os
import zipfile
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pytest

AT = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MODES = {True: ' TargetMode="External"', False: ""}
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Writer:
    """Writes parts of documents, and whole ones."""

    at = AT

    def t(self, text, look=""):
        """A run."""
        properties = f"<w:rPr>{look}</w:rPr>" if look else ""
        return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'

    def p(self, *content, look="", number=None, style=""):
        """A paragraph of plain texts and ready-made elements."""
        inside = "".join(part if part.startswith("<") else self.t(part) for part in content if part)
        properties = f'<w:pStyle w:val="{style}"/>' if style else ""
        if number is not None:
            properties += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
        properties += look
        return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"

    def table(self, *rows):
        """A table of plain texts and ready-made blocks."""
        width = max(map(len, rows))
        grid = "".join('<w:gridCol w:w="2000"/>' for _ in range(width))
        made = "".join("<w:tr>" + "".join(map(self._cell, row)) + "</w:tr>" for row in rows)
        width = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        return f"<w:tbl>{width}<w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>"

    def _cell(self, content):
        inside = content if content.startswith("<") else self.p(content)
        return f'<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>{inside}</w:tc>'

    def field(self, code, result):
        """A field as Word writes it."""
        return (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            f"{self.t(result)}"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    def link(self, relation, *content):
        """A hyperlink."""
        inside = "".join(part if part.startswith("<") else self.t(part) for part in content)
        return f'<w:hyperlink r:id="{relation}">{inside}</w:hyperlink>'

    def box(self, *paragraphs, number=1):
        """A text box, written for new and for old programs."""
        content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
        return (
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline>'
            f'<wp:extent cx="1000" cy="1000"/><wp:docPr id="{number}" name="box"/><a:graphic><a:graphicData '
            'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr/>'
            f"<wps:spPr/><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
            "</wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
            f"<v:textbox>{content}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )

    def picture(self, relation, number=1):
        """A picture."""
        return (
            f'<w:r><w:drawing><wp:inline><wp:extent cx="1000" cy="1000"/><wp:docPr id="{number}" name="p"/>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f'<a:blip r:embed="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
        )

    def note(self, number, kind="footnote"):
        """A note's mark."""
        return f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'

    def docx(self, *blocks, links=(), media=None, **parts):
        """A document: ``header``, ``footer``, ``footnotes`` (texts by number), ``numbering``, ``styles``."""
        relations, types, files = [], [], {}
        for name, target in links:
            relations.append((name, "hyperlink", target, True))
        for name, content in (media or {}).items():
            files[f"word/media/{name}.png"] = content
            relations.append((name, "image", f"media/{name}.png", False))
        section = ""
        for kind in ("header", "footer"):
            if parts.get(kind) is not None:
                root = "hdr" if kind == "header" else "ftr"
                files[f"word/{kind}1.xml"] = f"<w:{root} {_NAMESPACES}>{parts[kind]}</w:{root}>".encode()
                relations.append((kind, kind, f"{kind}1.xml", False))
                types.append((f"word/{kind}1.xml", f"{_WORD}.{kind}+xml"))
                section += f'<w:{kind}Reference w:type="default" r:id="{kind}"/>'
        if parts.get("footnotes") is not None:
            notes = "".join(
                f'<w:footnote w:id="{number}">{content}</w:footnote>'
                for number, content in parts["footnotes"].items()
            )
            separator = '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
            files["word/footnotes.xml"] = (
                f"<w:footnotes {_NAMESPACES}>{separator}{notes}</w:footnotes>".encode()
            )
            relations.append(("notes", "footnotes", "footnotes.xml", False))
            types.append(("word/footnotes.xml", f"{_WORD}.footnotes+xml"))
        for kind in ("numbering", "styles"):
            if parts.get(kind):
                files[f"word/{kind}.xml"] = f"<w:{kind} {_NAMESPACES}>{parts[kind]}</w:{kind}>".encode()
                relations.append((kind, kind, f"{kind}.xml", False))
                types.append((f"word/{kind}.xml", f"{_WORD}.{kind}+xml"))
        body = "".join(blocks) + f"<w:sectPr>{section}</w:sectPr>"
        document = f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
        overrides = "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in types)
        return self.package(
            {
                "[Content_Types].xml": (
                    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                    '<Default Extension="rels" '
                    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                    '<Default Extension="xml" ContentType="application/xml"/>'
                    '<Default Extension="png" ContentType="image/png"/>'
                    f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
                    f"{overrides}</Types>"
                ).encode(),
                "_rels/.rels": self._relations([("d", "officeDocument", "word/document.xml", False)]),
                "word/document.xml": document,
                "word/_rels/document.xml.rels": self._relations(relations),
                **files,
            }
        )

    def package(self, parts):
        """A package of ready-made parts."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in parts.items():
                package.writestr(zipfile.ZipInfo(name), content)
        return target.getvalue()

    def _relations(self, entries):
        made = "".join(
            f'<Relationship Id="{name}" Type="{_RELATION}/{kind}" '
            f'Target="{escape(target)}"{_MODES[outside]}/>'
            for name, kind, target, outside in entries
        )
        return (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{made}</Relationships>"
        ).encode()


@pytest.fixture(scope="session")
def word():
    """Writes documents."""
    return Writer()


@pytest.fixture(scope="session")
def part_of():
    """Returns the text of one part of a document."""

    def read(body, name="word/document.xml"):
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            return package.read(name).decode()

    return read


@pytest.fixture(autouse=True)
def valid(request, monkeypatch):
    """Hold every redline a test makes against the schema: it adds no fault to those of its versions."""
    make = getattr(request.module, "tracked_changes", None)
    if make is None or not os.environ.get("ASSENT_OOXML_XSD"):
        yield
        return
    faults = request.getfixturevalue("schema")
    made = []

    def noted(old, new, **said):
        made.append((old, new, make(old, new, **said)))
        return made[-1][-1]

    monkeypatch.setattr(request.module, "tracked_changes", noted)
    yield
    for old, new, tracked in made:
        assert set(faults(tracked)) <= {*faults(old), *faults(new)}
