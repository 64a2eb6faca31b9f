import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course, Video
from tests.factories import make_chapter, make_course, make_media, make_video
from tests.people import ClientOf

HTMX = {"HX-Request": "true"}


@pytest.fixture
def course(author: User) -> Course:
    return make_course(author)


@pytest.fixture
def ada(author: User, client_of: ClientOf) -> Client:
    return client_of(author)


@pytest.fixture
def grace(co_author: User, course: Course, client_of: ClientOf) -> Client:
    course.add_co_author(co_author)
    return client_of(co_author)


def test_title_and_description_are_saved_together(ada: Client, course: Course) -> None:
    ada.post(f"/courses/{course.pk}/settings/", {"title": "New", "description": "About it"})
    course.refresh_from_db()
    assert (course.title, course.description, course.revision) == ("New", "About it", 2)


def form_of(course: Course, **typed: str) -> dict[str, str]:
    """As the page has it, with what somebody typed."""
    return {
        "title": course.title,
        "initial-title": course.title,
        "title_version": str(course.title_version),
        "description": course.description,
        "initial-description": course.description,
        "description_version": str(course.description_version),
        **typed,
    }


def test_the_page_has_what_was_seen_of_both_texts(ada: Client, course: Course) -> None:
    course.describe("One\ntwo")
    page = ada.get(f"/courses/{course.pk}/settings/").content.decode()
    for hidden in (
        'name="initial-title" value="Analytical engines"',
        'name="title_version" value="0"',
        'name="initial-description" value="One\ntwo"',
        'name="description_version" value="1"',
    ):
        assert hidden in page


def test_what_was_left_alone_is_not_written(ada: Client, course: Course) -> None:
    form = form_of(course, description="Mine")
    course.rename("Theirs")
    assert ada.post(f"/courses/{course.pk}/settings/", form).status_code == 302
    course.refresh_from_db()
    assert (course.title, course.description) == ("Theirs", "Mine")


