"""A clerk's month at a desk: all of an agency's ZIPs on one page, saved in one go."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from lbn.actions import submit_period
from lbn.actions.month import ChangedMeanwhile, Logged, PageReused, RowsAsk, RowsUnacceptable, log_month
from lbn.actions.standing import on_behalf
from lbn.forms import month as forms
from lbn.forms.pasting import read_block
from lbn.models import KitType, Period
from lbn.refusals import NotPossible, PeriodClosed
from lbn.selectors.month import Month, month_of, zips_before
from lbn.selectors.periods import Standing, board, reports_due
from lbn.selectors.training import warns_untrained
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .agency import pick_agency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalitions.models import Partner

CHANGED = (
    "What is counted in {} has changed since you opened this page. Nothing was saved. The page shows what is there now, and all "
    "that you typed: look at it, then save."
)
REUSED = "This page was saved before, with something else in it. What it shows now is not saved: look at it, then save."
EMPTY = "Enter a total for one place at least. A box that stays empty says nothing, not zero."
UNSAID = "Choose what your totals do to the kits that are counted already."


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def month_log(request: ActorRequest) -> HttpResponse:
    """The month's page. Its buttons beside "save" lay the rows out anew and save nothing."""
    partner, agencies = pick_agency(request, Action.COUNTS_WRITE)
    if partner is None:
        return render(request, "lbn/count_agency.html", {"agencies": agencies})
    page = _Page(request, partner, several=len(agencies) > 1)
    if request.method == "GET":
        return page.shown(forms.laid_out(page.month))
    do = request.POST.get("do", "")
    if do in ("last", "more", "paste", "zeros"):
        return page.laid_out_anew(do)
    return page.saved(report=do == "report" or request.POST.get("report") == "1")


