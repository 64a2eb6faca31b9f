"""Drawing many things that look alike from one template.

A row or a card has some 40 look-ups, which cost Django's templates half a millisecond: too much for a page
of many. But there are few looks. So the template is drawn once for each look that occurs on a page, with
marks in the place of what differs; each of them is that drawing with its own words put in. For each
template a test holds every look against the template's own drawing of it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from django.template import Context, Template
from django.utils.safestring import SafeString

# Marks: what no page has of its own, of each kind that templates ask for.
WORDS = [f"\ue000{number}\ue001" for number in range(3)]
NUMBERS = [99_000_000_000_000_001 + number for number in range(3)]
IDS = [str(UUID(int=0xA << 120 | number)) for number in range(2)]
DURATION = timedelta(days=99_000_001)

# Text to put words into, and which.
_Drawing = tuple[str, Callable[[Mapping[str, str]], tuple[str, ...]]]


class Drawings:
    """Of one template; `marks` are what stands in it for each word, safe as it is."""

    def __init__(self, template: str, marks: Mapping[str, str]) -> None:
        self.template = template
        self._words = marks
        self._mark = re.compile("|".join(map(re.escape, marks)))

    def draw(
        self,
        context: Context,
        look: object,
        like: Callable[[], Mapping[str, Any]],
        words: Mapping[str, str],
    ) -> str:
        """`like` is what the template would be given for this look, with marks for the words."""
        of_this_page: dict[Any, Any] = context.render_context.dicts[0]
        drawings: dict[object, _Drawing] = of_this_page.setdefault(self, {})
        if look not in drawings:
            drawings[look] = self._drawing(self.drawn(context, like()))
        text, chosen = drawings[look]
        return text % chosen(words)

    def drawn(self, context: Context, given: Mapping[str, Any]) -> SafeString:
        """By the template itself."""
        engine = cast(Template, context.template).engine
        with context.push(**given):
            return engine.get_template(self.template).render(context)

    def _drawing(self, html: str) -> _Drawing:
        words = itemgetter(*[self._words[mark] for mark in self._mark.findall(html)])
        return self._mark.sub("%s", html.replace("%", "%%")), words
