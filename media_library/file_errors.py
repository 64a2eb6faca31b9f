"""Every way in which a stored file can be no video: a closed set, each with a sentence for the instructor."""

import errno
from typing import ClassVar


class FileError(Exception):
    """The file itself is at fault: reading it again cannot help."""

    reason: ClassVar[str]
    sentence: ClassVar[str]
    cause: ClassVar[str]  # in a word or two, after a number


class FileMissing(FileError):
    reason = "missing"
    sentence = "The stored file is gone."
    cause = "missing"


class FileEmpty(FileError):
    reason = "empty"
    sentence = "The file is empty."
    cause = "empty"


class FileSizeDiffers(FileError):
    reason = "size"
    sentence = "The stored file is not as long as the one that was uploaded."
    cause = "of another size"


class NotAVideo(FileError):
    reason = "not_a_video"
    sentence = "This is not a video file."
    cause = "no video"


class OnlySound(FileError):
    reason = "only_sound"
    sentence = "It has sound but no picture."
    cause = "without a picture"


class FileDamaged(FileError):
    reason = "damaged"
    sentence = "The file is damaged and cannot be played."
    cause = "damaged"


class FileCutOff(FileError):
    reason = "cut_off"
    sentence = "The file is incomplete: its end is missing."
    cause = "cut off"


class CodecNotPlayable(FileError):
    reason = "codec"
    sentence = "Browsers cannot play this kind of video; convert it to MP4 (H.264) or WebM."
    cause = "not playable"


class PictureTooLarge(FileError):
    reason = "too_large"
    sentence = "The picture is too large to read; the most is 8192 × 4320."
    cause = "too large"


class TooMuchMemory(FileError):
    reason = "memory"
    sentence = "Reading the file takes more memory than a video should."
    cause = "too heavy to read"


class ProberCrashed(FileError):
    reason = "unreadable"
    sentence = "The file could not be read: it makes the video reader fail."
    cause = "unreadable"


class ProberTimedOut(FileError):
    reason = "too_slow"
    sentence = "Reading the file took too long."
    cause = "too slow to read"


class UploadEnded(FileError):
    reason = "upload_ended"
    sentence = "The upload was never finished."
    cause = "never uploaded"


class SourceGone(FileError):
    reason = "source_gone"
    sentence = "The file was gone from where it was to be imported from."
    cause = "gone from its source"


class SourceChanged(FileError):
    reason = "source_changed"
    sentence = "The file changed where it was imported from; import it again."
    cause = "changed at its source"


class ImportEnded(FileError):
    reason = "import_ended"
    sentence = "The import of the file was never finished."
    cause = "never imported"


ERRORS: dict[str, type[FileError]] = {
    error.reason: error
    for error in (
        FileMissing,
        FileEmpty,
        FileSizeDiffers,
        NotAVideo,
        OnlySound,
        FileDamaged,
        FileCutOff,
        CodecNotPlayable,
        PictureTooLarge,
        TooMuchMemory,
        ProberCrashed,
        ProberTimedOut,
        UploadEnded,
        SourceGone,
        SourceChanged,
        ImportEnded,
    )
}
# Nothing of these is there to look at.
NEVER_ARRIVED = frozenset(
    error.reason for error in (UploadEnded, SourceGone, SourceChanged, ImportEnded)
)
CHOICES = [(reason, error.sentence) for reason, error in ERRORS.items()]


def sentence(reason: str) -> str:
    return ERRORS[reason].sentence if reason else ""


class NotNow(Exception):
    """Nothing is known of the file, and the file is not to blame: to be tried again later."""


class StorageSilent(NotNow):
    """The storage did not answer."""

    sentence: ClassVar = "The storage of the studio does not answer; try again."


class StorageFull(StorageSilent):
    """It has no space: for a poster, or for what is being uploaded."""

    sentence: ClassVar = "The storage of the studio is full."


def is_for_lack_of_space(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


class ProberAbsent(NotNow):
    """The machine could not start another process."""


class ExaminedByAnother(NotNow):
    """Another worker is looking at the file, and takes long."""
