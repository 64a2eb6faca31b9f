"""Files for staff: to look at, to take in for somebody, and to delete where nothing uses them."""

import logging
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_protect

from accounts.models import User
from config.template_tags import bytes_for_people, clock, counted_are, poster_version
from media_library import trash
from media_library.access import show_also_to
from media_library.admin_import import import_files
from media_library.file_errors import StorageSilent
from media_library.models import MediaFile
from media_library.uploads import UploadRefused, take_in

_log = logging.getLogger("lectern.media")


@show_also_to
def staff_who_looks_after_files(user: User) -> Q:
    return Q(pk__isnull=not (user.is_staff and user.has_perm("media_library.view_mediafile")))


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[File[bytes]]:
        """What one file must be, each of them must be."""
        return [super(SeveralFilesField, self).clean(file, initial) for file in data or [None]]


class TakeInForm(forms.Form):
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True),
        widget=AutocompleteSelect(MediaFile._meta.get_field("owner"), admin.site),
    )
    videos = SeveralFilesField(help_text="One or more files.")


@admin.register(MediaFile)
class MediaFileAdmin(admin.ModelAdmin[MediaFile]):
    list_display = (
        "poster_image",
        "name",
        "owner",
        "status",
        "why",
        "plays_for",
        "weight",
        "video_codec",
        "links",
        "created_at",
    )
    list_display_links = ("name",)
    list_filter = ("status", "reason", "video_codec", "created_at")
    list_select_related = ("owner",)
    search_fields = (
        "name",
        "checksum",
        "owner__username",
        "owner__first_name",
        "owner__last_name",
        "owner__email",
    )
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = (
        "poster_image",
        "id",
        "name",
        "description",
        "owner",
        "status",
        "why",
        "links",
        "plays_for",
        "width",
        "height",
        "container",
        "video_codec",
        "audio_codec",
        "weight",
        "checksum",
        "fetched_from",
        "created_at",
        "probed_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MediaFile]:
        return super().get_queryset(request).annotate(link_count=Count("links"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(import_files, self))
        return [path("import/", view, name="media_library_mediafile_import"), *super().get_urls()]

    @admin.display(description="poster")
    def poster_image(self, media: MediaFile) -> SafeString | str:
        if not media.poster:
            return "–"
        url = reverse("media_library:poster", args=(media.pk,))
        return format_html(
            '<img src="{}?v={}" alt="" height="54" loading="lazy">',
            url,
            poster_version(media.poster.name),
        )

    @admin.display(description="reason", ordering="reason")
    def why(self, media: MediaFile) -> str:
        return media.sentence

    @admin.display(description="plays for", ordering="duration")
    def plays_for(self, media: MediaFile) -> str:
        return clock(media.duration)

    @admin.display(description="size", ordering="size")
    def weight(self, media: MediaFile) -> str:
        return bytes_for_people(media.size)

    @admin.display(description="in videos", ordering="link_count")
    def links(self, media: Any) -> int:
        return int(media.link_count)

    def has_change_permission(self, request: HttpRequest, obj: MediaFile | None = None) -> bool:
        """What is known of a file was found by looking at it."""
        return False

    def delete_model(self, request: HttpRequest, obj: MediaFile) -> None:
        trash.delete(obj, Q())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[MediaFile]) -> None:
        for media in queryset:
            trash.delete(media, Q())

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What protects a file is named, also to staff who may not delete that."""
        shown, counts, not_allowed, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set() if protected else set(not_allowed), protected

    @method_decorator(csrf_protect)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Not the view of every model: that one keeps a transaction open while files are stored."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TakeInForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._take_in(request, form.cleaned_data["owner"], form.cleaned_data["videos"])
        # Any form will do here, whatever the stubs say.
        admin_form: Any = form
        fieldsets = [(None, {"fields": list(form.fields)})]
        context = {
            **self.admin_site.each_context(request),
            "title": "Add files",
            "adminform": helpers.AdminForm(admin_form, fieldsets, {}, (), self),
            "inline_admin_formsets": [],
            "errors": helpers.AdminErrorList(admin_form, []),
            "media": self.media + form.media,
            "is_popup": False,
            "object_id": None,
            "original": None,
            "to_field": None,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return self.render_change_form(request, context, add=True, form_url=form_url)

    def _take_in(self, request: HttpRequest, owner: User, files: list[File[bytes]]) -> HttpResponse:
        stored = 0
        for file in files:
            try:
                media = take_in(owner, file.name or "", file)
            except (UploadRefused, StorageSilent) as trouble:
                messages.error(request, f"“{file.name}”: {trouble.sentence}")
            except Exception:  # whatever a storage may raise; the other files may fare better
                _log.exception("a file was not stored for %s", owner.pk)
                messages.error(request, f"“{file.name}” could not be stored.")
            else:
                self.log_addition(request, media, [{"added": {}}])
                stored += 1
        if stored:
            said = f"{counted_are(stored, 'file')} stored for {owner} and being read."
            messages.success(request, said)
        return redirect("admin:media_library_mediafile_changelist")
