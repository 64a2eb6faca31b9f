"""What holds for every list and every page of a row."""

import re

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from courses.models import Course
from tests.admin.world import fill

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in MODELS if model._meta.app_label != "auth"]
CAN_BE_ADDED = [
    model
    for model in OURS
    if model._meta.label
    in (
        "accounts.User",
        "courses.Chapter",
        "courses.Course",
        "media_library.MediaFile",
    )
]

INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=")


def _url(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_all_that_staff_looks_after_is_there() -> None:
    assert {model._meta.label for model in OURS} == {
        "accounts.Attempts",
        "accounts.User",
        "courses.Chapter",
        "courses.Course",
        "courses.Video",
        "media_library.MediaFile",
    }


def test_fifty_rows_take_no_more_queries_than_five(desk: Client) -> None:
    """Neither in a list, nor on the page of a row while there are so many others to choose from."""
    fill(5)
    five = _queries_of_every_page(desk)
    fill(45)
    assert _queries_of_every_page(desk) == five


def _queries_of_every_page(desk: Client) -> dict[str, int]:
    counts = {}
    for model in OURS:
        counts[f"{model.__name__} list"] = _queries(desk, _url(model, "changelist"))
        counts[f"{model.__name__} page"] = _queries(desk, _page_of_the_fullest(model))
    return counts


def _page_of_the_fullest(model: type[models.Model]) -> str:
    course = Course.objects.annotate(count=models.Count("co_authorships")).latest("count")
    row = course if model is Course else model._default_manager.order_by("-pk")[0]
    return _url(model, "change", row.pk)


def _queries(desk: Client, url: str) -> int:
    desk.get(url)  # what Django looks up once in a process
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("model", OURS)
def test_searching_and_filtering_work(desk: Client, model: type[models.Model]) -> None:
    fill(2)
    model_admin = admin.site._registry[model]
    answer = desk.get(_url(model, "changelist"), {"q": "person"})
    assert answer.status_code == 200
    assert answer.context["cl"].result_count > 0
    for column in range(1, len(model_admin.list_display) + 1):
        assert desk.get(_url(model, "changelist"), {"o": column}).status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_every_filter_that_is_shown_works(desk: Client, model: type[models.Model]) -> None:
    fill(2)
    page = desk.get(_url(model, "changelist")).content.decode()
    found = re.findall(r'<a href="(\?[^"]+)"', page)
    links = {link.replace("&amp;", "&") for link in found}
    assert links
    for link in links:
        assert desk.get(_url(model, "changelist") + link).status_code == 200, link


@pytest.mark.parametrize("model", CAN_BE_ADDED)
def test_people_and_courses_are_chosen_by_search(desk: Client, model: type[models.Model]) -> None:
    """A list of all of them would be long, and of queries too."""
    fill(3)
    page = desk.get(_url(model, "add")).content.decode()
    assert "person0" not in page.lower()
    assert "Course 0" not in page


def test_every_foreign_key_that_can_be_chosen_is_searched(desk: Client) -> None:
    fill(3)
    for model in CAN_BE_ADDED:
        form = desk.get(_url(model, "add")).context["adminform"].form
        for name, field in form.fields.items():
            if hasattr(field, "queryset") and name not in ("groups", "user_permissions"):
                assert "admin-autocomplete" in str(form[name]), name


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_inline_that_the_content_security_policy_forbids(
    desk: Client, model: type[models.Model]
) -> None:
    course = fill(2)
    row = course if model is Course else model._default_manager.first()
    assert row is not None
    pages = [_url(model, "changelist"), _url(model, "change", row.pk)]
    if model in CAN_BE_ADDED:
        pages.append(_url(model, "add"))
    for url in [*pages, "/admin/"]:
        answer = desk.get(url)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert not INLINE.search(answer.content.decode()), url


@pytest.mark.parametrize("model", OURS)
def test_an_instructor_sees_none_of_it(author: User, model: type[models.Model]) -> None:
    client = Client()
    client.force_login(author)
    for page in ("changelist", "add"):
        assert client.get(_url(model, page), follow=True).status_code == 403
