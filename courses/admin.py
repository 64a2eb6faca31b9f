"""Courses for staff. Edits go through the verbs of the models, so that the pages of authors hear of them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from config.template_tags import clock
from courses.models import Chapter, CoAuthor, Course, Video
from courses.revisions import CourseGone
from courses.summaries import with_counts

_REMOVED = ("removed_at", admin.EmptyFieldListFilter)


def _link(text: object, view: str, *args: object, query: str = "") -> SafeString:
    return format_html('<a href="{}{}">{}</a>', reverse(f"admin:{view}", args=args), query, text)


def _staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def _delete(courses: Iterable[Course]) -> None:
    """Who was faster has deleted it, too."""
    for course in courses:
        with suppress(CourseGone):
            course.delete()


class CoAuthorFormSet(forms.BaseInlineFormSet[CoAuthor, Course, forms.ModelForm[CoAuthor]]):
    def clean(self) -> None:
        super().clean()
        for form in self.extra_forms:
            author = getattr(form, "cleaned_data", {}).get("author")
            if author and author.pk == self.instance.owner_id:
                form.add_error("author", "This is the owner of the course.")


class CoAuthorInline(admin.TabularInline[CoAuthor, Course]):
    model = CoAuthor
    formset = CoAuthorFormSet
    autocomplete_fields = ("author",)
    readonly_fields = ("since",)
    extra = 0
    verbose_name = "co-author"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CoAuthor]:
        return super().get_queryset(request).select_related("author", "course")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A co-author is added or removed, never turned into another."""
        return False


