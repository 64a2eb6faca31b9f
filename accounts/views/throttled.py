"""What a form answers that is wrong, or refused because of too many attempts."""

from typing import Any, TypeVar

from django.http import HttpResponse
from django.views.generic import FormView

from accounts.addresses import client_address
from accounts.forms import ThrottledForm

AnyThrottledForm = TypeVar("AnyThrottledForm", bound=ThrottledForm)


class ThrottledFormView(FormView[AnyThrottledForm]):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"address": client_address(self.request)}

    def form_invalid(self, form: AnyThrottledForm) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        if form.refusal:
            response.status_code = 429
            response["Retry-After"] = str(form.refusal.retry_after)
        return response
