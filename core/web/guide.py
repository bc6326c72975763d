"""The guide for people: docs/huong-dan, a Markdown file for each kind of person, as parts of pages.

The files read well where the code is read, so they link one another by file name and have their
pictures from docs/screens; here both become addresses of the portal. A part is a heading of the
second level with what stands below it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from core.values.text import fold

FOLDER = settings.BASE_DIR / "docs" / "huong-dan"
PICTURES = "../screens/"  # as the files say it; settings.STATICFILES_DIRS serves them


@dataclass(frozen=True)
class Part:
    """A part of a guide: its heading, where it stands, the portal's pages it leads to."""

    title: str
    anchor: str
    leads_to: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """One file: its name (also in its address), title, parts, and its text as HTML."""

    name: str
    title: str
    parts: tuple[Part, ...]
    html: SafeString

    @property
    def heading(self) -> SafeString:
        """The title, marked as Vietnamese where the page is in another language."""
        return format_html('<span lang="vi">{}</span>', self.title)

    @property
    def address(self) -> str:
        return f"/help/{self.name}/"


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def read(name: str) -> Guide:
    """A guide by its name. Its text is Vietnamese in every language of the portal."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    title, *tokens = _without_title(markdown.parse((FOLDER / f"{name}.md").read_text("utf-8")))
    parts = []
    for heading, body in _parts(tokens):
        anchor = f"{name}-{slugify(fold(heading[1].content))}"
        heading[0].attrSet("id", anchor)
        parts.append(Part(heading[1].content, anchor, tuple(_links(body))))
    for token in _inner(tokens):
        _lead_into_the_portal(token)
    html = markdown.renderer.render(tokens, markdown.options, {})
    return Guide(name, title.content, tuple(parts), mark_safe(html))  # noqa: S308 - our own text


def _without_title(tokens: list[Token]) -> list[Token]:
    """The title's text, then what follows it."""
    return [tokens[1], *tokens[3:]]


def _parts(tokens: list[Token]) -> Iterator[tuple[list[Token], list[Token]]]:
    """Each heading of the second level (opened, its text) with the tokens up to the next one."""
    begins = [n for n, token in enumerate(tokens) if (token.type, token.tag) == _HEADING]
    for begin, end in zip(begins, [*begins[1:], len(tokens)], strict=True):
        yield tokens[begin : begin + 2], tokens[begin:end]


_HEADING = ("heading_open", "h2")


def _inner(tokens: list[Token]) -> Iterator[Token]:
    return (inner for token in tokens for inner in token.children or ())


def _links(tokens: list[Token]) -> Iterator[str]:
    """The portal's own pages that a text leads to."""
    for token in _inner(tokens):
        href = str(token.attrGet("href") or "")
        if href.startswith("/"):
            yield href.partition("?")[0]


def _lead_into_the_portal(token: Token) -> None:
    href, src = str(token.attrGet("href") or ""), str(token.attrGet("src") or "")
    if href.endswith(".md"):
        token.attrSet("href", f"/help/{href.removesuffix('.md')}/")
    if src.startswith(PICTURES):
        token.attrSet("src", static("screens/" + src.removeprefix(PICTURES)))
        token.attrSet("loading", "lazy")
