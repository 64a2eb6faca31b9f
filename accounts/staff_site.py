"""The staff admin, behind the studio's own sign-in."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme

_log = logging.getLogger("lectern.accounts")
View = Callable[..., HttpResponseBase]
# What it comes to when Django's admin asks the database for what an address or a form says.
_SENSELESS = (ValidationError, DataError, ValueError, OverflowError)


class StaffSite(AdminSite):
    site_header = "Lectern"
    site_title = "Lectern staff"
    index_title = "Staff admin"
    enable_nav_sidebar = True

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One place to sign in, for it is throttled. Who is signed in and no staff is told so."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """What makes no sense is answered as Django does where it notices: by the page without it."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                response = inner(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # here, for some of it is asked by templates
                return response
            except _SENSELESS:
                if request.method != "POST" and not request.GET.keys() - {ERROR_FLAG}:
                    raise
                _log.warning("the admin could not read a request", exc_info=True)
            if request.method != "POST":
                return redirect(f"{request.path}?{ERROR_FLAG}=1")
            messages.error(request, "This could not be read. Reload the page and try again.")
            return redirect(request.get_full_path())

        return guarded

    def password_change(  # type: ignore[override]  # a redirect is an answer too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("accounts:password_change")
