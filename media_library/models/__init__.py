from media_library.models.batch import Batch, BatchItem
from media_library.models.captions import Captions
from media_library.models.media_file import (
    MediaFile,
    MediaFileQuerySet,
    media_storage,
    poster_name,
    stored_name,
)
from media_library.models.part import Part

__all__ = [
    "Batch",
    "BatchItem",
    "Captions",
    "MediaFile",
    "MediaFileQuerySet",
    "Part",
    "media_storage",
    "poster_name",
    "stored_name",
]