def test_of_two_texts_the_one_in_conflict_waits_and_the_other_is_saved(
    ada: Client, course: Course
) -> None:
    form = form_of(course, title="Mine", description="About mine")
    course.rename("Theirs")
    answer = ada.post(f"/courses/{course.pk}/settings/", form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody changed it meanwhile." in page
    assert '<blockquote class="conflict-theirs" tabindex="0">Theirs</blockquote>' in page
    assert 'name="title" value="Mine"' in page
    assert 'name="title_version" value="1"' in page
    course.refresh_from_db()
    assert (course.title, course.description) == ("Theirs", "About mine")


@pytest.mark.parametrize(("choice", "title"), [("keep", "Mine"), ("take", "Theirs")])
def test_where_both_are_in_conflict_each_has_its_own_choice(
    ada: Client, course: Course, choice: str, title: str
) -> None:
    form = form_of(course, title="Mine", description="About mine")
    course.rename("Theirs")
    course.describe("About theirs")
    url = f"/courses/{course.pk}/settings/"
    page = ada.post(url, form).content.decode()
    assert page.count("Somebody changed it meanwhile.") == 2
    course.refresh_from_db()
    waits = {"title_waits": "", "description_waits": "", choice: "title"}
    answer = ada.post(url, form_of(course, title="Mine", description="About mine", **waits))
    assert answer.status_code == 409
    assert "About theirs" in answer.content.decode()
    assert f'name="title" value="{title}"' in answer.content.decode()
    course.refresh_from_db()
    assert (course.title, course.description) == (title, "About theirs")
    rest = form_of(course, description="About mine", description_waits="", keep="description")
    assert ada.post(url, rest).status_code == 302
    course.refresh_from_db()
    assert (course.title, course.description) == (title, "About mine")


def test_a_refused_title_keeps_what_was_typed(ada: Client, course: Course) -> None:
    response = ada.post(f"/courses/{course.pk}/settings/", {"title": "", "description": "Typed"})
    assert response.status_code == 422
    assert "Typed" in response.content.decode()
    course.refresh_from_db()
    assert course.title == "Analytical engines"


def test_rename_in_the_editor(ada: Client, course: Course) -> None:
    ada.post(f"/courses/{course.pk}/title/", {"title": "New"})
    course.refresh_from_db()
    assert course.title == "New"
    refused = ada.post(f"/courses/{course.pk}/title/", {"title": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert f"#course-{course.pk}-title-error" in refused.content.decode()


def test_publish_and_unpublish(ada: Client, course: Course) -> None:
    page = ada.post(f"/courses/{course.pk}/publish/", follow=True).content.decode()
    assert Course.objects.get().published
    assert "The course is published." in page
    fragment = ada.post(f"/courses/{course.pk}/unpublish/", headers=HTMX).content.decode()
    assert not Course.objects.get().published
    assert 'hx-target="#course-head"' in fragment


def test_delete_says_what_will_go_and_asks(ada: Client, author: User, course: Course) -> None:
    chapter = make_chapter(course)
    media = make_media(author)
    make_video(chapter, media)
    page = ada.get(f"/courses/{course.pk}/delete/").content.decode()
    assert "1 chapter and 1 video" in page
    assert Course.objects.exists()
    response = ada.post(f"/courses/{course.pk}/delete/")
    assert response["Location"] == "/"
    assert not Course.objects.exists()
    assert not Video.objects.exists()
    media.refresh_from_db()  # the file stays in the library


@pytest.mark.parametrize("named", ["grace", "GRACE", "Grace@Example.org"])
def test_a_co_author_is_found_by_name_or_address(
    ada: Client, course: Course, co_author: User, client_of: ClientOf, named: str
) -> None:
    ada.post(f"/courses/{course.pk}/co-authors/", {"person": named})
    assert list(course.co_authors.all()) == [co_author]
    assert client_of(co_author).get(f"/courses/{course.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("named", "answer"),
    [("nobody", "Nobody here"), ("ada", "This is the owner"), ("", "Say who it shall be.")],
)
def test_who_cannot_be_a_co_author_is_told_beside_the_field(
    ada: Client, course: Course, named: str, answer: str
) -> None:
    response = ada.post(f"/courses/{course.pk}/co-authors/", {"person": named})
    assert response.status_code == 422
    assert answer in response.content.decode()
    assert not course.co_authors.exists()


def test_nobody_finds_out_by_trying_who_is_here(
    ada: Client, course: Course, author: User, co_author: User
) -> None:
    url = f"/courses/{course.pk}/co-authors/"
    for number in range(30):
        assert ada.post(url, {"person": f"somebody{number}"}).status_code == 422
    refused = ada.post(url, {"person": "grace"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Too many names" in refused.content.decode()
    assert not course.co_authors.exists()


def test_names_that_are_somebodys_count_for_nothing(
    ada: Client, course: Course, co_author: User
) -> None:
    for _ in range(35):
        assert ada.post(f"/courses/{course.pk}/co-authors/", {"person": "grace"}).status_code == 302


def test_adding_twice_is_once(ada: Client, course: Course, co_author: User) -> None:
    for _ in range(2):
        ada.post(f"/courses/{course.pk}/co-authors/", {"person": "grace"})
    assert course.co_authors.count() == 1


def test_the_owner_ends_the_sharing(
    ada: Client, grace: Client, course: Course, co_author: User
) -> None:
    ada.post(f"/courses/{course.pk}/co-authors/{co_author.pk}/remove/")
    assert grace.get(f"/courses/{course.pk}/").status_code == 404


def test_a_co_author_changes_everything_but_the_sharing(
    grace: Client, course: Course, stranger: User, author: User
) -> None:
    assert grace.post(f"/courses/{course.pk}/publish/").status_code == 302
    assert grace.post(f"/courses/{course.pk}/title/", {"title": "Ours"}).status_code == 302
    for url, data in (
        (f"/courses/{course.pk}/delete/", {}),
        (f"/courses/{course.pk}/co-authors/", {"person": "mallory"}),
        (f"/courses/{course.pk}/co-authors/{author.pk}/remove/", {}),
    ):
        assert grace.post(url, data).status_code == 404
    page = grace.get(f"/courses/{course.pk}/settings/").content.decode()
    assert "Delete the course" not in page


def test_a_co_author_can_leave(grace: Client, course: Course, co_author: User) -> None:
    response = grace.post(f"/courses/{course.pk}/co-authors/{co_author.pk}/remove/")
    assert response["Location"] == "/"
    assert grace.get(f"/courses/{course.pk}/").status_code == 404
