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
