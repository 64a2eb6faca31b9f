"""The two answers to a form that did its work: fragments for htmx, a redirect for everybody else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from config.requests import Request


@dataclass(frozen=True)
class Again:
    """A button by which some of what was refused is tried again."""

    label: str
    address: str
    fields: Sequence[tuple[str, str]]


def done(
    request: Request,
    said: str,
    *,
    back_to: str,
    fragments: Callable[[], str] = str,
    undo: str = "",
    failed: bool = False,
) -> HttpResponse:
    """`said` is the one sentence about it; `undo` the address of a form that takes it back."""
    level = messages.ERROR if failed else messages.SUCCESS
    if not request.htmx:
        messages.add_message(request, level, said, extra_tags=undo)
        return redirect(back_to)
    body = fragments()
    if undo or failed:
        return HttpResponse(body + toast(request, said, undo=undo, failed=failed))
    return HttpResponse(body + announcement(said))


def refused(request: Request, said: str, *, back_to: str, status: int = 422) -> HttpResponse:
    """For a form without a field beside which to say what is wrong."""
    if not request.htmx:
        messages.error(request, said)
        return redirect(back_to)
    return HttpResponse(toast(request, said, failed=True), status=status)


def announcement(said: str) -> str:
    """The page shows what was done; who cannot see the page is told."""
    return render_to_string("components/_announcement.html", {"text": said})


def toast(
    request: Request,
    said: str,
    *,
    undo: str = "",
    failed: bool = False,
    link: str = "",
    label: str = "",
    opens_form: bool = False,
    again: Sequence[Again] = (),
    missed: Sequence[object] = (),
) -> str:
    """`link` leads to where something can be done about it, as `label` says; to a form perhaps.

    `missed` are ids of what was not done, which no undo will bring back.
    """
    level = "error" if failed else "success"
    context: dict[str, object] = {"text": said, "level": level, "undo": undo, "again": again}
    context |= {"link": link, "label": label, "opens_form": opens_form, "missed": missed}
    return render_to_string("components/_toast_partial.html", context, request)
