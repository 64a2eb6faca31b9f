from django.urls import path

from courses.views import (
    chapters,
    co_authors,
    course_list,
    course_settings,
    editor,
    feed,
    links,
    picker,
    videos,
)

app_name = "courses"
urlpatterns = [
    path("", course_list.course_list, name="list"),
    path("courses/new/", course_list.course_new, name="new"),
    path("courses/<uuid:course_id>/", editor.editor, name="editor"),
    path("courses/<uuid:course_id>/settings/", course_settings.course_settings, name="settings"),
    path("courses/<uuid:course_id>/title/", course_settings.title, name="title"),
    path("courses/<uuid:course_id>/publish/", course_settings.publish, name="publish"),
    path("courses/<uuid:course_id>/unpublish/", course_settings.unpublish, name="unpublish"),
    path("courses/<uuid:course_id>/delete/", course_settings.delete, name="delete"),
    path("courses/<uuid:course_id>/co-authors/", co_authors.add, name="add_co_author"),
    path(
        "courses/<uuid:course_id>/co-authors/<uuid:person_id>/remove/",
        co_authors.remove,
        name="remove_co_author",
    ),
    path("courses/<uuid:course_id>/chapters/", chapters.create, name="create_chapter"),
    path("courses/<uuid:course_id>/changes/", feed.feed, name="feed"),
    path("chapters/<uuid:chapter_id>/videos/", links.link, name="link"),
    path("chapters/<uuid:chapter_id>/retry-failed/", links.retry_failed, name="retry_failed"),
    path("chapters/<uuid:chapter_id>/cancel-links/", links.cancel, name="cancel_links"),
    path(
        "chapters/<uuid:chapter_id>/restore-links/<int:cancelled_by>/",
        links.restore_cancelled,
        name="restore_links",
    ),
    path("videos/<uuid:video_id>/", videos.video, name="video"),
    path("videos/<uuid:video_id>/retry/", videos.retry, name="retry_video"),
    path("videos/<uuid:video_id>/remove/", videos.remove, name="remove_video"),
    path("videos/<uuid:video_id>/restore/", videos.restore, name="restore_video"),
    path("videos/<uuid:video_id>/title/", videos.title, name="video_title"),
    path("videos/<uuid:video_id>/move/", videos.move, name="move_video"),
    path("library/picker/", picker.picker, name="picker"),
    path("chapters/<uuid:chapter_id>/title/", chapters.title, name="chapter_title"),
    path("chapters/<uuid:chapter_id>/move/", chapters.move, name="move_chapter"),
    path("chapters/<uuid:chapter_id>/remove/", chapters.remove, name="remove_chapter"),
    path("chapters/<uuid:chapter_id>/restore/", chapters.restore, name="restore_chapter"),
]
