"""Making documents again from the trail, to see that they come out the same."""

from collections import Counter

import click

from approvals.cli.forms import form_options, show_rows
from approvals.cli.lazy import command
from approvals.cli.output import remark, say
from approvals.cli.settings import Settings
from workflow.i18n import mark, translate

_KEYS = ("ref", "seq", "name", "content", "verdict", "file", "why")
_SIGNS = {"same": "ok", "different": "xx", "impossible": "--"}


@command(
    "reproduce",
    mark(
        "Make every document again from the trail, and compare (exit 5 where one differs).\n\n"
        "The bytes that were issued are kept, whatever comes of it; a version of the program whose engine "
        "writes documents otherwise may make older ones differ."
    ),
    epilog="assent audit reproduce 42",
)
@click.argument("refs", nargs=-1, required=True)
@form_options
def reproduce_command(settings: Settings, refs: tuple[str, ...], form: str) -> int:
    """Make the documents again."""
    from approvals.reproduction import Made, reproduce
    from workflow.errors import TrailRefusedError

    with settings.reader() as reader:

        def fetch(digest: str) -> bytes | None:
            try:
                return reader.content(digest)
            except TrailRefusedError:
                return None

        cases = [reader.case(ref) for ref in dict.fromkeys(map(reader.resolve, refs))]
        made = [(case.ref, one) for case in cases for one in reproduce(case.documents, fetch)]

    def why(one: Made) -> str:
        facts = {name: translate(str(fact)) for name, fact in one.facts}
        return say(one.why, **facts) if one.why else ""

    counts = Counter(str(one.verdict) for _, one in made)
    show_rows(
        settings,
        form,
        document=("audit-reproduce", "documents"),
        more={"ok": not counts["different"], **{name: counts[name] for name in _SIGNS}},
        keys=_KEYS,
        records=[
            {
                "ref": ref,
                "seq": one.document.seq,
                "name": one.document.name,
                "content": one.document.content,
                "verdict": one.verdict.value,
                "file": one.file,
                "why": one.why.format(**dict(one.facts)),
            }
            for ref, one in made
        ],
        headings=("", "#", mark("DOCUMENT"), mark("CONTENT"), mark("WHY")),
        cells=[
            (
                _SIGNS[one.verdict],
                str(one.document.seq),
                one.document.name,
                one.document.content[:12],
                why(one),
            )
            for _, one in made
        ],
        right=[1],
        flexible=[2, 4],
    )
    text = mark("{same} made again the same, {different} different, {impossible} cannot be made now")
    remark(say(text, **{name: counts[name] for name in _SIGNS}))
    if counts["different"]:
        remark(
            say(
                mark(
                    "A document that differs was altered, or made by a version whose engine wrote it "
                    "otherwise; audit verify tells whether the issued bytes are the ones recorded."
                )
            )
        )
    return 5 if counts["different"] else 0
