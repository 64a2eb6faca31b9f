from media_library.models.batch import Batch, BatchItem, BatchItemQuerySet, BatchQuerySet
from media_library.models.captions import (
    MOST_LANGUAGES,
    Captions,
    ChangedSince,
    FormerCaptions,
    TooManyLanguages,
)
from media_library.models.doubt import Doubt
from media_library.models.media_file import (
    KEPT_IN_TRASH,
    LETTERS_AND_PAIRS,
    MediaFile,
    MediaFileQuerySet,
    kept,
    media_storage,
    plain,
    poster_name,
    stored_name,
)
from media_library.models.part import Part, part_name

__all__ = [
    "KEPT_IN_TRASH",
    "LETTERS_AND_PAIRS",
    "MOST_LANGUAGES",
    "Batch",
    "BatchItem",
    "BatchItemQuerySet",
    "BatchQuerySet",
    "Captions",
    "ChangedSince",
    "Doubt",
    "FormerCaptions",
    "MediaFile",
    "MediaFileQuerySet",
    "Part",
    "TooManyLanguages",
    "kept",
    "media_storage",
    "part_name",
    "plain",
    "poster_name",
    "stored_name",
]
