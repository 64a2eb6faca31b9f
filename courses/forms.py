from typing import Any

from django import forms

from accounts import throttle
from accounts.forms import ThrottledForm
from accounts.models import User
from config.describing import OfVersion, PlainText
from courses import positions
from courses.models import Chapter, Course, Video

NO_TITLE = {"title": {"required": "A title is needed."}}


class CourseForm(forms.ModelForm[Course]):
    TEXTS = ("title", "description")

    class Meta:
        model = Course
        fields = ["title", "description"]
        widgets = {
            "title": forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 5}),
        }
        field_classes = {"description": PlainText}
        error_messages = NO_TITLE
        help_texts = {"description": "What will people be able to do after it?"}


class CourseSettingsForm(CourseForm):
    """Of each text with what the person saw: what they left alone is not written."""

    title_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    description_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, instance: Course) -> None:
        super().__init__(data, instance=instance)
        self.fields["title"].widget.attrs.pop("autofocus")
        for name in self.TEXTS:
            self.fields[name].show_hidden_initial = True
            self.fields[f"{name}_version"].initial = getattr(instance, f"{name}_version")


class CourseTitleForm(OfVersion, forms.ModelForm[Course]):
    class Meta:
        model = Course
        fields = ["title"]
        error_messages = NO_TITLE


class ChapterTitleForm(OfVersion, forms.ModelForm[Chapter]):
    class Meta:
        model = Chapter
        fields = ["title"]
        error_messages = NO_TITLE


class VideoTitleForm(OfVersion, forms.ModelForm[Video]):
    class Meta:
        model = Video
        fields = ["title"]
        error_messages = NO_TITLE


class MoveForm(forms.Form):
    """By steps from where it is, or to a place counted from 1; videos also to another chapter.

    Pages also say before which one that is: so it stands where it was dropped, whatever others move.
    """

    chapter = forms.UUIDField(required=False)
    steps = forms.IntegerField(min_value=-10_000, max_value=10_000, required=False)
    place = forms.IntegerField(min_value=1, max_value=10_000, required=False)
    before = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("steps") is None) == (given.get("place") is None):
            raise forms.ValidationError("Say a place, counted from 1.")
        return given

    @property
    def target(self) -> positions.Target:
        place, steps = self.cleaned_data["place"], self.cleaned_data["steps"]
        target = positions.to(place) if place else positions.by(steps)
        sibling = self.cleaned_data["before"]
        return positions.before(sibling, target) if sibling else target


class BulkMoveForm(MoveForm):
    """Of several there is no "up by one"."""

    chapter = forms.UUIDField()
    steps = forms.IntegerField(disabled=True, required=False)


class CoAuthorForm(ThrottledForm):
    person = forms.CharField(
        label="User name or e-mail address",
        max_length=254,
        error_messages={"required": "Say who it shall be."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, course: Course, address: str = "", **kwargs: Any) -> None:
        super().__init__(*args, address=address, **kwargs)
        self.course = course

    def clean_person(self) -> User:
        """Only the owner gets here; names that are nobody's are counted, for they tell who is there."""
        wanted = self.cleaned_data["person"]
        try:
            reservation = throttle.reserve_name(self.course.owner, self.address)
        except throttle.TooManyAttempts as refusal:
            raise self.refuse(refusal) from None
        people = User.objects.filter(is_active=True)
        person = (
            people.filter(username__iexact=wanted).first()
            or people.filter(email__iexact=wanted).exclude(email="").first()
        )
        if person is None:
            raise forms.ValidationError(
                "Nobody here has this name or address. Staff can make an account for them."
            )
        reservation.give_back()
        if person.pk == self.course.owner_id:
            raise forms.ValidationError("This is the owner of the course.")
        return person
