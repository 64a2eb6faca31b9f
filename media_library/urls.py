from django.urls import path

from media_library.views import (
    captions,
    duplicates,
    file,
    library,
    playback,
    poster,
    trash,
    upload_rows,
    uploads,
    versions,
)

app_name = "media_library"
urlpatterns = [
    path("", library.library, name="library"),
    path("uploads/", uploads.new_upload, name="uploads"),
    path("uploads/rows/", upload_rows.rows, name="upload_rows"),
    path("uploads/form/", upload_rows.plain_form, name="upload_form"),
    path("uploads/<uuid:media_id>/end/", upload_rows.end, name="end_upload"),
    path("uploads/<uuid:media_id>/", uploads.upload, name="upload"),
    path("trash/", trash.shown, name="trash"),
    path("trash/empty/", trash.empty, name="empty_trash"),
    path("<uuid:media_id>/", file.file, name="file"),
    path("<uuid:media_id>/remove/", trash.throw_away, name="throw_away"),
    path("<uuid:media_id>/use-other/", duplicates.use_other, name="use_other"),
    path("<uuid:media_id>/keep-both/", duplicates.keep_both, name="keep_both"),
    path("<uuid:media_id>/restore/", trash.restore, name="restore"),
    path("<uuid:media_id>/delete/", trash.delete, name="delete"),
    path(
        "<uuid:media_id>/versions/<uuid:version_id>/bring-back/",
        versions.bring_back,
        name="bring_back",
    ),
    path(
        "<uuid:media_id>/versions/<uuid:version_id>/discard/",
        versions.discard,
        name="discard_version",
    ),
    path("<uuid:media_id>/name/", file.name, name="name"),
    path("<uuid:media_id>/frame/", file.frame, name="frame"),
    path("<uuid:media_id>/captions/", captions.add, name="captions"),
    path("<uuid:media_id>/captions/<str:language>.vtt", captions.track, name="track"),
    path(
        "<uuid:media_id>/captions/<str:language>/remove/",
        captions.remove,
        name="remove_captions",
    ),
    path("<uuid:media_id>/file/", playback.play, name="play"),
    path("<uuid:media_id>/poster/", poster.poster, name="poster"),
]
