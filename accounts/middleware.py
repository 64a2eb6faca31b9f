"""Every view wants a signed-in person, unless it is marked `login_not_required`."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render


class SignedInMiddleware(LoginRequiredMiddleware):
    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Django's asks who it is even where it does not matter: a query for nothing."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]  # Django's middleware may answer anything
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """A fragment cannot show a sign-in page in place of a row: htmx gets 401 and an offer."""
        if getattr(request, "htmx", False):
            return render(request, "accounts/_signed_out.html", status=401)
        return super().handle_no_permission(request, view_func)
