"""The sandbox: what a template may do, and how a value is made harmless where it stands."""

from types import MappingProxyType, SimpleNamespace
from xml.sax.saxutils import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup

from workflow.documents.sandbox import FILTERS, Sandbox, UnprintableError, running, shown, unescaped

FEW = settings(max_examples=150, deadline=None, database=None)
CONTEXT = {
    "name": "Ann",
    "deal": {"items": "I", "keys": "K", "values": "V", "get": "G", "pop": "P", "parties": ["甲", "乙"]},
    "rows": [{"no": "1"}, {"no": "2"}],
    "count": 3,
    "empty": "",
}
BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


class Sly(str):
    """A text that says something else of itself when asked."""

    __slots__ = ()

    def __str__(self):
        return "<w:p/>"

    def __html__(self):
        return "<w:p/>"


def forbidden(source):
    sandbox = Sandbox()
    return sandbox.forbidden(sandbox.parse(source))


def rendered(source, **context):
    return Sandbox().from_string(source).render(CONTEXT | context)


# --- what a template may do --------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ name }}", "Ann"),
        ("{{ deal.items }}{{ deal.keys }}{{ deal.values }}{{ deal.get }}{{ deal.pop }}", "IKVGP"),
        ("{{ deal['items'] }}", "I"),
        ("{{ deal.parties[1] }}", "乙"),
        ("{% if name == 'Ann' and count > 2 %}yes{% else %}no{% endif %}", "yes"),
        ("{% if not empty or name != 'Bob' %}yes{% endif %}", "yes"),
        ("{% if name in ['Ann', 'Bob'] %}yes{% elif count %}no{% endif %}", "yes"),
        ("{% for row in rows %}{{ row.no }},{% else %}none{% endfor %}", "1,2,"),
        ("{% for row in rows if row.no != '1' %}{{ row.no }}{% endfor %}", "2"),
        ("{% for key in deal.parties %}{{ key }}{% endfor %}", "甲乙"),
        ("{# a remark #}{{ count }}", "3"),
        ("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
        ("{{ name|upper }} {{ deal.parties|length }} {{ deal.parties|first }}", "ANN 2 甲"),
    ],
)
def test_shows_values_chooses_and_repeats(source, text):
    assert forbidden(source) is None
    assert rendered(source) == text


@pytest.mark.parametrize(
    "source",
    [
        "{{ name() }}",
        "{{ name.upper() }}",
        "{{ deal.items() }}",
        "{{ range(9) }}",
        "{{ 1 + 1 }}",
        "{{ 'a' * 2000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 2 ** 99 }}",
        "{{ 7 // 2 }}",
        "{{ -count }}",
        "{{ 'a' ~ 'b' }}",
        "{{ name if count else '' }}",
        "{{ name is defined }}",
        "{{ name[1:] }}",
        "{{ {'a': 1} }}",
        "{% if 1 + 1 %}{% endif %}",
        "{% for x in range(9) %}{% endfor %}",
        "{% for x in rows if x() %}{% endfor %}",
        "{% set a = 1 %}",
        "{% set a %}x{% endset %}",
        "{% with a = 1 %}{% endwith %}",
        "{% macro a() %}x{% endmacro %}",
        "{% call a() %}x{% endcall %}",
        "{% filter upper %}x{% endfilter %}",
        "{% block a %}x{% endblock %}",
        "{% extends 'x' %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% autoescape false %}{{ name }}{% endautoescape %}",
        "{% if count %}{% for row in rows %}{% set a = 1 %}{% endfor %}{% endif %}",
    ],
)
def test_may_do_nothing_else(source):
    what, *_ = forbidden(source)

    assert what.startswith("it may only show values, choose (if) and repeat (for) (")


@pytest.mark.parametrize(
    "name", ["__class__", "_x", "__globals__", "_TemplateReference__context", "__init__.__globals__"]
)
@pytest.mark.parametrize(
    "source", ["{{{{ deal.{} }}}}", "{{% if deal.{} %}}{{% endif %}}", "{{{{ deal.a.{}.b }}}}"]
)
def test_a_name_may_not_begin_with_an_underscore(name, source):
    what, *_ = forbidden(source.format(name))

    assert "a name may not begin with an underscore" in what


@pytest.mark.parametrize(
    "name",
    ["safe", "attr", "map", "select", "format", "center", "join", "list", "tojson", "xmlattr", "pprint", "d"],
)
def test_a_filter_that_is_not_listed_does_not_exist(name):
    assert name not in FILTERS
    with pytest.raises(Exception, match="filter"):
        Sandbox().from_string(f"{{{{ name|{name} }}}}")


def test_names_the_line_of_what_is_forbidden():
    assert forbidden("a\nb\n{{ name() }}")[1] == 3


