from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"

    def ready(self) -> None:
        from courses.access import (  # noqa: PLC0415 - models are loaded only now
            remembered_in_course_of,
            stands_in_course_of,
        )
        from courses.batch_links import LINK, UNLINK  # noqa: PLC0415
        from courses.media_uses import InCourses  # noqa: PLC0415
        from media_library import batch_verbs, uses  # noqa: PLC0415
        from media_library.access import show_also_to, show_poster_also_to  # noqa: PLC0415

        show_also_to(stands_in_course_of)
        show_poster_also_to(remembered_in_course_of)
        uses.register(InCourses())
        batch_verbs.register(LINK)
        batch_verbs.register(UNLINK)
