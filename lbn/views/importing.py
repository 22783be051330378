"""The pages of an import: the list and the upload, which column is what, the preview, how far it is, what came in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lbn.forms.importing import AgreeForm, ReadingForm, UploadForm
from lbn.importing.actions import agree, cancel_import, record_import, set_reading, start_import, undo_import
from lbn.importing.mend import mend_csv, mend_xlsx
from lbn.importing.preview import Preview
from lbn.importing.reading import Reading
from lbn.importing.source import opened
from lbn.importing.undo import outlook
from lbn.importing.upload import Look, likely_sheet, look_over, sheets_like
from lbn.models import ColumnMapping, Count, CountImport, KitType
from lbn.refusals import NotPossible
from lbn.selectors.agencies import agencies_for
from lbn.selectors.periods import unreported_in
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.exports import FORMATS
from phast.sheets.cells import letter_of
from phast.sheets.refused import FileRefused, PersonalFile

A_PAGE = 25
SHOWN_PROBLEMS = 10  # on the preview; the others have a page of their own
Stage = CountImport.Stage


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def import_list(request: ActorRequest) -> HttpResponse:
    """The upload, and the imports so far."""
    agencies = agencies_for(request.actor, Action.COUNTS_WRITE)
    everybody = request.actor.everywhere(Action.COUNTS_WRITE)
    # The coordinator says for whom when the columns are known: the file may name the agencies itself.
    form = UploadForm(request.POST or None, request.FILES or None, agencies=[] if everybody else agencies)
    if request.method == "POST" and form.is_valid() and agencies:
        own = {str(agency.pk): agency for agency in agencies}
        partner = None if everybody else own[form.cleaned_data.get("partner") or str(agencies[0].pk)]
        try:
            count_import = start_import(file=form.cleaned_data["file"], partner=partner, by=request.actor)
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect(_url(request, "import_columns", count_import))
    imports = (
        CountImport.objects.visible_to(request.actor, Action.COUNTS_WRITE).select_related("partner").defer("reading")
    )
    page = Paginator(imports, A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "agencies": agencies, "everybody": everybody}
    return render(request, "lbn/import_list.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def import_columns(request: ActorRequest, count_import_id: int) -> HttpResponse:
    """Which column is what. `sheet` and `header` in the address choose where to look."""
    count_import = _find(request, count_import_id)
    if not count_import.waits_for_person:
        return redirect(_url(request, "import_detail", count_import))
    sent = request.POST if request.method == "POST" else None
    own = Reading.from_json(count_import.reading) if count_import.reading.get("columns") else None
    try:
        look = _look(count_import, sent or request.GET, own)
    except FileRefused as refusal:
        context = {"count_import": count_import, "refusal": refusal}
        return render(request, "lbn/import_columns.html", context, status=422)
    everybody = request.actor.everywhere(Action.COUNTS_WRITE)
    mapping = None if own else _mapping(request, count_import, look)
    form = ReadingForm(
        sent,
        look=look,
        agencies=agencies_for(request.actor, Action.COUNTS_WRITE),
        kit_types=list(KitType.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(is_active=True)),
        today=request.actor.coalition.today(),
        before=Reading.from_json(mapping.reading)
        if mapping
        else own
        if own and own.signature == look.signature
        else None,
        partner=None if everybody else count_import.partner,
        likely=count_import.partner or (mapping.partner if mapping else None),
        label=count_import.file_label,
    )
    if sent is not None and form.is_valid():
        try:
            set_reading(count_import=count_import, reading=form.reading, partner=form.whose, by=request.actor)
        except (FileRefused, NotPossible) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_url(request, "import_detail", count_import))
    context = {
        "count_import": count_import,
        "look": look,
        "form": form,
        "first": look.first,
        "letters": [letter_of(index) for index in range(len(look.first[0][1]))],
        "mapping": mapping,
    }
    return render(request, "lbn/import_columns.html", context, status=422 if sent is not None else 200)


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def import_detail(request: ActorRequest, count_import_id: int) -> HttpResponse:
    """Where the import is: its progress, its preview with the questions (answered by POST), or what came in."""
    count_import = _find(request, count_import_id)
    if request.htmx:
        return _progress(request, count_import)
    if count_import.stage == Stage.UPLOADED:
        return redirect(_url(request, "import_columns", count_import))
    if count_import.stage == Stage.CHECKED and count_import.is_over:
        return _preview(request, count_import)
    if request.method == "POST":
        return redirect(_url(request, "import_detail", count_import))
    context: dict[str, Any] = {"count_import": count_import, "url": _url(request, "import_detail", count_import)}
    if count_import.stage in (Stage.IMPORTED, Stage.UNDONE):
        counts = Count.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(source=count_import)
        context |= {
            "preview": _words(count_import),
            "imported": count_import.findings["imported"],
            "unreported": unreported_in(count_import) if count_import.stage == Stage.IMPORTED else [],
            "page": Paginator(counts.select_related("partner", "kit_type").order_by("pk"), A_PAGE).get_page(
                request.GET.get("page")
            ),
        }
    return render(request, "lbn/import_detail.html", context)


@require_POST
@requires(Action.COUNTS_WRITE)
def import_cancel(request: ActorRequest, count_import_id: int) -> HttpResponse:
    """Gives the file up."""
    count_import = _find(request, count_import_id)
    try:
        cancel_import(count_import=count_import, by=request.actor)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect(_url(request, "import_detail", count_import))
    messages.success(request, "Nothing was imported, and the file is deleted.")
    return redirect("lbn:import_list", slug=request.actor.coalition.slug)


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def import_undo(request: ActorRequest, count_import_id: int) -> HttpResponse:
    """What undoing the import would do; a POST does it."""
    count_import = _find(request, count_import_id)
    if count_import.stage not in (Stage.IMPORTED, Stage.UNDOING):
        return redirect(_url(request, "import_detail", count_import))
    if request.method == "POST":
        try:
            undo_import(count_import=count_import, by=request.actor)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        return redirect(_url(request, "import_detail", count_import))
    return render(request, "lbn/import_undo.html", {"count_import": count_import, "outlook": outlook(count_import)})


@require_POST
@requires(Action.COUNTS_WRITE)
def import_mend(request: ActorRequest, count_import_id: int) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The rows that cannot be imported, with what to mend, as CSV or XLSX. A POST, because the download is written into the audit
    log."""
    count_import = _find(request, count_import_id)
    if count_import.stage != Stage.CHECKED or not count_import.file:
        return redirect(_url(request, "import_detail", count_import))
    record_import("import.errors_downloaded", count_import, request.actor)
    if request.POST.get("kind") == "xlsx":
        return FileResponse(
            mend_xlsx(count_import), as_attachment=True, filename=f"rows-to-mend-{count_import.pk}.xlsx"
        )
    response = StreamingHttpResponse(mend_csv(count_import), content_type=FORMATS["csv"])
    response["Content-Disposition"] = f'attachment; filename="rows-to-mend-{count_import.pk}.csv"'
    return response