class _Page:
    """The page of one agency and month, and the ways to answer."""

    def __init__(self, request: ActorRequest, partner: Partner, *, several: bool) -> None:
        self.request, self.partner, self.several = request, partner, several
        self.month = month_of(partner, _asked_month(request, partner))
        self.kit_types = list(KitType.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(is_active=True))

    # -------------------------------------------------------------- laid out
    def laid_out_anew(self, do: str) -> HttpResponse:
        """Last month's ZIPs, more empty rows, a pasted block, zeros put back: beside all that was typed."""
        kept, notes, pasted = forms.sent_rows(self.request.POST), [], ""
        if do == "last":
            _, codes = zips_before(self.partner, self.month.first)
            kept = forms.with_zips(kept, codes)
        elif do == "paste":
            block = read_block(self.request.POST.get("pasted", ""))
            kept, notes = forms.with_pasted(kept, block.rows), block.notes
            if block.rows:
                rows = len(block.rows)
                notes = [f"{rows} line{'' if rows == 1 else 's'} filled in. Look at them, then save.", *notes]
            else:
                pasted = self.request.POST.get("pasted", "")
        elif do == "zeros":
            kept = forms.with_zeros(kept)
        spare = forms.SPARE if do != "more" else 3 * forms.SPARE
        return self.shown(forms.laid_out(self.month, kept, spare=spare), notes=notes, pasted=pasted, focus=True)

    def shown(
        self, rows: Sequence[forms.Values], *, focus: bool = False, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The page with these values in its boxes. `focus`: the cursor goes to the first total that is missing."""
        form = forms.page_form(how=self.request.POST.get("how", ""))
        row_set = forms.row_set(kit_types=self.kit_types, month=self.month, initial=rows)
        if focus:
            empty = (row for row in row_set if not row["kits"].value())
            if first := next(empty, None):
                first.fields["kits"].widget.attrs["autofocus"] = True
        return self._render(form, row_set, status, zeros=forms.zeros_lost(rows), **more)

    # -------------------------------------------------------------- saved
    def saved(self, *, report: bool) -> HttpResponse:
        """Saves the totals, and reports the period when asked to; or the page again with what stands in the way."""
        form = forms.page_form(self.request.POST)
        row_set = forms.row_set(self.request.POST, kit_types=self.kit_types, month=self.month)
        well = form.is_valid()
        if not row_set.is_valid() or not well:
            zeros = forms.zeros_lost(forms.sent_rows(self.request.POST))
            return self._render(form, row_set, 422, report=report, zeros=zeros)
        rows = [_with_choice(row, form.cleaned_data["how"]) for row in row_set.rows()]
        if not rows and not (report and self.month.places):
            form.add_error(None, EMPTY)
            return self._render(form, row_set, 422, report=report)
        try:
            logged = rows and self._log(form, row_set, rows)
        except ChangedMeanwhile as changed:
            return self._again(CHANGED.format(", ".join(map(_where, changed.places))))
        except PageReused:
            return self._again(REUSED)
        except RowsAsk as asked:
            return self._render(form, row_set, 422, report=report, questions=_named(asked.questions, row_set))
        except RowsUnacceptable as wrong:
            _tell(form, row_set, wrong)
            return self._render(form, row_set, 422, report=report)
        except PeriodClosed as refusal:
            form.add_error(None, str(refusal))
            return self._render(form, row_set, 422, report=report)
        if logged:
            messages.success(self.request, _told(logged, self.month))
        if report:
            self._report()
        return redirect(self._url())

    def _log(self, form: Any, row_set: Any, rows: Sequence[Any]) -> Logged:
        return log_month(
            partner=self.partner,
            month=self.month.first,
            rows=rows,
            seen={row.key: row["seen"].value() for row in row_set if row.key},
            page_key=form.cleaned_data["page_key"],
            confirmed=self.request.POST.get("confirmed", "").split(),
            by=self.request.actor,
        )

    def _again(self, sentence: str) -> HttpResponse:
        """What is there now beside what was typed; the choice about what is there is to be made anew."""
        self.month = month_of(self.partner, self.month.first)
        kept = [values | {"how": ""} for values in forms.sent_rows(self.request.POST)]
        return self.shown(forms.laid_out(self.month, kept), status=422, changed=sentence)

    def _report(self) -> None:
        standing = self._standing()
        if standing is None or standing.report:
            return
        try:
            submit_period(period=standing.period, partner=self.partner, by=self.request.actor)
        except (NotPossible, PeriodClosed) as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, f"{standing.period} is reported. Thank you.")

    # -------------------------------------------------------------- told
    def _standing(self) -> Standing | None:
        """The agency in the reporting period that the month is in; None while there is no such period."""
        periods = Period.objects.visible_to(self.request.actor, Action.COUNTS_WRITE)
        period = periods.filter(from_on__lte=self.month.first, to_on__gte=self.month.last).first()
        if period is None:
            return None
        [line] = board(self.partner.coalition, [period], [self.partner])
        return line.standings[0]

    def _url(self, month: dt.date | None = None) -> str:
        query = {"agency": self.partner.pk} if self.several else {}
        first = month or self.month.first
        url = reverse("lbn:month_log", args=[self.request.actor.coalition.slug])
        return f"{url}?{urlencode(query | {'month': f'{first:%Y-%m}'})}"

    def _render(self, form: Any, row_set: Any, status: int, **more: Any) -> HttpResponse:
        today = self.partner.coalition.today()
        month_before, codes = zips_before(self.partner, self.month.first)
        there = {row.key or row["zip_code"].value() for row in row_set}
        questions = more.pop("questions", [])
        row_set.name_towns()
        standing = self._standing()
        context = {
            "partner": self.partner,
            "several": self.several,
            "on_behalf": on_behalf(self.request.actor, self.partner),
            "warns": warns_untrained(self.partner),
            "month": self.month,
            "is_over": self.month.last <= today,
            "standing": standing,
            # Nobody fills in what cannot be saved; what was typed before the period closed is shown all the same.
            "reads_only": bool(standing and standing.is_closed) and self.request.method == "GET",
            "may_reopen": self.request.actor.everywhere(Action.SETTINGS_MANAGE),
            "form": form,
            "rows": row_set,
            "blank": row_set.empty_form,
            "questions": questions,
            "agreeing": " ".join(question.token for _, question in questions),
            "last_month": month_before if set(codes) - there else None,
            "last_zips": len(set(codes) - there),
            "url": self._url(),
            "before_url": self._url(self.month.before),
            "after_url": self._url(self.month.after) if self.month.after <= today else "",
            "wrong": [row for row in row_set if row.errors] if row_set.is_bound else [],
        }
        defaults = {"report": False, "zeros": 0, "notes": [], "changed": "", "pasted": ""}
        return render(self.request, "lbn/month.html", defaults | more | context, status=status)


def _asked_month(request: ActorRequest, partner: Partner) -> dt.date:
    """The month of the address; else the one whose report is waited for the longest, else the last full one. Nonsense: 404."""
    today = partner.coalition.today()
    if asked := request.GET.get("month", ""):
        try:
            month = dt.datetime.strptime(asked, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
        except ValueError:
            raise Http404 from None
        if not partner.coalition.program_start.replace(day=1) <= month <= today:
            raise Http404
        return month
    due = reports_due([partner])
    return due[0].period.from_on if due else (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def _with_choice(row: Any, how: str) -> Any:
    """The row's own answer, else the page's."""
    said = {forms.REPLACE: True, forms.ADD: False}.get(how)
    return row if row.replaces is not None else replace(row, replaces=said)


def _where(key: str) -> str:
    return key if key.isdigit() else forms.label_of(key)


def _named(questions: Sequence[Any], row_set: Any) -> list[tuple[Any, Any]]:
    """Each question with its row."""
    return [(row_set.forms[number], question) for number, question in questions]


def _tell(form: Any, row_set: Any, wrong: RowsUnacceptable) -> None:
    for number, problem in wrong.problems:
        if problem.code == "unsaid":
            if not form.has_error("how"):
                form.add_error("how", UNSAID)
        elif problem.field == "partner":
            form.add_error(None, problem.sentence)
        else:
            row_set.forms[number].add_problem(problem)


def _told(logged: Logged, month: Month) -> str:
    places = f"{logged.places} place{'' if logged.places == 1 else 's'}"
    kits = f"{logged.kits:,} kit{'' if logged.kits == 1 else 's'}"
    gone = ""
    if logged.replaced:
        several = logged.replaced != 1
        gone = f" {logged.replaced} entr{'ies that your totals include are' if several else 'y that your total includes is'} taken out."
    return f"Saved for {month.name}: {kits} in {places}.{gone}"
