"""How fast is a library of 100,000 files, whatever is asked of it?

The whole request through Django's handler with all middleware, as in `benchmarks.pages`; the same person
has all of the files, and 20 others have 1,000 each. Two libraries: in one, six of ten files are used and
seven of ten have captions; in the other nearly all are, so that "never used" and "captions missing" have
to look at every file to find a few. At last every filter goes with every search, in three orders, from the
start and half-way, and of each filter the slowest is told.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import F

from accounts.models import User
from benchmarks import world
from benchmarks.report import median_ms, percentile, report
from benchmarks.requests import ask, environ
from courses.models import Chapter, Course
from courses.positions import STEP
from media_library import marks
from media_library.finding import FILTERS, Finding, find
from media_library.models import MediaFile
from media_library.sorting import SORTS, THROWN_AWAY

_FILES = 100_000
_OTHERS = 20
_WARM_UP = 3
_ROUNDS = 20
_SLOWEST = 3
_ORDERS = ("newest", "name", "longest")
_TOPICS = [
    "Thermodynamics",
    "Algebra",
    "Chemistry",
    "Statistics",
    "Compilers",
    "Economics",
    "Genetics",
    "Signals",
    "Термодинамика",
    "Databases",
]
_RARE = ["Bernoulli", "Fourier", "Lagrange", "Hamilton", "Noether", "Galois", "Weil", "Лобачевский"]
_SEARCHES = {
    "few have it": "bernoulli",
    "all have it": "lecture",
    "a tenth has it, the oldest": "archive",
    "two words": "genetics 0421",
    "two letters, none has them": "qz",
    "two letters, all have them, apart": "tm",
    "two letters, all but the newest have them": "bm",
    "no letters": "🎬🎬🎬",
    "none has it": "xylophone",
    "typo of a word that all have": "lecure",
    "typo of a word that a tenth has": "thermodinamics",
    "typo of a word that the oldest have": "archvie",
    "typo of a word that few have": "bernuoli",
    "three typos": "lectrue thermodinamics prat",
    "two digits": "01",
    "three words, two of them short": "part 01 9",
    "one letter, none has it": "ж",
    "a tenth has it, in Cyrillic": "термодинамика",
    "typo in Cyrillic, of a tenth": "термадинамика",
    "typo in Cyrillic, of a few": "лобочевский",
    "none has it, in Cyrillic": "ксилофон",
}
_CHAPTERS, _VIDEOS = 100, 500  # where one file is used in each
_THROWN_AWAY = 10_000


def main() -> None:
    keeper = world.person("keeper")
    chapter = fill(keeper, _FILES, used=0.6, captioned=0.7)
    thorough = world.person("thorough")
    fill(thorough, _FILES, used=1.0, captioned=1.0)
    for number in range(_OTHERS):
        fill(world.person(f"other{number}"), 1000, used=0.5, captioned=0.5)
    used = _used_in_large_chapters(keeper)
    thrower = world.person("thrower")
    fill(thrower, _THROWN_AWAY, used=0, captioned=0)
    MediaFile.objects.owned_by(thrower).update(trashed_at=F("created_at"))
    while marks.settle():  # as the sweeper does, before anybody looks
        pass
    world.analyze()
    handler = WSGIHandler()
    rows = [
        _measured(handler, name, person, path)
        for name, person, path in [
            *_library(keeper),
            *_library_of_which_all_is_used(thorough),
            *_picker(keeper, chapter),
            *_trash(thrower),
            *_file(used),
        ]
    ]
    report("library", rows)
    every = [_slowest(handler, name, [keeper, thorough]) for name in FILTERS]
    report("library-every", every)


def _measured(
    handler: WSGIHandler,
    name: str,
    person: User,
    path: str,
    *,
    warm_up: int = _WARM_UP,
    rounds: int = _ROUNDS,
) -> dict[str, Any]:
    asked = environ(person, path) | ({"HTTP_HX_REQUEST": "true"} if "picker" in path else {})
    for _ in range(warm_up):
        ask(handler, asked)
    samples = [ask(handler, asked) for _ in range(rounds)]
    times = [sample.seconds for sample in samples]
    return {
        "page": name,
        "queries": max(sample.queries for sample in samples),
        "p50 ms": median_ms(times),
        "p95 ms": round(percentile(times, 0.95) * 1000, 1),
        "SQL ms": median_ms(sample.sql for sample in samples),
        "template ms": median_ms(sample.template for sample in samples),
    }


def _slowest(handler: WSGIHandler, filter_name: str, owners: Iterable[User]) -> dict[str, Any]:
    """Each is asked once; those that then took longest are measured as all others are."""
    every = [
        (f"{words or 'no words'}, {sort}, {owner}{', half-way' if after else ''}", owner, finding)
        for owner in owners
        for sort in _ORDERS
        for after in ("", _middle(owner, sort))
        for words in ("", *_SEARCHES.values())
        for finding in [Finding(q=words, filter=filter_name, sort=sort, after=after)]
    ]

    def row(name: str, owner: User, finding: Finding, **often: int) -> dict[str, Any]:
        return _measured(handler, name, owner, f"/library/?{finding.query_string}", **often)

    rough = [row(*one, warm_up=0, rounds=1)["p50 ms"] for one in every]
    slowest = sorted(zip(rough, every, strict=True), key=lambda pair: pair[0])[-_SLOWEST:]
    found = max((row(*one) for _, one in slowest), key=lambda row: float(row["p50 ms"]))
    label = FILTERS[filter_name].label.lower()
    return found | {"page": f"slowest of {len(every)} × {label}: {found['page']}"}


def _library(owner: User) -> Iterator[tuple[str, User, str]]:
    for sort in SORTS:
        yield f"library, {sort}", owner, f"/library/?sort={sort}&view=list"
        yield f"library, {sort}, half-way", owner, f"/library/?{_half_way(owner, sort)}"
    for name in ("ready", "processing", "broken", "unused", "uncaptioned"):
        for sort in ("newest", "name", "longest"):
            yield f"{name}, {sort}", owner, f"/library/?filter={name}&sort={sort}"
    for name, words in _SEARCHES.items():
        for sort in ("newest", "name"):
            yield f"{name}, {sort}", owner, f"/library/?q={quote(words)}&sort={sort}"


def _library_of_which_all_is_used(owner: User) -> Iterator[tuple[str, User, str]]:
    for name in ("unused", "uncaptioned"):
        for sort in SORTS:
            yield f"nearly none {name}, {sort}", owner, f"/library/?filter={name}&sort={sort}"


def _picker(owner: User, chapter: Chapter) -> Iterator[tuple[str, User, str]]:
    address = f"/library/picker/?chapter={chapter.pk}"
    yield "picker, opened", owner, address
    yield "picker, next files", owner, f"{address}&{_half_way(owner, 'newest')}"
    for name, words in _SEARCHES.items():
        yield f"picker, {name}", owner, f"{address}&q={quote(words)}"


def _trash(owner: User) -> Iterator[tuple[str, User, str]]:
    yield "trash", owner, "/library/trash/"
    files = MediaFile.objects.owned_by(owner).order_by(*THROWN_AWAY.order)
    place = THROWN_AWAY.place_of(files[_THROWN_AWAY // 2])
    yield "trash, half-way", owner, f"/library/trash/?after={place}"


def _file(media: MediaFile) -> Iterator[tuple[str, User, str]]:
    owner, address = media.owner, f"/library/{media.pk}/"
    yield f"file in {_CHAPTERS} chapters of {_VIDEOS}", owner, address
    yield "its last uses", owner, f"{address}?uses=4"
    yield "what can take its place", owner, f"{address}others/"
    yield "the same, few have it", owner, f"{address}others/?q=bernoulli"
    for which, words in (("", "lecture"), ("unused", "01"), ("uncaptioned", "qz")):
        query = f"room=library&filter={which}&q={words}"
        name = f"how many match, {which or 'all'}, {words}"
        yield name, owner, f"/library/batches/count/?{query}"


def _half_way(owner: User, sort: str) -> str:
    finding = Finding(sort=sort, after=_middle(owner, sort))
    assert len(find(owner, finding).files) == 60
    return finding.query_string


@cache
def _middle(owner: User, sort: str) -> str:
    key = SORTS[sort].order
    middle = MediaFile.objects.owned_by(owner).shelved().order_by(*key)[_FILES // 2]
    return str(SORTS[sort].place_of(middle))


def _used_in_large_chapters(owner: User) -> MediaFile:
    media = MediaFile.objects.owned_by(owner).ready().earliest("created_at")
    course = Course.objects.create(owner=owner, title="Large chapters")
    chapters = Chapter.objects.bulk_create(
        Chapter(course=course, title=f"Chapter {place}", position=(place + 1) * STEP, revision=0)
        for place in range(_CHAPTERS)
    )
    terms: dict[str, Any] = {
        "owner": owner.pk,
        "media": media.pk,
        "chapters": [chapter.pk for chapter in chapters],
        "videos": _VIDEOS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LARGE_CHAPTERS_OF, terms)
    return media


def fill(owner: User, number: int, *, used: float, captioned: float) -> Chapter:
    """All but ten are used or captioned where that is 1."""
    course = Course.objects.create(owner=owner, title="Everything")
    chapters = Chapter.objects.bulk_create(
        Chapter(course=course, title=f"Chapter {place}", position=(place + 1) * STEP, revision=0)
        for place in range(max(1, number // 100))
    )
    terms: dict[str, Any] = {
        "owner": owner.pk,
        "number": number,
        "topics": _TOPICS,
        "rare": _RARE,
        "used": used,
        "captioned": captioned,
        "chapters": [chapter.pk for chapter in chapters],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for statement in (_FILES_OF, _CAPTIONS_OF, _VIDEOS_OF):
            cursor.execute(statement, terms)
        cursor.execute("RESET statement_timeout")
    return chapters[-1]


_FILES_OF = """
    INSERT INTO media_library_mediafile (id, owner_id, name, size, received, file, checksum, status, reason,
        duration, width, height, container, video_codec, audio_codec, poster, probed_at, is_kept_twice,
        created_at)
    SELECT id, %(owner)s,
        'Lecture ' || lpad(place::text, 5, '0') || ' – ' || topic || rare || old
            || ' part ' || 1 + floor(random() * 9) || extension,
        CASE WHEN place %% 3 = 0 THEN 5000000 ELSE 1000000 + floor(random() * 4e9)::bigint END, 0,
        'files/' || id, '', status, CASE WHEN status = 'broken' THEN 'damaged' ELSE '' END,
        CASE WHEN status = 'ready' THEN make_interval(secs => 30 + floor(random() * 7200)) END, 1280, 720,
        'mp4', 'h264', '', 'posters/' || id || '/' || id || '.jpg', now(), false,
        now() - make_interval(secs => %(number)s - place)
    FROM (
        SELECT place, uuidv7() AS id,
            (%(topics)s::text[])[1 + floor(random() * 10)] AS topic,
            CASE WHEN random() < 0.002 THEN ' ' || (%(rare)s::text[])[1 + floor(random() * 8)]
                ELSE '' END AS rare,
            CASE WHEN place < %(number)s / 10 THEN ' archive' ELSE '' END AS old,
            CASE WHEN place < %(number)s * 9 / 10 THEN '.webm' ELSE '.mp4' END AS extension,
            (ARRAY['broken', 'processing', 'ready'])[width_bucket(random(), ARRAY[0, 0.005, 0.008])] AS status
        FROM generate_series(0, %(number)s - 1) AS place
    ) AS files
