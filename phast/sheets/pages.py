"""The pages on which a spreadsheet comes in: it is uploaded, then looked at until it is brought in or given up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from phast.access.actor import Actor
from phast.access.guards import ActorRequest
from phast.ui.forms import tell

from .actions import answer, give_up
from .refused import FileRefused
from .waiting import WaitingSheet


def taken(form: Form, start: Callable[..., WaitingSheet], by: Actor) -> WaitingSheet | None:
    """The upload, when its file is one we take; otherwise the form says why not. `start`: the action that keeps it."""
    if form.is_valid():
        try:
            return start(**form.cleaned_data, by=by)
        except FileRefused as refused:
            form.add_error("file", str(refused))
    return None


class SheetPage(ABC):
    """One spreadsheet as it would come in, with what has to be said before. POST keeps the answers, brings it in, or gives it up.

    `uploads` and `url`: the names of the upload page and of this one; `what`: what its rows are.
    """

    template: ClassVar[str]
    uploads: ClassVar[str]
    url: ClassVar[str]
    what: ClassVar[str] = "rows"

    def __init__(self, request: ActorRequest, sheet: Any) -> None:
        self.request, self.sheet = request, sheet
        self.page = request.GET.get("page")  # of the questions, where they are many

    @abstractmethod
    def form(self, data: Any = None) -> Any:
        """The questions and columns: a `phast.sheets.forms.ColumnsForm`."""

    @abstractmethod
    def bring_in(self, form: Any) -> HttpResponse:
        """Brings it in, says so and leads there. Raises ValidationError."""

    @abstractmethod
    def context(self, form: Any) -> dict[str, Any]:
        """What the template needs besides `sheet`, `form` and `reading`: `found`, what would come in, and what is this kind's own."""

    def response(self) -> HttpResponse:
        """What the view answers."""
        if self.sheet.finished_at is not None:
            return self.over()
        if self.request.method != "POST":
            form = self.form()
        else:
            do = self.request.POST.get("do", "")
            if do == "give-up":
                return self._give_up()
            form = self.form(self.request.POST)
            if form.is_valid() and self._keeps_answers(form):
                if do != "bring-in":
                    return self._here()
                if moved := self._moved(form):
                    messages.info(self.request, f"{moved} Look at the {self.what} before you bring them in.")
                    return self._here()
                try:
                    return self.bring_in(form)
                except ValidationError as refused:
                    form = self._refused(refused)
        context = {"sheet": self.sheet, "form": form, "reading": form.reading, **self.context(form)}
        return render(self.request, self.template, context, status=422 if form.is_bound else 200)

    def over(self) -> HttpResponse:
        """For somebody who comes back to it when it is over."""
        messages.info(self.request, self.sheet.OVER)
        return self._to_uploads()

    def _moved(self, form: Any) -> str:
        """Why other values would come in than those that were looked at; empty where they are the same."""
        if form.moves_columns:
            return "Other cells are read now."
        if form.prefers_anew and self.form().reading.differs:
            return "Other values come in now."
        return ""

    def _keeps_answers(self, form: Any) -> bool:
        try:
            self.sheet.answers = answer(sheet=self.sheet, answers=form.answers, by=self.request.actor).answers
        except ValidationError as refused:
            tell(form, refused)
            return False
        return True

    def _refused(self, refused: ValidationError) -> Any:
        """The form that says why nothing came in, beside the questions that are open."""
        form = self.form(self.request.POST)
        form.is_valid()
        if not form.mark_open():
            form.add_error(None, refused.messages)
        return form

    def _give_up(self) -> HttpResponse:
        try:
            give_up(sheet=self.sheet, by=self.request.actor)
        except ValidationError as refused:
            messages.warning(self.request, refused.messages[0])
        else:
            messages.info(self.request, f"“{self.sheet.name}” was given up. Nothing of it was kept.")
        return self._to_uploads()

    def _here(self) -> HttpResponse:
        here = reverse(self.url, args=[self.request.actor.coalition.slug, self.sheet.pk])
        return redirect(f"{here}?page={self.page}" if self.page and self.page.isdigit() else here)

    def _to_uploads(self) -> HttpResponse:
        return redirect(self.uploads, self.request.actor.coalition.slug)
