"""Every way in which linking can fail: a closed set, each with its sentence for the instructor.

A link fails for good for what is wrong with the file (`media_library.file_errors`) and for the causes
below; `StorageSilent` is tried again by itself before that.
"""

from typing import ClassVar

from media_library import file_errors


class LinkError(Exception):
    reason: ClassVar[str]
    sentence: ClassVar[str]
    try_again: ClassVar[bool] = False


class StorageSilent(LinkError):
    reason = "storage"
    sentence = "The storage did not answer."
    try_again = True


class NoAccess(LinkError):
    reason = "no_access"
    sentence = "The file belongs to somebody who is no longer an author of this course."


class AttemptsUsedUp(LinkError):
    reason = "attempts"
    sentence = "Linking was interrupted several times."


SENTENCES = {reason: error.sentence for reason, error in file_errors.ERRORS.items()} | {
    error.reason: error.sentence for error in (StorageSilent, NoAccess, AttemptsUsedUp)
}
CHOICES = list(SENTENCES.items())


def sentence(reason: str) -> str:
    return SENTENCES[reason] if reason else ""
