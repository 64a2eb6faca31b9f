from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as of_the_studio
from tests.config.stand_in import views

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    path("stand-in/breaks/", views.breaks),
    path("stand-in/forbidden/", views.forbidden),
    path("stand-in/malformed/", views.malformed),
    path("stand-in/loses-the-database/", views.loses_the_database),
    path("stand-in/loses-it-while-rendering/", views.loses_it_while_rendering),
    path(
        "stand-in/loses-it-before-the-session-is-saved/", views.loses_it_before_the_session_is_saved
    ),
    path("stand-in/takes/<int:milliseconds>/", views.takes),
    path("stand-in/is-long/<int:megabytes>/", views.is_long),
    path("stand-in/breaks-off/", views.breaks_off),
    *of_the_studio,
]
