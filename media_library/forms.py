from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files import File

from config.describing import OfVersion
from media_library import languages
from media_library.captions import MOST_BYTES, CaptionsRefused, WebVTT, as_webvtt
from media_library.models import MediaFile
from media_library.names import LONGEST, label, readable
from media_library.renaming import Pattern, unknown_in


class NameForm(OfVersion):
    name = forms.CharField(
        max_length=LONGEST,
        error_messages={"required": "A name is needed."},
    )

    def clean_name(self) -> str:
        """As it was typed, but for what nobody sees."""
        typed: str = self.cleaned_data["name"]
        if not readable(typed, LONGEST):
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return label(typed)


class FrameForm(forms.Form):
    seconds = forms.FloatField(
        label="Second",
        min_value=0,
        error_messages={"required": "Say a second.", "invalid": "Say a second, as a number."},
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, media: MediaFile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duration = media.duration.total_seconds() if media.duration else 0.0
        self.fields["seconds"].widget.attrs["max"] = f"{self.duration:.3f}"

    def clean_seconds(self) -> float:
        """What players show at the end is the last frame."""
        seconds: float = self.cleaned_data["seconds"]
        if seconds > self.duration + 1:
            raise forms.ValidationError("The video is not that long.")
        return min(seconds, self.duration)


_AS_NAMED = "?"  # before the language that it is if the name of the file says none


class CaptionsForm(forms.Form):
    """`taken` are languages of which there are some.

    Where there are none yet, the first ones are likely to be in the language of who adds them, `otherwise`.
    Of further ones that is a guess, and somebody is asked if the file's name does not say it.
    """

    language = forms.CharField(
        max_length=35,
        error_messages={"required": "Say which language it is."},
    )
    file = forms.FileField(
        label="WebVTT or SRT file",
        error_messages={
            "required": "Choose a file.",
            "empty": "The file is empty.",
            "missing": "Choose a file.",
        },
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, taken: Collection[str], otherwise: str
    ) -> None:
        as_named = _AS_NAMED if taken else f"{_AS_NAMED}{otherwise}"
        or_else = "" if taken else f", or else {languages.name(otherwise)}"
        super().__init__(data, files, initial={"language": as_named})
        choices = [
            (as_named, f"By the file’s name{or_else}"),
            *(
                (tag, f"{name} – replaces what is there" if tag in taken else name)
                for tag, name in languages.CHOICES
            ),
        ]
        self.fields["language"].widget = forms.Select(choices=choices)

    def clean_language(self) -> str:
        asked: str = self.cleaned_data["language"]
        if asked.startswith(_AS_NAMED):
            file = self.files.get("file")
            named = languages.in_name(file.name or "") if file else ""
            asked = named or asked.removeprefix(_AS_NAMED)
            if not asked:
                raise forms.ValidationError(
                    "The name of the file does not say it. Choose one here."
                )
        if tag := languages.normal(asked):
            return tag
        raise forms.ValidationError("This is not the tag of a language, such as en or pt-BR.")

    def clean_file(self) -> WebVTT:
        """The captions as they are kept."""
        file: File[bytes] = self.cleaned_data["file"]
        try:
            code_page = languages.code_page(self.cleaned_data.get("language", ""))
            return as_webvtt(file.read(MOST_BYTES + 1), code_page)
        except CaptionsRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None


class RenameForm(forms.Form):
    """Spaces count: they may be what is to be replaced."""

    pattern = forms.CharField(
        label="New name",
        max_length=200,
        initial="{name}",
        strip=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
        error_messages={"required": "Say what they shall be called."},
    )
    find = forms.CharField(label="Replace", max_length=200, required=False, strip=False)
    replace = forms.CharField(label="with", max_length=200, required=False, strip=False)
    start = forms.IntegerField(label="Numbers from", min_value=0, max_value=999_999, initial=1)
    digits = forms.IntegerField(label="Digits", min_value=1, max_value=6, initial=1)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for unknown in unknown_in(cleaned.get("pattern") or ""):
            raise forms.ValidationError(f"There is no {unknown}: use {{name}} and {{number}}.")
        if cleaned.get("pattern") == "{name}" and not cleaned.get("find"):
            raise forms.ValidationError("Say what shall change.")
        return cleaned

    @property
    def details(self) -> dict[str, Any]:
        return Pattern(**self.cleaned_data).details
