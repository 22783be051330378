"""What every form view does when a form is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from phast.ui.forms import tell
from phast.versions import EditConflict


def submitted(request: HttpRequest, form: Any, save: Callable[[], Any]) -> bool:
    """True when the form was posted and saved. What stops it is on the form, which then keeps all that was typed.

    An action that compares versions goes with a `VersionedModelForm`.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        save()
    except EditConflict as conflict:
        form.show_both(conflict.current)
        return False
    except ValidationError as refusal:
        tell(form, refusal)
        return False
    return True


def status_of(form: Any) -> int:
    """The answer's status: 422 when the form came back with errors."""
    return 422 if form.errors else 200
