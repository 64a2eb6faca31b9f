"""Every way in which linking can fail: a closed set, each with its sentence for the instructor.

A link fails for what is wrong with the file (`media_library.file_errors`) and for the causes below. What
may pass by itself (`NotNow`) is no failure: the link is deferred.
"""

from typing import ClassVar

from media_library import file_errors


class LinkError(Exception):
    """Trying again by itself cannot help."""

    reason: ClassVar[str]
    sentence: ClassVar[str]
    cause: ClassVar[str]  # in a word or two, after a number


class NoAccess(LinkError):
    reason = "no_access"
    sentence = "The file belongs to somebody who is no longer an author of this course."
    cause = "no longer shared"


class AttemptsUsedUp(LinkError):
    reason = "attempts"
    sentence = "Linking was interrupted several times."
    cause = "interrupted"


class StorageGivenUp(LinkError):
    reason = "storage"
    sentence = "The storage did not answer for a whole day."
    cause = "without an answer from the storage"


class StillUploading(Exception):
    """No failure: the link waits for its file."""


_ERRORS: dict[str, type[LinkError | file_errors.FileError]] = {
    **file_errors.ERRORS,
    **{error.reason: error for error in (NoAccess, AttemptsUsedUp, StorageGivenUp)},
}
SENTENCES = {reason: error.sentence for reason, error in _ERRORS.items()}
CHOICES = list(SENTENCES.items())


def sentence(reason: str) -> str:
    return SENTENCES[reason] if reason else ""


def cause(reason: str) -> str:
    return _ERRORS[reason].cause if reason else ""
