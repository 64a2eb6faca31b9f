"""What is on its way, in the frame of a page without scripts."""

from django.test import Client

from accounts.models import User
from courses.models import Video
from tests.factories import make_chapter, make_course, make_media, make_upload, make_video
from tests.people import ClientOf


def test_it_tells_what_is_on_its_way_and_what_has_changed_since(
    author: User, client_of: ClientOf
) -> None:
    chapter = make_chapter(make_course(author), "One")
    linking = make_video(chapter, make_media(author, "alpha.mp4"), status="linking")
    make_video(chapter, make_upload(author, "beta.mp4", received=400), status="linking")
    make_video(chapter, make_media(author, "gamma.mp4"))
    chapter.course.refresh_from_db()
    address = f"/courses/{chapter.course_id}/under-way/?since={chapter.course.revision}"
    before = client_of(author).get(address)
    assert "2 videos on the way" in before.text
    assert "Uploading 40 %" in before.text
    assert "gamma" not in before.text
    assert 'http-equiv="refresh"' in before.text
    assert "Show the course" not in before.text
    claimed = Video.objects.claim(linking.pk)
    assert claimed is not None
    claimed.complete()
    after = client_of(author).get(address).text
    assert "1 video on the way · 1 linked" in after
    assert "Show the course as it is now" in after
    Video.objects.update(status="failed", reason="damaged", settled_at=linking.requested_at)
    assert 'http-equiv="refresh"' not in client_of(author).get(address).text


def test_it_alone_may_stand_in_a_frame_and_only_in_one_of_ours(
    author: User, client_of: ClientOf
) -> None:
    course = make_course(author)
    here: Client = client_of(author)
    framed = here.get(f"/courses/{course.pk}/under-way/").headers
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    page = here.get(f"/courses/{course.pk}/").headers
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