@pytest.mark.parametrize(
    "name", ["range", "cycler", "dict", "lipsum", "joiner", "namespace", "request", "config"]
)
def test_has_no_names_of_its_own(name):
    with pytest.raises(UndefinedError):
        rendered(f"{{{{ {name} }}}}")


# --- looking names up --------------------------------------------------------------------


@pytest.mark.parametrize("key", ["copy", "clear", "update", "setdefault", "fromkeys", "nothing"])
def test_a_dictionarys_methods_are_no_keys(key):
    for source in (f"{{{{ deal.{key} }}}}", f"{{{{ deal['{key}'] }}}}"):
        with pytest.raises(UndefinedError, match=key):
            rendered(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ thing.name }}",
        "{{ thing['name'] }}",
        "{{ name.upper }}",
        "{{ name[0] }}",
        "{{ count.real }}",
        "{{ rows.append }}",
        "{{ rows['append'] }}",
        "{{ rows[9] }}",
        "{{ rows['0'] }}",
        "{{ deal[rows] }}",
        "{{ self.name }}",
        "{{ deal['__class__'] }}",
        "{{ missing }}",
        "{{ missing.name }}",
        "{% if missing %}{% endif %}",
        "{% if missing == 'x' %}{% endif %}",
        "{% for x in missing %}{% endfor %}",
        "{{ missing|upper }}",
    ],
)
def test_only_keys_and_places_in_a_list_can_be_looked_up(source):
    with pytest.raises(UndefinedError):
        rendered(source, thing=SimpleNamespace(name="Ann"))


def test_any_mapping_has_keys():
    assert rendered("{{ deal.items }}", deal=MappingProxyType({"items": "I"})) == "I"


# --- values ------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [running, shown, unescaped])
@pytest.mark.parametrize("value", [None, True, False, 1.5, b"x", [], {}, ["a"], Ellipsis], ids=repr)
def test_a_value_is_text_or_a_whole_number(value, show):
    with pytest.raises(UnprintableError, match="is not text"):
        show(value)


@pytest.mark.parametrize("show", [running, shown, unescaped])
@pytest.mark.parametrize("code", [*range(9), *range(0x0B, 0x0D), *range(0x0E, 0x20), 0x7F])
def test_a_value_holds_no_control_character(code, show):
    with pytest.raises(UnprintableError, match=f"U\\+{code:04X}"):
        show(f"a{chr(code)}b")


@pytest.mark.parametrize("show", [running, shown, unescaped])
@pytest.mark.parametrize(
    "code",
    [0x0D, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF],
    ids=hex,
)
def test_a_value_holds_nothing_that_reorders_or_breaks_it(code, show):
    with pytest.raises(UnprintableError, match=f"hidden character U\\+{code:04X}"):
        show(f"a{chr(code)}b")


@pytest.mark.parametrize("show", [running, shown, unescaped])
@pytest.mark.parametrize(
    "text", ["", "Ann", "合約 𠮷 é", "100 %", "{{ 7 * 7 }}", "{% if x %}", "{_{ x }_}", "]]>"]
)
def test_plain_text_stays_as_it_is_and_template_code_in_it_is_only_text(text, show):
    assert show(text) == text.replace(">", "&gt;" if show is not unescaped else ">")


@pytest.mark.parametrize("show", [running, shown])
def test_escapes_what_means_something_in_xml(show):
    assert show("<w:p> & \"a\" 'b'") == "&lt;w:p&gt; &amp; &#34;a&#34; &#39;b&#39;"


@pytest.mark.parametrize("show", [running, shown])
@pytest.mark.parametrize("wrap", [Markup, Sly])
def test_believes_no_value_that_calls_itself_safe(wrap, show):
    assert show(wrap("<w:br/>")) == "&lt;w:br/&gt;"
    assert unescaped(wrap("<w:br/>")) == "<w:br/>"


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (-5, "-5"), (10**20, "1" + "0" * 20)])
def test_shows_whole_numbers(value, text):
    assert running(value) == shown(value) == unescaped(value) == text


def test_line_ends_become_words_own_in_running_text():
    assert running("a\nb\r\nc") == f"a{BREAK}b{BREAK}c"
    assert running("a\tb") == 'a</w:t><w:tab/><w:t xml:space="preserve">b'


def test_line_ends_are_spaces_where_they_mean_nothing():
    assert shown("a\nb\tc") == "a b c"
    assert unescaped("a\nb") == "a\nb"


@FEW
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn"])))
def test_what_is_shown_reads_back_as_what_was_given(text):
    names = {"&#34;": '"', "&#39;": "'"}

    assert unescape(running(text), names) == unescape(shown(text), names) == text


@FEW
@given(st.text("<>&\"'\n\t{}%ab合\u202e\0"))
def test_no_value_can_open_or_close_an_element(text):
    try:
        safe = running(text)
    except UnprintableError:
        return

    rest = safe.replace(BREAK, "").replace(BREAK.replace("br", "tab"), "")
    assert not set(rest) & set("<>\"'")
