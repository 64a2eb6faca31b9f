"""Choosing a new password, with the old one or with a link from a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from accounts import reset_mail, throttle
from accounts.addresses import client_address
from accounts.forms import AskForLinkForm, ChangePasswordForm
from accounts.models import User
from accounts.views.throttled import ThrottledFormView
from config.wake_ups import BrokerSilent


class ChangePassword(ThrottledFormView[ChangePasswordForm], PasswordChangeView):
    template_name = "accounts/password_change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("accounts:account")

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        messages.success(self.request, "Your password is changed. Other devices are signed out.")
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class AskForLink(ThrottledFormView[AskForLinkForm]):
    """Says and does the same whether somebody has the e-mail address or not; a worker looks."""

    template_name = "accounts/password_reset.html"
    form_class = AskForLinkForm
    success_url = reverse_lazy("accounts:password_reset_done")

    def form_valid(self, form: AskForLinkForm) -> HttpResponse:
        try:
            reset_mail.ask_worker(form.cleaned_data["email"], self.request.build_absolute_uri("/"))
        except BrokerSilent:
            for reservation in form.reservations:
                reservation.give_back()
            form.add_error(None, "We cannot send mail right now. Try again in a minute.")
            response = self.form_invalid(form)
            response.status_code = 503
            return response
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class LinkIsOnItsWay(TemplateView):
    template_name = "accounts/password_reset_done.html"


class ChoosePassword(PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    success_url = reverse_lazy("accounts:login")

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        response = super().form_valid(form)
        throttle.forgive(form.user.username, client_address(self.request))
        messages.success(self.request, "Your password is changed. Sign in with it.")
        return response