"""
_CAPTIONS_OF = """
    INSERT INTO media_library_captions (id, media_id, language, text)
    SELECT uuidv7(), id, 'en', 'WEBVTT'
    FROM (SELECT id FROM media_library_mediafile WHERE owner_id = %(owner)s ORDER BY id OFFSET 10) AS files
    WHERE random() < %(captioned)s
"""
_VIDEOS_OF = """
    INSERT INTO courses_video (id, chapter_id, media_id, title, title_version, position, status, reason,
        attempts, deferrals, revision, settled_at)
    SELECT uuidv7(), (%(chapters)s::uuid[])[1 + place * cardinality(%(chapters)s::uuid[]) / %(number)s],
        id, name, 0, 1000000 * (1 + place), 'linked', '', 0, 0, 0, now()
    FROM (
        SELECT id, name, row_number() OVER (ORDER BY id) - 1 AS place
        FROM media_library_mediafile WHERE owner_id = %(owner)s
    ) AS files
    WHERE place >= 10 AND random() < %(used)s
"""
_LARGE_CHAPTERS_OF = """
    INSERT INTO courses_video (id, chapter_id, media_id, title, title_version, position, status, reason,
        attempts, deferrals, revision, settled_at)
    SELECT uuidv7(), chapter, CASE WHEN place = %(videos)s THEN %(media)s ELSE files.id END, 'A lecture', 0,
        1000000 * place, 'linked', '', 0, 0, 0, now()
    FROM unnest(%(chapters)s::uuid[]) AS chapter, (
        SELECT id, row_number() OVER () AS place FROM media_library_mediafile
        WHERE owner_id = %(owner)s LIMIT %(videos)s
    ) AS files
"""
