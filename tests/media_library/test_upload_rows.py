"""What the page of uploads hears when it asks again."""

from accounts.models import User
from config.ids import uuid7
from tests.factories import make_media
from tests.people import ClientOf


def test_what_is_asked_for_is_answered_and_what_is_unknown_goes(
    author: User, stranger: User, client_of: ClientOf
) -> None:
    mine, theirs, unknown = make_media(author, "mine.mp4"), make_media(stranger), uuid7()
    asked = "&".join(f"id={media_id}" for media_id in (mine.pk, theirs.pk, unknown, "senseless"))
    answer = client_of(author).get(f"/library/uploads/rows/?{asked}").text
    assert answer.count('<hx-partial hx-target="#upload-') == 3
    assert f'hx-target="#upload-{mine.pk}" hx-swap="outerMorph"' in answer
    for gone in (theirs.pk, unknown):  # of a stranger's nothing else is told
        assert f'hx-target="#upload-{gone}" hx-swap="remove"' in answer
    assert theirs.name not in answer


def test_what_is_read_comes_with_its_card(author: User, client_of: ClientOf) -> None:
    """But no version, which has none, and nothing that may still change."""
    ready, broken = make_media(author), make_media(author, status="broken", reason="damaged")
    coming = make_media(author, status="processing")
    version = make_media(author, version_of=ready)
    asked = "&".join(f"id={media.pk}" for media in (ready, broken, coming, version))
    answer = client_of(author).get(f"/library/uploads/rows/?{asked}").text
    assert answer.count('<hx-partial hx-target="#media-') == 2
    for media in (ready, broken):
        assert f'hx-target="#media-{media.pk}" hx-swap="outerMorph"' in answer
