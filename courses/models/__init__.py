from courses.models.chapter import Chapter
from courses.models.course import CoAuthor, Course
from courses.models.video import Video

__all__ = ["Chapter", "CoAuthor", "Course", "Video"]
