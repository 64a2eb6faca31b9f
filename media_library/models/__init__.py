from media_library.models.batch import Batch, BatchItem, BatchItemQuerySet, BatchQuerySet
from media_library.models.captions import MOST_LANGUAGES, Captions, TooManyLanguages
from media_library.models.media_file import (
    MediaFile,
    MediaFileQuerySet,
    media_storage,
    poster_name,
    stored_name,
)
from media_library.models.part import Part

__all__ = [
    "MOST_LANGUAGES",
    "Batch",
    "BatchItem",
    "BatchItemQuerySet",
    "BatchQuerySet",
    "Captions",
    "MediaFile",
    "MediaFileQuerySet",
    "Part",
    "TooManyLanguages",
    "media_storage",
    "poster_name",
    "stored_name",
]
