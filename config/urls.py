from django.contrib import admin
from django.urls import include, path

from media_library.views.playback import play_signed

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("", include("courses.urls")),
    path("library/", include("media_library.urls")),
    path("media/<str:token>/", play_signed, name="signed_media"),
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
