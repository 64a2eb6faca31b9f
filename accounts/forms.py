from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from accounts import throttle
from accounts.models import User


class ThrottledForm(forms.Form):
    """Remembers a refusal, for the view answers it with 429."""

    refusal: throttle.TooManyAttempts | None = None

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.address = address

    def refuse(self, refusal: throttle.TooManyAttempts) -> ValidationError:
        self.refusal = refusal
        return ValidationError(str(refusal), code="too_many")

    def reserve_guess(self, username: str) -> throttle.Guess:
        try:
            return throttle.reserve_guess(username, self.address)
        except throttle.TooManyAttempts as refusal:
            raise self.refuse(refusal) from None

    @sensitive_variables()
    def check_password_of(self, person: User, password: str) -> None:
        """Whoever sits at another person's open session may guess no more often than a visitor."""
        guess = self.reserve_guess(person.username)
        if not person.check_password(password):
            raise ValidationError("This is not your password.", code="wrong_password")
        guess.was_right()


class SignInForm(ThrottledForm, AuthenticationForm):
    error_messages = {
        "invalid_login": "Name and password do not match.",
        "inactive": "This account is closed.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Name"

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        if username and password:
            guess = self.reserve_guess(username)
            self.user_cache = authenticate(self.request, username=username, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
            guess.was_right()
        return self.cleaned_data


class ChangePasswordForm(ThrottledForm, PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Your password now"
        self.fields["new_password2"].label = "New password again"

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        self.check_password_of(self.user, password)
        return password


class AskForLinkForm(ThrottledForm):
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
    )
    reservations: tuple[throttle.Reservation, ...] = ()

    def clean(self) -> dict[str, Any]:
        if email := self.cleaned_data.get("email"):
            try:
                self.reservations = throttle.reserve_link(email, self.address)
            except throttle.TooManyAttempts as refusal:
                raise self.refuse(refusal) from None
        return self.cleaned_data


class PersonForm(ThrottledForm, forms.ModelForm[User]):
    current_password = forms.CharField(
        label="Your password",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Only to change the e-mail address: who reads your mail can reset your password.",
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email")
        labels = {"first_name": "First name", "last_name": "Last name", "email": "E-mail"}
        help_texts = {"email": "Where the link goes when you have forgotten your password."}
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def clean_current_password(self) -> str:
        password: str = self.cleaned_data["current_password"]
        if "email" in self.changed_data:
            if not password:
                raise ValidationError("Your password is needed to change the e-mail address.")
            self.check_password_of(self.instance, password)
        return password

    def save_if_free(self) -> bool:
        """False if somebody took the e-mail address since it was looked up."""
        try:
            with transaction.atomic():
                self.instance.save(update_fields=self._meta.fields)
        except IntegrityError:
            self.add_error("email", "Somebody has this e-mail address already.")
            return False
        return True


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(
        label="Appearance",
        choices=[("system", "As the system"), ("light", "Light"), ("dark", "Dark")],
        widget=forms.RadioSelect,
    )