@admin.register(Course)
class CourseAdmin(admin.ModelAdmin[Course]):
    list_display = (
        "title",
        "owner",
        "published",
        "co_author_count",
        "chapters",
        "videos",
        "plays_for",
        "changed_at",
    )
    list_filter = ("published", "changed_at")
    list_select_related = ("owner",)
    search_fields = (
        "title",
        "description",
        "owner__username",
        "owner__first_name",
        "owner__last_name",
        "owner__email",
    )
    date_hierarchy = "created_at"
    ordering = ("-changed_at", "-id")
    autocomplete_fields = ("owner",)
    inlines = (CoAuthorInline,)
    actions = ("publish", "unpublish")

    def get_fields(self, request: HttpRequest, obj: Course | None = None) -> Any:
        told = ("id", "chapters", "videos", "plays_for", "revision", "created_at", "changed_at")
        return ("owner", "title", "description", "published", *(told if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> Any:
        if obj is None:
            return ()
        # The files of a course belong to its owner: with another one its links would lead nowhere.
        told = ("id", "chapters", "videos", "plays_for", "revision", "created_at", "changed_at")
        return ("owner", *told)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        counted = with_counts(super().get_queryset(request))
        return counted.annotate(co_author_count=Count("co_authorships"))

    @admin.display(description="co-authors", ordering="co_author_count")
    def co_author_count(self, course: Any) -> int:
        return int(course.co_author_count)

    @admin.display(ordering="chapter_count")
    def chapters(self, course: Any) -> SafeString:
        query = f"?course__id__exact={course.pk}"
        return _link(course.chapter_count, "courses_chapter_changelist", query=query)

    @admin.display(ordering="video_count")
    def videos(self, course: Any) -> SafeString:
        query = f"?chapter__course__id__exact={course.pk}"
        return _link(course.video_count, "courses_video_changelist", query=query)

    @admin.display(description="plays for", ordering="duration")
    def plays_for(self, course: Any) -> str:
        return clock(course.duration)

    def save_model(
        self, request: HttpRequest, obj: Course, form: forms.ModelForm[Course], change: bool
    ) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        if "title" in form.changed_data:
            obj.rename(obj.title, by=_staff(request))
        if "description" in form.changed_data:
            obj.describe(obj.description, by=_staff(request))
        if "published" in form.changed_data:
            if obj.published:
                obj.publish()
            else:
                obj.unpublish()

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm[Course], formset: Any, change: bool
    ) -> None:
        added = formset.save(commit=False)
        for gone in formset.deleted_objects:
            form.instance.remove_co_author(gone.author_id)
        for co_author in added:
            form.instance.add_co_author(co_author.author)

    def delete_model(self, request: HttpRequest, obj: Course) -> None:
        _delete([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Course]) -> None:
        """One by one, in one order: that of a queryset takes no lock on the course."""
        _delete(Course.objects.filter(pk__in=queryset.values("pk")).order_by("pk"))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Chapters and videos cannot be deleted alone, but go with their course."""
        shown, counts, not_allowed, protected = super().get_deleted_objects(objs, request)
        inside = {str(model._meta.verbose_name) for model in (Chapter, Video)}
        return shown, counts, set(not_allowed) - inside, protected

    @admin.action(description="Publish the selected courses", permissions=["change"])
    def publish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        drafts = list(courses.filter(published=False))
        for course in drafts:
            course.publish()
        messages.success(request, f"Published: {len(drafts)}.")

    @admin.action(description="Unpublish the selected courses", permissions=["change"])
    def unpublish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        published = list(courses.filter(published=True))
        for course in published:
            course.unpublish()
        messages.success(request, f"Unpublished: {len(published)}.")


@admin.register(Chapter)
class ChapterAdmin(admin.ModelAdmin[Chapter]):
    """A chapter is removed, never deleted: the pages of authors learn of it by the row that stays."""

    list_display = ("title", "course_link", "videos", "created_at", "removed_at")
    list_filter = (_REMOVED, "created_at")
    list_select_related = ("course",)
    search_fields = ("title", "course__title", "course__owner__username")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    autocomplete_fields = ("course",)
    actions = ("remove", "restore")

    def get_fields(self, request: HttpRequest, obj: Chapter | None = None) -> Any:
        told = ("id", "videos", "position", "revision", "created_at", "removed_at")
        return ("course", "title", "description", *(told if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Chapter | None = None) -> Any:
        if obj is None:
            return ()
        told = ("course", "id", "videos", "position", "revision", "created_at", "removed_at")
        return told if obj.removed_at is None else (*told, "title", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        live = Count("videos", filter=Q(videos__removed_at=None))
        return super().get_queryset(request).annotate(video_count=live)

    @admin.display(description="course", ordering="course__title")
    def course_link(self, chapter: Chapter) -> SafeString:
        return _link(chapter.course, "courses_course_change", chapter.course_id)

    @admin.display(ordering="video_count")
    def videos(self, chapter: Any) -> SafeString:
        query = f"?chapter__id__exact={chapter.pk}"
        return _link(chapter.video_count, "courses_video_changelist", query=query)

    def has_delete_permission(self, request: HttpRequest, obj: Chapter | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Chapter, form: forms.ModelForm[Chapter], change: bool
    ) -> None:
        if not change:
            description = obj.description
            obj.pk = Chapter.objects.add(obj.course_id, obj.title).pk
            obj.refresh_from_db()
            if description:
                obj.describe(description, by=_staff(request))
            return
        verbs = {"title": obj.rename, "description": obj.describe}
        for name in verbs.keys() & set(form.changed_data):
            if verbs[name](getattr(obj, name), by=_staff(request)) is None:
                said = f"The chapter was removed meanwhile; its {name} is as it was."
                messages.error(request, said)

    @admin.action(description="Remove the selected chapters", permissions=["change"])
    def remove(self, request: HttpRequest, chapters: QuerySet[Chapter]) -> None:
        removed = sum(chapter.remove() is not None for chapter in chapters)
        messages.success(request, f"Removed: {removed}.")

    @admin.action(description="Restore the selected chapters", permissions=["change"])
    def restore(self, request: HttpRequest, chapters: QuerySet[Chapter]) -> None:
        restored = sum(chapter.restore() is not None for chapter in chapters)
        messages.success(request, f"Restored: {restored}.")


@admin.register(Video)
class VideoAdmin(admin.ModelAdmin[Video]):
    """To look at: every column belongs to a verb, and authors have those in the studio."""

    list_display = (
        "title",
        "course_link",
        "chapter_link",
        "status",
        "why",
        "media_link",
        "requested_by",
        "attempts",
        "created_at",
        "removed_at",
    )
    list_filter = ("status", "reason", _REMOVED, "created_at")
    list_select_related = ("chapter__course", "media", "requested_by")
    search_fields = (
        "title",
        "chapter__title",
        "chapter__course__title",
        "chapter__course__owner__username",
        "media__name",
    )
    date_hierarchy = "created_at"
    ordering = ("-id",)
    fields = (
        "id",
        "title",
        "title_version",
        "description",
        "description_version",
        "course_link",
        "chapter_link",
        "position",
        "media_link",
        "status",
        "why",
        "requested_by",
        "attempts",
        "due_at",
        "lease_token",
        "lease_until",
        "settled_at",
        "revision",
        "created_at",
        "removed_at",
    )

    @admin.display(description="course", ordering="chapter__course__title")
    def course_link(self, video: Video) -> SafeString:
        course = video.chapter.course
        return _link(course, "courses_course_change", course.pk)

    @admin.display(description="chapter", ordering="chapter__title")
    def chapter_link(self, video: Video) -> SafeString:
        return _link(video.chapter, "courses_chapter_change", video.chapter_id)

    @admin.display(description="file", ordering="media__name")
    def media_link(self, video: Video) -> SafeString:
        return _link(video.media, "media_library_mediafile_change", video.media_id)

    @admin.display(description="reason", ordering="reason")
    def why(self, video: Video) -> str:
        return video.sentence

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The list of courses links here."""
        return lookup == "chapter__course__id__exact" or super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Video | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Video | None = None) -> bool:
        return False
