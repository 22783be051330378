"""How forms look and speak. Settings name `PortalRenderer`, so every form, formset and field wears this without being asked.

A form author chooses fields; dates become date pickers, whole numbers get a phone's number keys, errors are linked to their
fields and gathered in a summary that takes the focus.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import Input

from .templatetags.ui import local_date, local_time

if TYPE_CHECKING:
    from phast.versions import Versioned

# What a browser calls the control → its class in the theme; everything else is a text input.
CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxInput: "usa-checkbox__input",
    forms.CheckboxSelectMultiple: "usa-checkbox__input",
    forms.RadioSelect: "usa-radio__input",
    forms.Select: "usa-select",
    forms.Textarea: "usa-textarea",
    forms.FileInput: "file-input",
    Input: "usa-input",
}
# Django's own date and time boxes are plain text; browsers have better ones, which speak ISO 8601.
PICKERS: dict[type[forms.Widget], tuple[str, str]] = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    forms.TimeInput: ("time", "%H:%M"),
}


class PortalBoundField(forms.BoundField):
    """A field as the templates see it."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        widget = field.widget
        if type(widget) in PICKERS and getattr(widget, "input_type", "") == "text":
            widget.input_type, widget.format = PICKERS[type(widget)]
        elif type(widget) is forms.NumberInput and isinstance(field, forms.IntegerField):
            # `type=number` drops what it does not understand, changes on scrolling, and takes "1e3".
            widget.input_type = "text"
            widget.attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "usa-input--short"} | {
                key: value for key, value in widget.attrs.items() if key not in {"min", "max", "step"}
            }

    def __str__(self) -> str:
        """The control, after the hidden one that says what the field held: the look of a checkbox is drawn on the label next to it."""
        if self.field.show_hidden_initial:
            return self.as_hidden(only_initial=True) + self.as_widget()
        return self.as_widget()

    @property
    def kind(self) -> str:
        """Which of the three shapes the field has: "checkbox", "group" (a fieldset of options) or "input"."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        return "group" if widget.use_fieldset else "input"

    @property
    def target(self) -> str:
        """The id a link in the error summary goes to: the control itself, or the first option of a group."""
        if self.kind == "group" and self.subwidgets:
            return self.subwidgets[0].data["attrs"].get("id") or self.auto_id
        return self.id_for_label or self.auto_id

    @property
    def both(self) -> dict[str, Any] | None:
        """In a form whose record somebody else saved meanwhile: what each of the two has for this field."""
        return getattr(self.form, "conflicts", {}).get(self.name)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)  # Django adds aria-describedby and aria-invalid itself
        widget = widget or self.field.widget
        if widget.is_hidden:
            attrs.pop("aria-describedby", None)  # nobody hears a hidden control, and validators object
            return attrs
        look = next((name for kind, name in CLASSES.items() if isinstance(widget, kind)), "")
        wrong = " usa-input--error" if self.errors and look in {"usa-input", "usa-select", "usa-textarea"} else ""
        attrs["class"] = " ".join(filter(None, [widget.attrs.get("class", ""), look + wrong]))
        return attrs


def tell(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Puts what an action refused on the form: beside the fields it names; what the form has no field for, at its top."""
    named = getattr(refusal, "error_dict", None) or {None: refusal}
    for field, errors in named.items():
        form.add_error(field if field in form.fields else None, errors)


class PortalRenderer(TemplatesSetting):
    """Forms, formsets and fields in our look (setting FORM_RENDERER)."""

    form_template_name = "ui/forms/form.html"
    formset_template_name = "ui/forms/formset.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = PortalBoundField


class ZipInput(forms.TextInput):
    """A box for a five-digit ZIP; a ZIP+4 fits in, so that it can be typed and cut."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "inputmode": "numeric",
                "maxlength": "10",
                "pattern": r"\d{5}(-\d{4})?",
                "autocomplete": "off",
                "class": "usa-input--short",
            }
            | (attrs or {})
        )


class MonthInput(forms.DateInput):
    """A month picker. Browsers without one show a text box, which takes 2026-11 too."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m")


