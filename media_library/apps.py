from django.apps import AppConfig
from django.core.checks import Tags, register

from media_library import letters


class MediaLibraryConfig(AppConfig):
    name = "media_library"
    verbose_name = "Media library"

    def ready(self) -> None:
        register(letters.check, Tags.database)
