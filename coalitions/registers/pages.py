"""The pages of a register: made from what it says about itself."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from tablib import Dataset

from coalitions.actions import entries as actions
from coalitions.views.submit import status_of, submitted
from phast.access.guards import ActorRequest, requires
from phast.exports import FORMATS, as_file, plain
from phast.history import history
from phast.ui.templatetags.ui import local_date, local_time

from .base import Register

PER_PAGE = 50


def addresses(register: Register) -> list[URLPattern]:
    """The register's addresses, below `/c/<slug>/`. An entry's key is called after its model, as the access tests expect."""
    at, name = register.segment, register.name
    entry = f"{at}<int:{register.key}>/"
    found = [
        path(at, _list(register), name=f"{name}_list"),
        path(f"{at}new/", _new(register), name=f"{name}_new"),
        path(f"{at}table.<str:table_format>", _table(register), name=f"{name}_table"),
        path(entry, _entry(register), name=f"{name}_detail"),
        path(f"{entry}edit/", _edit(register), name=f"{name}_edit"),
        path(f"{entry}remove/", _remove(register), name=f"{name}_remove"),
    ]
    if register.keeps_files:
        found.append(path(f"{entry}file/", _file(register), name=f"{name}_file"))
    return found


# ------------------------------------------------------------------ looking
def _list(register: Register) -> Any:
    @require_GET
    @requires(register.see)
    def entry_list(request: ActorRequest) -> HttpResponse:
        form = _filters(register, request)
        page = Paginator(_found(register, request, form), PER_PAGE).get_page(request.GET.get("page"))
        context = {
            "register": register,
            "page": page,
            "rows": [(entry, _url(register, request, "detail", entry), _cells(register, entry)) for entry in page],
            "form": form,
            "narrowed": any(form.cleaned_data.values()) if form.is_valid() else False,
            "may_edit": request.actor.can(register.edit),
            "list_url": _url(register, request, "list"),
            "section_url": _section(register, request),
            "new_url": _url(register, request, "new"),
            "tables": [(kind.upper(), _table_url(register, request, kind)) for kind in FORMATS],
            **register.about_list(request.actor),
        }
        return render(request, register.list_template, context)

    return entry_list


def _table(register: Register) -> Any:
    @require_GET
    @requires(register.see)
    def entry_table(request: ActorRequest, table_format: str) -> HttpResponse:
        """What the list shows, narrowed in the same way, as a file for a spreadsheet."""
        if table_format not in FORMATS:
            raise Http404
        data = Dataset(headers=[column.head for column in register.columns], title=register.title)
        for entry in _found(register, request, _filters(register, request)):
            data.append([plain((column.figure or column.text)(entry)) for column in register.columns])
        return as_file(data, register.segment.strip("/").replace("/", "-"), table_format)

    return entry_table


def _entry(register: Register) -> Any:
    @require_GET
    @requires(register.see)
    def entry_detail(request: ActorRequest, **key: int) -> HttpResponse:
        entry = _get(register, request, key)
        may_edit = _rows(register, request, register.edit).filter(pk=entry.pk).exists()
        context = {
            "register": register,
            "entry": entry,
            "facts": [
                (*fact, register.notes[name](entry) if name in register.notes else "")
                for name in register.facts
                if (fact := _fact(entry, name))
            ],
            "file_url": _url(register, request, "file", entry) if register.keeps_files and entry.file else "",
            "may_edit": may_edit,
            "list_url": _url(register, request, "list"),
            "section_url": _section(register, request),
            "edit_url": _url(register, request, "edit", entry),
            "remove_url": _url(register, request, "remove", entry),
            "moments": history(entry) if may_edit and hasattr(entry, "events") else [],
            **register.about_entry(request.actor, entry),
        }
        return render(request, register.entry_template, context)

    return entry_detail


def _file(register: Register) -> Any:
    @require_GET
    @requires(register.see)
    def entry_file(request: ActorRequest, **key: int) -> HttpResponse | FileResponse:
        entry = _get(register, request, key)
        if not entry.file:
            raise Http404
        response = FileResponse(entry.file.open(), as_attachment=True, filename=entry.file_name)
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return entry_file


# ------------------------------------------------------------------ writing
def _new(register: Register) -> Any:
    @require_http_methods(["GET", "POST"])
    @requires(register.edit)
    def entry_new(request: ActorRequest) -> HttpResponse:
        form = register.form(request.POST or None, request.FILES or None, actor=request.actor)
        saved: list[Any] = []
        if submitted(
            request,
            form,
            lambda: saved.append(
                actions.add_entry(
                    register.model, values=form.values, file=form.cleaned_data.get("upload"), by=request.actor
                )
            ),
        ):
            messages.success(request, "Saved.")
            return redirect(_url(register, request, "detail", saved[0]))
        return _form_page(register, request, form, None)

    return entry_new


def _edit(register: Register) -> Any:
    @require_http_methods(["GET", "POST"])
    @requires(register.edit)
    def entry_edit(request: ActorRequest, **key: int) -> HttpResponse:
        entry = _get(register, request, key, register.edit)
        called = str(entry)
        form = register.form(request.POST or None, request.FILES or None, instance=entry, actor=request.actor)
        if submitted(
            request,
            form,
            lambda: actions.edit_entry(
                entry=register.model.objects.get(pk=entry.pk),
                values=form.values,
                version=form.opened_version,
                file=form.cleaned_data.get("upload"),
                drop_file=bool(form.cleaned_data.get("drop_file")),
                by=request.actor,
            ),
        ):
            messages.success(request, "Saved.")
            return redirect(_url(register, request, "detail", entry))
        return _form_page(register, request, form, entry, called)

    return entry_edit


def _remove(register: Register) -> Any:
    @require_POST
    @requires(register.edit)
    def entry_remove(request: ActorRequest, **key: int) -> HttpResponse:
        entry = _get(register, request, key, register.edit)
        called = str(entry)
        try:
            actions.remove_entry(entry=entry, by=request.actor)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect(_url(register, request, "detail", entry))
        messages.success(request, f"“{called}” is removed.")
        return redirect(_url(register, request, "list"))

    return entry_remove


def _form_page(register: Register, request: ActorRequest, form: Any, entry: Any, called: str = "") -> HttpResponse:
    context = {
        "register": register,
        "form": form,
        "entry": entry,
        "called": called,
        "list_url": _url(register, request, "list"),
        "section_url": _section(register, request),
        "back_url": _url(register, request, "detail", entry) if entry else _url(register, request, "list"),
    }
    return render(request, "coalitions/register_form.html", context, status=status_of(form))


# ------------------------------------------------------------------ what they share
def _rows(register: Register, request: ActorRequest, action: Any = None) -> QuerySet:
    rows = register.model.objects.visible_to(request.actor, action or register.see)
    return rows.select_related(*register.together) if register.together else rows


def _get(register: Register, request: ActorRequest, key: dict[str, int], action: Any = None) -> Any:
    return get_object_or_404(_rows(register, request, action), pk=key[register.key])


def _found(register: Register, request: ActorRequest, form: forms.Form) -> QuerySet:
    rows = _rows(register, request)
    wanted = form.cleaned_data if form.is_valid() else {}
    for name in register.filters:
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    for choice in register.choices:
        if wanted.get(choice.name):
            rows = choice.narrow(rows, wanted[choice.name], request.actor.coalition.today())
    if text := wanted.get("text"):
        rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": text}) for field in register.search)))
    return rows.order_by(*register.order) if register.order else rows


def _filters(register: Register, request: ActorRequest) -> forms.Form:
    """The filter bar; a value that is no choice narrows nothing."""
    form = forms.Form(request.GET or {})
    form.fields["text"] = forms.CharField(label="Find", required=False, max_length=100)
    for name in register.filters:
        field = register.model._meta.get_field(name)
        form.fields[name] = forms.ChoiceField(
            label=str(field.verbose_name).capitalize(), choices=[("", "All"), *field.flatchoices], required=False
        )
    for choice in register.choices:
        form.fields[choice.name] = forms.ChoiceField(
            label=choice.label, choices=[("", "All"), *choice.choices], required=False
        )
    return form


def _url(register: Register, request: ActorRequest, page: str, entry: Any = None) -> str:
    slug, app = request.actor.coalition.slug, register.model._meta.app_label
    return reverse(f"{app}:{register.name}_{page}", args=[slug, entry.pk] if entry is not None else [slug])


def _section(register: Register, request: ActorRequest) -> str:
    """The first page of the part of the portal it stands in; empty when it is a part of its own."""
    page = register.section_page
    return reverse(page, args=[request.actor.coalition.slug]) if page else ""


def _table_url(register: Register, request: ActorRequest, kind: str) -> str:
    app = register.model._meta.app_label
    url = reverse(f"{app}:{register.name}_table", args=[request.actor.coalition.slug, kind])
    return f"{url}?{request.GET.urlencode()}" if request.GET else url


def _cells(register: Register, entry: Any) -> list[tuple[Any, str, str, str, str]]:
    """The cells after the first, which is the link to the entry: column, class, text, a note and an address where there are any."""
    return [
        (
            column,
            "nowrap" if isinstance(value := column.text(entry), dt.date) else "",
            _said(value),
            column.note(entry) if column.note else "",
            column.url(entry) if column.url else "",
        )
        for column in register.columns[1:]
    ]


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return local_time(value)
    return local_date(value) if isinstance(value, dt.date) else str(value)


def _fact(entry: Any, name: str) -> tuple[str, str, bool] | None:
    """A field as the entry's page shows it: what it is called, what it holds, and whether that is a text of several lines."""
    if name == "dollars":
        return ("Amount", entry.dollars, False) if entry.dollars else None
    field = entry._meta.get_field(name)
    if field.many_to_many:
        value = ", ".join(str(row) for row in getattr(entry, name).all())
    elif field.choices:
        value = getattr(entry, f"get_{name}_display")()
    else:
        value = _said(getattr(entry, name))
    label = str(field.verbose_name)
    return (label[:1].upper() + label[1:], value, field.get_internal_type() == "TextField") if value else None