class MonthField(forms.DateField):
    """A month; its value is the first day."""

    widget = MonthInput
    input_formats = ("%Y-%m", "%m/%Y", "%B %Y", "%b %Y", "%Y-%m-%d")
    default_error_messages = {"invalid": "Enter a month, such as 2026-11."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Such as 2026-11.")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        return day.replace(day=1) if day else day


class WholeNumberField(forms.IntegerField):
    """A count: digits and nothing else, so "3.5", "1e3", "1_000" and "three" are errors, and " 3 " is 3."""

    default_error_messages = {"invalid": "Enter a whole number, such as 3."}

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = value.strip()
            if value and not (value.isascii() and value.removeprefix("-").isdigit()):
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class VersionedModelForm(forms.ModelForm):
    """A form over a `phast.versions.Versioned` record, which somebody else may be editing too.

    It carries the version it was opened with, and what each field held then. The view hands `form.opened_version` to the action;
    when that raises EditConflict, `form.show_both(conflict.current)` takes the saved value where this person changed nothing,
    and where both changed a field says what each of the two has (answer 422). Sent again, it keeps this person's values, save
    for the fields where they tick the saved one.
    """

    CHOICE = "use_saved"

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicts: dict[str, dict[str, str]] = {}
        self.fields["version"].initial = self.instance.version if self.instance.pk else None
        for name in self._compared() if self.instance.pk else ():
            # Django then sends along what the field held, so that `changed_data` means "changed by this person".
            self.fields[name].show_hidden_initial = True
        if self.is_bound and self.instance.pk:
            self._take_saved()

    @property
    def opened_version(self) -> int | None:
        """The version the person saw; None for a new record, 0 (which fits none) when the form came without it."""
        return (self.cleaned_data.get("version") or 0) if self.instance.pk else None

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the action."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def saved(self, current: Versioned) -> dict[str, Any]:
        """What the record holds for each field. A form with a field that is none of the record's adds what stands for it."""
        return forms.model_to_dict(current, fields=self.values)

    def show_both(self, current: Versioned) -> None:
        """After an edit conflict: notes both values of every field that both changed, and counts as opened now."""
        saved = self.saved(current)
        changed = set(self.changed_data)
        self.data = self.data.copy()
        for name in self._compared():
            if name not in saved or name not in self.values:
                continue
            field = self.fields[name]
            mine, theirs = (_shown(field, field.prepare_value(value)) for value in (self.values[name], saved[name]))
            seen = self._widget_data_value(field.hidden_widget(), self.add_initial_prefix(name))
            if name not in changed:
                self.data.setlist(self.add_prefix(name), _sent(field, saved[name]))
            elif mine != theirs and field.has_changed(saved[name], seen):
                self.conflicts[name] = {"yours": mine, "saved": theirs, "choice": self.add_prefix(self.CHOICE)}
            self.data.setlist(self.add_initial_prefix(name), _sent(field, saved[name]))
        self.data[self.add_prefix("version")] = str(current.version)
        self.add_error(
            None,
            "Somebody else saved this while you had it open. Nothing of yours is lost: each field that you both changed shows "
            "the two values. Keep yours or take the saved one, then save again.",
        )

    def _compared(self) -> list[str]:
        """The fields that two people could fill differently; a chosen file cannot be sent back to a browser."""
        return [
            name for name, field in self.fields.items() if name != "version" and not isinstance(field, forms.FileField)
        ]

    def _take_saved(self) -> None:
        """Puts the record's value where the person ticked "use the saved one"."""
        chosen = set(self.data.getlist(self.add_prefix(self.CHOICE))) if hasattr(self.data, "getlist") else set()
        if not chosen:
            return
        self.data = self.data.copy()
        for name in chosen & set(self._compared()):
            field = self.fields[name]
            self.data.setlist(self.add_prefix(name), _sent(field, self.get_initial_for_field(field, name)))


def _sent(field: forms.Field, value: Any) -> list[str]:
    """A field's value as a browser sends it."""
    value = field.prepare_value(value)
    listed = value if isinstance(value, list | tuple) else [] if value in (None, "", False) else [value]
    return [str(each) for each in listed]


def _shown(field: forms.Field, value: Any) -> str:
    """A field's value in words."""
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return local_time(value)
    if isinstance(value, dt.date):
        return local_date(value)
    listed = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
    choices = getattr(field, "choices", ())
    words = {str(key): str(label) for key, label in choices if not isinstance(label, list | tuple)}
    return ", ".join(words.get(str(each), str(each)) for each in listed)
