"""Styles and lists that deleted text needs and the new document lacks."""

from copy import deepcopy

from lxml import etree

from workflow.documents.redline.links import Links
from workflow.documents.redline.names import NUM_ID, NUMPR, VAL, Element, W, w
from workflow.documents.redline.source import Source, serialise

_STYLE, _STYLE_ID, _REFERS = w("style"), w("styleId"), (w("basedOn"), w("link"), w("next"))
_NUM, _ABSTRACT, _ABSTRACT_ID = w("num"), w("abstractNum"), w("abstractNumId")


class Styles:
    """The styles of both documents."""

    def __init__(self, old: Source, new: Source) -> None:
        self._new = new
        self._part = new.related("styles")
        old_part = old.related("styles")
        same = bool(self._part) and old.parts.get(old_part) == new.parts[self._part]
        self._old = {} if same or not old_part else _by_id(old.tree(old_part))
        self._known = _by_id(new.tree(self._part)) if self._part and not same else {}
        self.changed = False

    def ensure(self, style: str) -> str:
        """Let the new document have *style* as the old one has it; return its identifier."""
        if style not in self._known and style in self._old and self._part:
            copy = deepcopy(self._old[style])
            for number in [*copy.iter(NUMPR)]:
                parent = number.getparent()
                if parent is not None:
                    parent.remove(number)
            self._known[style] = copy
            self._new.tree(self._part).append(copy)
            self.changed = True
            for reference in [child for child in copy if child.tag in _REFERS]:
                self.ensure(reference.get(VAL, ""))
                if reference.get(VAL, "") not in self._known:
                    copy.remove(reference)
        return style

    def write(self) -> None:
        """Put the styles that were added into the package."""
        if self.changed:
            self._new.parts[self._part] = serialise(self._new.tree(self._part))


class Lists:
    """The numbered lists of both documents: which of the old is which of the new."""

    def __init__(self, old: Source, new: Source, links: Links) -> None:
        self._source, self._links = new, links
        self._old_part, self._part = old.related("numbering"), new.related("numbering")
        content = old.parts.get(self._old_part, b"")
        self._same = not content or content == new.parts.get(self._part)
        self._old = None if self._same else old.tree(self._old_part)
        self._known: dict[str, str] = {"0": "0"}
        self.changed = False

    def ensure(self, number: str) -> str:
        """Return the list of the new document that looks as list *number* of the old one."""
        if self._old is None:
            return number
        if number not in self._known:
            self._known[number] = self._find(number) or self._add(number)
        return self._known[number]

    def write(self) -> None:
        """Put the lists that were added into the package."""
        if self.changed:
            self._source.parts[self._part] = serialise(self._source.tree(self._part))

    def _find(self, number: str) -> str:
        if not self._part:
            return ""
        wanted, root = _list_shape(self._old, number), self._source.tree(self._part)
        same_name = _list_shape(root, number) == wanted
        return number if same_name else ""

    def _add(self, number: str) -> str:
        found = _num(self._old, number)
        if found is None or self._old is None:
            return number
        if not self._part:
            self._part = self._links.unused("word/numbering.xml")
            empty = etree.Element(w("numbering"), nsmap={"w": W})
            self._links.add_part(self._part, "numbering", serialise(empty), self._old_part)
        root = self._source.tree(self._part)
        abstract = _abstract(self._old, found)
        made = deepcopy(found)
        made.set(NUM_ID, str(_largest(root, _NUM, NUM_ID) + 1))
        if abstract is not None:
            copy = deepcopy(abstract)
            copy.set(_ABSTRACT_ID, str(_largest(root, _ABSTRACT, _ABSTRACT_ID) + 1))
            for name in ("nsid", "tmpl", "styleLink", "numStyleLink"):
                for node in [*copy.iterchildren(w(name))]:
                    copy.remove(node)
            for node in [*copy.iter(w("pStyle"))]:
                level = node.getparent()
                if level is not None:
                    level.remove(node)
            last = next(reversed([*root.iterchildren(_ABSTRACT)]), None)
            root.insert(0, copy) if last is None else last.addnext(copy)
            for node in made.iterchildren(_ABSTRACT_ID):
                node.set(VAL, copy.get(_ABSTRACT_ID, ""))
        last = next(reversed([*root.iterchildren(_NUM)]), None)
        root.append(made) if last is None else last.addnext(made)
        self.changed = True
        return made.get(NUM_ID, number)


def shape(element: Element) -> tuple[object, ...]:
    """Return what an element says, so that two that say the same are equal."""
    return (
        element.tag,
        tuple(sorted((str(k), str(v)) for k, v in element.attrib.items() if "rsid" not in str(k))),
        (element.text or "").strip(),
        tuple(shape(child) for child in element),
    )


def looks(properties: Element | None, *, without: frozenset[str] = frozenset()) -> tuple[object, ...]:
    """Return what formatting properties say; none at all and empty ones say the same."""
    if properties is None:
        return ()
    return tuple(shape(child) for child in properties if child.tag not in without)


def _by_id(root: Element) -> dict[str, Element]:
    return {style.get(_STYLE_ID, ""): style for style in root.iterchildren(_STYLE)}


def _num(root: Element | None, number: str) -> Element | None:
    if root is None:
        return None
    return next((num for num in root.iterchildren(_NUM) if num.get(NUM_ID) == number), None)


def _abstract(root: Element, num: Element) -> Element | None:
    wanted = next((node.get(VAL) for node in num.iterchildren(_ABSTRACT_ID)), None)
    return next((a for a in root.iterchildren(_ABSTRACT) if a.get(_ABSTRACT_ID) == wanted), None)


def _list_shape(root: Element | None, number: str) -> tuple[object, ...]:
    num = _num(root, number)
    if num is None or root is None:
        return ()
    skipped = frozenset({w("nsid"), w("tmpl"), _ABSTRACT_ID})
    return looks(_abstract(root, num), without=skipped), looks(num, without=skipped)


def _largest(root: Element, tag: str, attribute: str) -> int:
    return max((int(e.get(attribute, "0")) for e in root.iterchildren(tag)), default=0)
