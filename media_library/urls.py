from django.urls import path

from media_library.views import library, playback, poster, uploads

app_name = "media_library"
urlpatterns = [
    path("", library.library, name="library"),
    path("uploads/", uploads.new_upload, name="uploads"),
    path("uploads/<uuid:media_id>/", uploads.upload, name="upload"),
    path("<uuid:media_id>/file/", playback.play, name="play"),
    path("<uuid:media_id>/poster/", poster.poster, name="poster"),
]
