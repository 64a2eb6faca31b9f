"""People and their attempts to sign in, for staff."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import reset_mail
from accounts.models import Attempts, User
from accounts.throttle import LIMITS
from config.wake_ups import BrokerSilent


class NewPersonForm(forms.ModelForm[User]):
    """No password: staff should know nobody's."""

    send_link = forms.BooleanField(
        label="Mail a link to choose a password",
        required=False,
        initial=True,
        help_text="The account can be used when a password was chosen by such a link.",
    )

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    add_form = NewPersonForm
    add_form_template = "admin/change_form.html"
    add_fieldsets = (
        (None, {"fields": ("username", "email", "first_name", "last_name", "send_link")}),
    )
    list_display = (
        "username",
        "name",
        "email",
        "is_active",
        "is_staff",
        "courses",
        "files",
        "last_login",
        "date_joined",
    )
    list_filter = ("is_active", "is_staff", "is_superuser", "groups", "last_login")
    date_hierarchy = "date_joined"
    readonly_fields = ("last_login", "date_joined")
    actions = ("send_link", "close", "open_again")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                course_count=Count("own_courses", distinct=True),
                file_count=Count("media_files", distinct=True),
            )
        )

    @admin.display(description="name", ordering="last_name")
    def name(self, person: User) -> str:
        return person.get_full_name()

    @admin.display(ordering="course_count")
    def courses(self, person: Any) -> SafeString:
        return _list_of(person, "courses_course", person.course_count)

    @admin.display(ordering="file_count")
    def files(self, person: Any) -> SafeString:
        return _list_of(person, "media_library_mediafile", person.file_count)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Who may change people must not by that become, or be, who may do everything."""
        if obj is not None and obj.is_superuser and not _may_everything(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not _may_everything(request):
            return False
        return super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        given = super().get_readonly_fields(request, obj)
        if _may_everything(request):
            return given
        return (*given, "is_staff", "is_superuser", "groups", "user_permissions")

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not change and form.cleaned_data["send_link"]:
            transaction.on_commit(lambda: self._mail(request, [obj]))

    @admin.action(description="Mail a link to choose a password", permissions=["change"])
    def send_link(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._mail(request, list(people))

    def _mail(self, request: HttpRequest, people: list[User]) -> None:
        reachable = [person for person in people if person.email and person.is_active]
        for person in people:
            if person not in reachable:
                why = "has no e-mail address" if person.is_active else "has a closed account"
                messages.warning(request, f"{person} {why}: no link was sent.")
        try:
            for person in reachable:
                reset_mail.ask_worker(person.email, request.build_absolute_uri("/"))
        except BrokerSilent:
            messages.error(request, "We cannot send mail right now. Try again in a minute.")
        else:
            if reachable:
                to = ", ".join(person.email for person in reachable)
                messages.success(request, f"A link is on its way to {to}.")

    @admin.action(description="Close the selected accounts", permissions=["change"])
    def close(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Their sessions end with the next click."""
        others = self._changeable(request, people).exclude(username=request.user.get_username())
        closed = others.filter(is_active=True).values_list("pk", flat=True)
        self._say(request, "closed", self._set_active(list(closed), is_active=False))

    @admin.action(description="Open the selected accounts again", permissions=["change"])
    def open_again(self, request: HttpRequest, people: QuerySet[User]) -> None:
        closed = self._changeable(request, people).filter(is_active=False)
        opened = closed.values_list("pk", flat=True)
        self._say(request, "opened", self._set_active(list(opened), is_active=True))

    def _changeable(self, request: HttpRequest, people: QuerySet[User]) -> QuerySet[User]:
        return people if _may_everything(request) else people.exclude(is_superuser=True)

    def _set_active(self, ids: list[Any], *, is_active: bool) -> int:
        return User.objects.filter(pk__in=ids).update(is_active=is_active)

    def _say(self, request: HttpRequest, done: str, count: int) -> None:
        noun = "account" if count == 1 else "accounts"
        messages.success(request, f"{count} {noun} {done}.")


def _may_everything(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


def _list_of(person: User, model: str, count: int) -> SafeString:
    query = urlencode({"owner__id__exact": person.pk})
    return format_html('<a href="{}?{}">{}</a>', reverse(f"admin:{model}_changelist"), query, count)


@admin.register(Attempts)
class AttemptsAdmin(admin.ModelAdmin[Attempts]):
    """To look at, and to forget: that lets somebody in again before the window is over."""

    list_display = ("kind", "account", "address", "tries", "is_closed", "window_ends")
    list_display_links = None
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("account__username", "account__email", "address")
    ordering = ("-window_ends",)
    actions = ("forget",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempts]:
        return super().get_queryset(request).annotate(left=F("window_ends") - Now())

    @admin.display(ordering="used")
    def tries(self, attempts: Attempts) -> str:
        return f"{attempts.used} of {LIMITS[Attempts.Kind(attempts.kind)].most}"

    @admin.display(description="closed now", boolean=True)
    def is_closed(self, attempts: Any) -> bool:
        running = attempts.left.total_seconds() > 0
        return bool(running and attempts.used >= LIMITS[Attempts.Kind(attempts.kind)].most)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Attempts | None = None) -> bool:
        return False

    @admin.action(description="Unlock: forget the selected attempts", permissions=["delete"])
    def forget(self, request: HttpRequest, attempts: QuerySet[Attempts]) -> None:
        forgotten, _ = Attempts.objects.filter(pk__in=[row.pk for row in attempts]).delete()
        messages.success(request, f"Forgotten: {forgotten}.")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """`forget` asks for nothing; the action of every list would do the same with a question."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions
