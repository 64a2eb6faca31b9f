from django.urls import path

from media_library.views import library, poster, soon, uploads

app_name = "media_library"
urlpatterns = [
    path("", library.library, name="library"),
    path("uploads/", uploads.new_upload, name="uploads"),
    path("uploads/<uuid:media_id>/", uploads.upload, name="upload"),
    path("<uuid:media_id>/", soon.soon, name="file"),
    path("<uuid:media_id>/file/", soon.soon, name="play"),
    path("<uuid:media_id>/poster/", poster.poster, name="poster"),
]
