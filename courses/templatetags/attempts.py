"""What cannot be drawn is said in its place, and the rest of the page is drawn.

{% attempt chapter.pk %}…{% otherwise %}…{% endattempt %}
"""

import logging

from django import template
from django.db import InterfaceError, OperationalError
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString

register = template.Library()
log = logging.getLogger(__name__)


class Attempt(template.Node):
    child_nodelists = ("drawing", "otherwise")

    def __init__(self, what: FilterExpression, drawing: NodeList, otherwise: NodeList) -> None:
        self.what = what
        self.drawing = drawing
        self.otherwise = otherwise

    def render(self, context: Context) -> SafeString:
        try:
            return self.drawing.render(context)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the whole answer waits for it, see config/middleware.py
        except Exception:
            log.exception("%s could not be drawn", self.what.resolve(context))
            return self.otherwise.render(context)


@register.tag
def attempt(parser: Parser, token: Token) -> Attempt:
    _, what = token.split_contents()
    drawing = parser.parse(("otherwise",))
    parser.delete_first_token()
    otherwise = parser.parse(("endattempt",))
    parser.delete_first_token()
    return Attempt(parser.compile_filter(what), drawing, otherwise)
