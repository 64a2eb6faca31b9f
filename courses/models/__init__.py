from courses.models.bulk_edit import BulkEdit
from courses.models.chapter import Chapter
from courses.models.course import CoAuthor, Course
from courses.models.replacement import Replacement
from courses.models.video import Video

__all__ = ["BulkEdit", "Chapter", "CoAuthor", "Course", "Replacement", "Video"]
