from django.urls import path

from media_library.views import library, poster

app_name = "media_library"
urlpatterns = [
    path("", library.library, name="library"),
    path("<uuid:media_id>/poster/", poster.poster, name="poster"),
]
