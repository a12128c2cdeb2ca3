"""The same template and data are the same document: in another process, place, year, and compressor."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile

import docx
import pytest

from workflow.documents.engine import compile_template
from workflow.documents.frame import isal_deflate, zlib_deflate
from workflow.documents.package import content_digest, read_package

CONTEXT = {
    "title": "合約 & Contract", "vip": "yes",
    "ours": {"name": "甲", "address": "臺北市", "items": "3"},
    "rows": [{"no": "1", "text": "a"}, {"text": "b", "no": "2"}],
}  # fmt: skip

# Renders in a process of its own, as if it were the time that the first argument says.
SCRIPT = """
import hashlib, json, sys, time
when = float(sys.argv[1])
time.time = lambda: when
time.localtime = lambda *_: time.gmtime(when)
time.time_ns = lambda: int(when * 1e9)
from workflow.documents.engine import compile_template
from workflow.documents.rich import Picture, Run

context = json.loads(sys.stdin.buffer.readline())
context["rich"] = [Run(text="用印", east_asian_font="標楷體"), Picture(b"\\x89PNG\\r\\n\\x1a\\n", 5, 5)]
issued = compile_template(sys.stdin.buffer.read()).issue(context)
print(hashlib.sha256(issued.body).hexdigest(), issued.content)
"""


@pytest.fixture(scope="module")
def template():
    document = docx.Document()
    for text in (
        "{{ title }} {{ ours.name }} {{ ours.items }}", "{%p if vip %}", "{{ ours.address }}", "{%p endif %}",
        "{%p for row in rows %}", "{{ row.no }} {{ row.text }}", "{%p endfor %}", "{{r rich }}",
    ):  # fmt: skip
        document.add_paragraph(text)
    document.core_properties.title = "{{ title }}"
    document.sections[0].header.paragraphs[0].text = "{{ title }}{{r rich }}"
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def backwards(value):
    """Return the same data, its dictionaries put together in the opposite order."""
    if isinstance(value, dict):
        return {name: backwards(value[name]) for name in reversed(value)}
    return [backwards(each) for each in value] if isinstance(value, list) else value


def test_the_digests_depend_on_no_machine_order_or_time(template, tmp_path):
    machines = [
        ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, 0.0, CONTEXT),
        ({"PYTHONHASHSEED": "1", "TZ": "Asia/Taipei", "LC_ALL": "C.UTF-8"}, 1.8e9, backwards(CONTEXT)),
        ({"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "zh_TW.UTF-8"}, 4e9, CONTEXT),
    ]  # fmt: skip

    made = []
    for environment, when, context in machines:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(when)],
            input=json.dumps(context).encode() + b"\n" + template,
            env=os.environ | environment,
            cwd=tmp_path,
            capture_output=True,
            check=True,
        )
        made.append(done.stdout.decode().split())

    assert [len(digest) for digest in made[0]] == [64, 64]
    assert made[0] == made[1] == made[2]


def test_a_template_file_may_be_as_old_as_it_likes(template, tmp_path):
    path = tmp_path / "t.docx"
    path.write_bytes(template)
    os.utime(path, (1, 1))
    before = compile_template(path).issue({**CONTEXT, "rich": "x"})

    os.utime(path, (4e9, 4e9))

    assert compile_template(path, name="another").issue({**CONTEXT, "rich": "x"}) == before


def compressors():
    yield from (pytest.param(zlib_deflate(level), id=f"zlib {level}") for level in range(10))
    try:
        yield pytest.param(isal_deflate(), id="isal")
    except ImportError:
        yield pytest.param(None, id="isal", marks=pytest.mark.skip(reason="isal is not installed"))


@pytest.mark.parametrize("deflate", [*compressors()])
def test_the_content_digest_depends_on_no_compressor(deflate, template):
    compiled, context = compile_template(template), {**CONTEXT, "rich": "x"}
    issued = compiled.issue(context)

    other = compiled.render(context, deflate=deflate)

    assert content_digest(read_package(other, name="t")) == issued.content
    assert content_digest(read_package(issued.body, name="t")) == issued.content


def test_the_file_digest_depends_on_the_compressor_alone(template):
    compiled, context = compile_template(template), {**CONTEXT, "rich": "x"}

    files = {level: compiled.render(context, deflate=zlib_deflate(level)) for level in (0, 1, 6)}

    assert len({hashlib.sha256(body).hexdigest() for body in files.values()}) == 3
    assert files[6] == compiled.issue(context).body


def test_the_zip_says_nothing_of_when_and_where(template):
    body = compile_template(template).render({**CONTEXT, "rich": "x"})

    with zipfile.ZipFile(io.BytesIO(body)) as package:
        for entry in package.infolist():
            facts = entry.date_time, entry.create_system, entry.external_attr, entry.extra, entry.comment
            assert facts == ((1980, 1, 1, 0, 0, 0), 0, 0, b"", b"")
        assert package.comment == b""


def test_the_dates_of_a_document_are_the_templates(template):
    written = docx.Document(io.BytesIO(template)).core_properties
    read = docx.Document(
        io.BytesIO(compile_template(template).render({**CONTEXT, "rich": "x"}))
    ).core_properties

    assert (read.created, read.modified) == (written.created, written.modified)
