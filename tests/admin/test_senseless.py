"""What no page of the admin asks for, but somebody may write into an address or a form."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from tests.admin.world import fill

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SENSELESS = ("\0", "x", "9" * 50)
LOOKUPS = ("__exact", "__gte", "__year")


def _url(model: type[models.Model], page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def _answered(ask: Callable[..., Any], *args: object, **options: object) -> Any:
    """Whatever it does is undone, so that the next one finds the same."""
    with transaction.atomic():
        answer = ask(*args, **options)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("model", MODELS)
def test_a_senseless_filter_leads_to_the_list_without_it(
    desk: Client, model: type[models.Model]
) -> None:
    fill(1)
    url = _url(model, "changelist")
    for field in model._meta.fields:
        for lookup in LOOKUPS:
            for value in SENSELESS:
                asked = {field.name + lookup: value}
                answer = _answered(desk.get, url, asked)
                assert answer.status_code in (200, 302, 400), asked
                if answer.status_code == 302:
                    assert answer["Location"] in (f"{url}?e=1", url), asked
    assert desk.get(url, {"e": 1}).status_code == 200


def test_a_senseless_filter_is_no_loop(desk: Client) -> None:
    url = reverse("admin:courses_video_changelist")
    assert desk.get(url, {"status__exact": "\0", "e": "1"})["Location"] == f"{url}?e=1"


@pytest.mark.parametrize("model", MODELS)
def test_a_senseless_selection_is_a_message(desk: Client, model: type[models.Model]) -> None:
    fill(1)
    url = _url(model, "changelist")
    form = desk.get(url).context["action_form"]
    actions = [name for name, _ in form.fields["action"].choices if name] if form else []
    for action in [*actions, "delete_selected", "no such"]:
        for value in SENSELESS:
            sent = {"action": action, ACTION_CHECKBOX_NAME: value}
            answer = _answered(desk.post, url, sent, follow=True)
            assert answer.status_code == 200, sent
            if action in actions and value == "x":
                assert "could not be read" in answer.content.decode(), sent


@pytest.mark.parametrize("model", MODELS)
def test_a_form_begun_with_senseless_values_is_shown_empty(
    desk: Client, model: type[models.Model]
) -> None:
    if not admin.site._registry[model].has_add_permission(desk.get("/admin/").wsgi_request):
        return
    for field in model._meta.fields:
        for value in SENSELESS:
            asked = {field.name: value}
            answer = _answered(desk.get, _url(model, "add"), asked, follow=True)
            assert answer.status_code == 200, asked


def test_nothing_is_found_by_what_cannot_be_written(desk: Client) -> None:
    asked = {"app_label": "courses", "model_name": "course", "field_name": "owner", "term": "\0"}
    answer = desk.get(reverse("admin:autocomplete"), asked)
    assert answer["Location"] == "/admin/autocomplete/?e=1"
