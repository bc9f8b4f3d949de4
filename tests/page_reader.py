"""Pages as tests read them: their elements, with attributes and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"input", "meta", "link", "img", "br", "hr", "use", "path", "rect", "stop"})


@dataclass
class Element:
    """An element of a page, with what is in it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements in it, by tag and attributes; `_` stands for `-`, and a closing one is left out."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self._within()
            if tag in ("", element.tag) and all(element.attributes.get(k) == v for k, v in wanted.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def is_within(self, tag: str) -> bool:
        """Whether an element of a tag is around it."""
        return self.parent is not None and (self.parent.tag == tag or self.parent.is_within(tag))

    def _within(self) -> Iterator[Element]:
        for child in self.children:
            yield child
            yield from child._within()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _EMPTY:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        assert tag == self.here.tag, f"<{self.here.tag}> is closed by </{tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        while element is not None:
            element.texts.append(data)
            element = element.parent


def read_page(html: str) -> Element:
    """Root of a page; what is opened must be closed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.tag}> is not closed"
    return reader.root


def submitted(form: Element) -> dict[str, str]:
    """What a browser sends of a form that nobody touched, without its buttons."""
    sent: dict[str, str] = {}
    for element in form.all():
        name, kind = element.attributes.get("name"), element.attributes.get("type", "text")
        if name is None or element.tag == "button":
            continue
        if element.tag == "input" and (kind not in ("checkbox", "radio") or "checked" in element.attributes):
            sent[name] = element.attributes.get("value", "")
        elif element.tag == "textarea":
            sent[name] = "".join(element.texts)
        elif element.tag == "select":
            chosen = [o for o in element.all("option") if "selected" in o.attributes] or element.all("option")
            sent[name] = chosen[0].attributes.get("value", chosen[0].text)
    return sent