@require_GET
@requires(Action.COUNTS_WRITE)
def import_problems(request: ActorRequest, count_import_id: int) -> HttpResponse:
    """The rows that were left out, page by page."""
    count_import = _find(request, count_import_id)
    if count_import.stage not in (Stage.CHECKED, Stage.IMPORTED, Stage.UNDONE):
        return redirect(_url(request, "import_detail", count_import))
    preview = _words(count_import)
    context = {"count_import": count_import, "preview": preview, "problems": preview.problems(request.GET.get("page"))}
    return render(request, "lbn/import_problems.html", context)


def _find(request: ActorRequest, count_import_id: int) -> CountImport:
    visible = CountImport.objects.visible_to(request.actor, Action.COUNTS_WRITE)
    return get_object_or_404(visible.select_related("coalition", "partner", "imported_by"), pk=count_import_id)


def _url(request: ActorRequest, name: str, count_import: CountImport) -> str:
    return resolve_url(f"lbn:{name}", slug=request.actor.coalition.slug, count_import_id=count_import.pk)


def _progress(request: ActorRequest, count_import: CountImport) -> HttpResponse:
    """The fragment the page asks for each second; once the work is over, the browser loads the page anew."""
    url = _url(request, "import_detail", count_import)
    if count_import.is_over:
        return HttpResponse(headers={"HX-Redirect": url})
    return render(request, "ui/_job.html", {"job": count_import, "poll_url": url, "back_url": url})


def _preview(request: ActorRequest, count_import: CountImport) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    preview = _words(count_import)
    form = AgreeForm(sent, questions=preview.questions)
    if sent is not None and form.is_valid():
        try:
            agree(count_import=count_import, answers=form.cleaned_data, by=request.actor)
        except (FileRefused, NotPossible) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_url(request, "import_detail", count_import))
    context = {
        "count_import": count_import,
        "preview": preview,
        "form": form,
        "reading": Reading.from_json(count_import.reading),
        "problems": preview.problems("1", SHOWN_PROBLEMS),
    }
    return render(request, "lbn/import_preview.html", context, status=422 if sent is not None else 200)


def _words(count_import: CountImport) -> Preview:
    reading = count_import.reading
    return Preview(count_import.findings, Reading.from_json(reading) if reading.get("columns") is not None else None)


def _mapping(request: ActorRequest, count_import: CountImport, look: Look) -> ColumnMapping | None:
    """How the agency's last file with these columns was read; for a coordinator who has not said whose it is, anybody's."""
    known = ColumnMapping.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(headers=look.signature)
    if count_import.partner:
        known = known.filter(partner=count_import.partner)
    return known.select_related("partner").order_by("-used_at").first()


def _look(count_import: CountImport, asked: Any, own: Reading | None) -> Look:
    """The sheet and header row that were asked for. Raises FileRefused."""
    sheet = asked.get("sheet") or (own.sheet if own else "")
    header = asked.get("header", "") or (str(own.header) if own and not asked.get("sheet") else "")
    try:
        with opened(count_import, sheet) as table:
            look = look_over(table, int(header) if header.isascii() and header.isdigit() and len(header) < 4 else None)
            if not sheet and not header:
                look = likely_sheet(look)
            return replace(look, same_sheets=sheets_like(look))
    except PersonalFile as refusal:
        raise FileRefused(f"{refusal} Cancel this import and the file is deleted.") from None
