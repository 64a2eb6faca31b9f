"""What is known of a file from elsewhere: whether something uses it, and whether it has captions.

To find out costs a look elsewhere for each file, which is too much for a search through all of them. So it
is kept with the file, and what may have changed since stands in `Doubt`: whoever reads looks again at
those files, so an answer is never out of date; the sweeper settles them soon.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from accounts.models import User
from media_library import uses
from media_library.models import Captions, Doubt, MediaFile

# Of one person. With more, which is right after a migration, no mark is trusted.
_MOST_DOUBTS = 1000
_AT_ONCE = 1000
_MOST_TIMES = 10


def captioned() -> Q:
    return Q(Exists(Captions.objects.filter(media=OuterRef("pk"))))


_MARKS: dict[str, Callable[[], Q]] = {"is_used": uses.condition, "is_captioned": captioned}


def lacking(owner: User, mark: str) -> Q:
    """Of files of this person."""
    has_it = _MARKS[mark]()
    doubted = MediaFile.objects.owned_by(owner).filter(pk__in=Doubt.objects.values("media"))
    looked_at = doubted.annotate(has_it=ExpressionWrapper(has_it, BooleanField()))
    now = dict(looked_at.values_list("pk", "has_it")[: _MOST_DOUBTS + 1])
    if len(now) > _MOST_DOUBTS:
        return ~has_it
    marked = Q(**{mark: False})
    if not now:
        return marked
    return marked & ~Q(pk__in=now) | Q(pk__in=[pk for pk, has_it in now.items() if not has_it])


def settle() -> int:
    """Some of what is in doubt. A file that somebody else has locked has time."""
    with transaction.atomic():
        doubts = dict(Doubt.objects.order_by("pk").values_list("pk", "media")[:_AT_ONCE])
        files = MediaFile.objects.filter(pk__in=set(doubts.values()))
        there = set(files.values_list("pk", flat=True))
        unlocked = files.order_by("pk").select_for_update(no_key=True, skip_locked=True)
        ours = set(unlocked.values_list("pk", flat=True))
        settled = [pk for pk, media in doubts.items() if media in ours or media not in there]
        # What is done to a file from here on is seen below, or leaves another doubt: or both.
        Doubt.objects.filter(pk__in=settled).delete()
        for mark, has_it in _MARKS.items():
            for value, is_so in ((True, has_it()), (False, ~has_it())):
                wrong = MediaFile.objects.filter(is_so, pk__in=ours, **{mark: not value})
                wrong.update(**{mark: value})
    return len(settled)


def settle_many() -> None:
    """For the sweeper, which has other things to do as well."""
    for _ in range(_MOST_TIMES):
        if settle() < _AT_ONCE:
            return
