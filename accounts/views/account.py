"""What a person may change about themselves."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST

from accounts.forms import PersonForm, ThemeForm
from accounts.models import User
from accounts.views.throttled import ThrottledFormView

YEAR = 365 * 24 * 60 * 60


class Account(ThrottledFormView[PersonForm]):
    template_name = "accounts/account.html"
    form_class = PersonForm
    success_url = reverse_lazy("accounts:account")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: what was typed and is wrong must not show in the menu of the page.
        person = User.objects.get(username=self.request.user.get_username())
        return super().get_form_kwargs() | {"instance": person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        theme = self.request.COOKIES.get("theme", "system")
        return super().get_context_data(
            theme_form=ThemeForm(initial={"theme": theme}, auto_id="theme_%s"), **kwargs
        )

    def form_valid(self, form: PersonForm) -> HttpResponse:
        if not form.save_if_free():
            return self.form_invalid(form)
        messages.success(self.request, "Saved.")
        return super().form_valid(form)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Kept in a cookie of this browser: another device may stand in another light."""
    form = ThemeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest("There is no such appearance.", content_type="text/plain")
    response = redirect("accounts:account")
    response.set_cookie(
        "theme",
        form.cleaned_data["theme"],
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
