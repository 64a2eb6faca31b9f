"""Names as people type them: words of them in any order and case, without accents, with typos."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any
from unicodedata import normalize
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from rapidfuzz.distance import Indel
from rapidfuzz.process import extractOne

from accounts.models import User
from media_library.models import LETTERS_AND_PAIRS, MediaFile, MediaFileQuerySet, plain

_BETWEEN_WORDS = re.compile(r'[\s_.,;:()\[\]–—"“”„«»-]+')
# Those of ASCII, Latin-1 and General Punctuation.
_SIGNS = re.compile(r"[!-/:-@\[-`{-~¡-©«-±´¶-¸»¿‐-⁞]+")
_OF_A_NAME = re.compile(r"[^\W\d_]{3,}")
_MOST_WORDS = 8
# Three letters or numbers, or fewer at an edge that is in the word: "c++" has none, and "c#4" has one.
_TRIGRAM = re.compile(r"[^\W_]{3}|[^\W_]{2}[\W_]|[\W_][^\W_]")
_SHORTEST_TYPO = 4  # three letters are near to too much
_CLOSE = 0.74  # "pyhton" is 0.83 of "python", "zebra" 0.67 of "algebra"
_NEWEST = 1000
_CANDIDATES = 200
_FEW = 1000
_ACCENTS = re.compile("[\u0300-\u036f]")
_WALKS = """
    SELECT set_config('enable_seqscan', '{0}', true), set_config('enable_indexscan', '{0}', true),
        set_config('pg_trgm.word_similarity_threshold', '0.4', true)
"""
_OF_EACH = "SELECT {} FROM unnest(%s::text[]) WITH ORDINALITY AS given(word, place) ORDER BY place"


def words_of(sought: str) -> list[str]:
    words = _BETWEEN_WORDS.split(sought)
    return [word for word in words if word and not _SIGNS.fullmatch(word)][:_MOST_WORDS]


def called(files: MediaFileQuerySet, sought: str) -> MediaFileQuerySet:
    """Each word is somewhere in the name: `LIKE`, which the index of trigrams answers.

    A word without trigrams would make it read that index as a whole, so it is said in other words.
    """
    for word, wanted in _as_looked_for(sought):
        if _TRIGRAM.search(word):
            files = files.filter(name_plain__contains=wanted)
        else:
            files = files.filter(GreaterThan(StrIndex("name_plain", Value(wanted)), 0))
    return files


def having_pairs(files: MediaFileQuerySet, sought: str) -> MediaFileQuerySet:
    """The same files, in words that the index of letters and pairs answers: how words without trigrams begin.

    For a planner that is shown no walks and no other index: to look for the pairs of one name takes 15 µs.
    """
    pairs = [wanted[:2] for word, wanted in _as_looked_for(sought) if not _TRIGRAM.search(word)]
    if not pairs:
        return files
    return files.alias(pairs=LETTERS_AND_PAIRS).filter(pairs__contains=Value(pairs))


@lru_cache(maxsize=1000)
def _as_looked_for(sought: str) -> list[tuple[str, str]]:
    """Each word, and its plain form as the database has it, whose capitals depend on its language.

    It is asked once: a page says it up to five times, and to put it together takes the ORM 0.5 ms each time.
    """
    words = words_of(sought)
    if not words:
        return []
    form, parameters = _plain_form()
    with connection.cursor() as cursor:
        cursor.execute(_OF_EACH.format(form), [*parameters, words])
        return [(word, wanted) for word, (wanted,) in zip(words, cursor, strict=True)]


@cache
def _plain_form() -> tuple[str, tuple[Any, ...]]:
    query = MediaFile.objects.all().query
    form = plain(RawSQL("given.word", [])).resolve_expression(query)
    sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).compile(form)
    return sql, tuple(parameters)


def believed(files: MediaFileQuerySet) -> int:
    """How many the planner thinks they are, by what it knows of everybody's."""
    (explained,) = json.loads(files.order_by().explain(format="json"))
    return int(explained["Plan"]["Plan Rows"])


def ids_of_few(files: MediaFileQuerySet) -> list[UUID] | None:
    """None if they are more. Those that are few are looked at by their ids, whatever the planner thinks."""
    ids = list(files.order_by().values_list("pk", flat=True)[: _FEW + 1])
    return ids if len(ids) <= _FEW else None


@dataclass(frozen=True)
class Meant:
    words: str  # that stand in names; empty if nothing comes near
    are_old: bool  # a word of them is not among the newest names


class _Words:
    """That stand in some names."""

    def __init__(self, names: Iterable[str]) -> None:
        # A thousand names are taken apart in 1.3 ms, and in 4.5 if each part is as often as it occurs.
        parts = set(" ".join(names).split())
        words = sorted(set(_OF_A_NAME.findall(" ".join(parts))))
        self._plain = {_plain(word): word.lower() for word in words}
        self._text = "\n".join(self._plain)

    def has(self, word: str) -> bool:
        return _plain(word) in self._text

    def closest(self, word: str) -> str:
        """Its beginning counts, too: a search begins before the word is typed to its end."""
        sought, words = _plain(word), list(self._plain)
        beginnings = [other[: len(sought)] for other in words]
        found = [
            near
            for forms in (words, beginnings)
            if (
                near := extractOne(
                    sought, forms, scorer=Indel.normalized_similarity, score_cutoff=_CLOSE
                )
            )
        ]
        if not found:
            return ""
        _, _, place = max(found, key=itemgetter(1))
        return str(self._plain[words[place]])


def _plain(word: str) -> str:
    """As `plain` has it."""
    if word.isascii():
        return word.upper()
    return normalize("NFC", _ACCENTS.sub("", normalize("NFD", word.upper().replace("ẞ", "SS"))))


def corrected(owner: User, sought: str) -> Meant:
    words = words_of(sought)
    files = MediaFile.objects.owned_by(owner).shelved().newest_first()
    newest = _Words(files.values_list("name", flat=True)[:_NEWEST])
    meant = [_meant(word, newest, owner) for word in words]
    replaced = [new for new, word in zip(meant, words, strict=True) if new != word]
    return Meant(" ".join(meant) if replaced else "", not all(map(newest.has, replaced)))


def _meant(word: str, newest: _Words, owner: User) -> str:
    if len(word) < _SHORTEST_TYPO or not word.isalpha() or newest.has(word):
        return word
    if close := newest.closest(word):
        return close
    alike = _Words(_names_like(_plain(word), owner))
    return word if alike.has(word) else alike.closest(word) or word


def _names_like(word: str, owner: User) -> list[str]:
    """Of a word that the newest names do not have, by its trigrams.

    The planner must take their index. It would rather walk over all files of a person and compare, at
    4.5 µs each, if it thinks that enough of them are alike: 0.3 s when these happen to come last. So it
    is shown no walk. The index knows owners, too: without, 10,000 names of somebody else that are alike
    were compared before the first of one's own, 71 ms instead of 8.
    """
    shelved = MediaFile.objects.owned_by(owner).shelved()
    alike = shelved.filter(name_plain__trigram_word_similar=word)
    return [name for (name,) in found_without_walks(alike.values_list("name")[:_CANDIDATES])]


def found_without_walks(wanted: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """By a planner that is shown indexes of words alone, and what it can put together with them.

    It is told so beside the question: a transaction of its own would be three answers more to wait for.
    """
    sql, parameters = wanted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{_WALKS.format('off')}; {sql}; {_WALKS.format('on')}", parameters)
        cursor.nextset()
        return list(cursor.fetchall())
