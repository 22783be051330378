"""Alerts: aggregate notices to partners, and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions import alerts as selectors
from coalitions.actions import alerts as actions
from coalitions.forms.alerts import AlertForm, AnswerForm, CorrectionForm
from coalitions.models import Alert, AlertReceipt
from coalitions.selectors import with_refusals
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action
from phast.jobs.models import JobState

from .submit import status_of, submitted

if TYPE_CHECKING:
    from phast.access.actor import Actor

PAGE = 50


@require_GET
@requires(Action.ALERTS_SEE)
def alert_list(request: ActorRequest) -> HttpResponse:
    """Current alerts, then past ones: for a partner's people those that their partner was told of."""
    actor, today = request.actor, request.actor.coalition.today()
    found = selectors.alerts_of(actor)
    now = list(selectors.current(found, today))
    past = found.exclude(pk__in=[alert.pk for alert in now])
    context = {
        "now": now,
        "page": Paginator(past, PAGE).get_page(request.GET.get("page")),
        "may_issue": actor.can(Action.ENGAGEMENT_EDIT),
        "sees_all": actor.everywhere(Action.ALERTS_SEE),
    }
    return render(request, "coalitions/alert_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def alert_new(request: ActorRequest) -> HttpResponse:
    """Issues an alert. It goes out at once."""
    form = AlertForm(request.POST or None, actor=request.actor)
    issued: list[Alert] = []
    if submitted(
        request,
        form,
        lambda: issued.append(actions.issue_alert(values=form.values, partners=form.partners, by=request.actor)),
    ):
        messages.success(request, "The alert is out. Below you see who has acknowledged it.")
        return redirect("coalitions:alert_detail", request.actor.coalition.slug, issued[0].pk)
    return render(request, "coalitions/alert_form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@requires(Action.ENGAGEMENT_EDIT)
def alert_correct(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Mends an alert that is out, and mails it again if asked."""
    alert = _alert(request, alert_id, Action.ENGAGEMENT_EDIT)
    form = CorrectionForm(
        request.POST or None, instance=_alert(request, alert_id, Action.ENGAGEMENT_EDIT), actor=request.actor
    )
    if submitted(
        request,
        form,
        lambda: actions.correct_alert(
            alert=alert,
            values=form.values,
            again=form.cleaned_data["again"],
            version=form.opened_version,
            by=request.actor,
        ),
    ):
        mailed = " It goes out by mail again." if form.cleaned_data["again"] else " Nobody was mailed."
        messages.success(request, f"Corrected.{mailed}")
        return redirect("coalitions:alert_detail", request.actor.coalition.slug, alert.pk)
    return render(request, "coalitions/alert_correct.html", {"form": form, "alert": alert}, status=status_of(form))


@require_GET
@requires(Action.ALERTS_SEE)
def alert_detail(request: ActorRequest, alert_id: int) -> HttpResponse:
    """The alert; for a partner's people their answer, for the coordinator everybody's."""
    return _page(request, _alert(request, alert_id, Action.ALERTS_SEE))


@require_http_methods(["GET", "POST"])
@requires(Action.ALERT_ANSWER)
def alert_answer(request: ActorRequest, alert_receipt_id: int) -> HttpResponse:
    """One tap acknowledges for the partner; what was done can go with it, or follow."""
    visible = AlertReceipt.objects.visible_to(request.actor, Action.ALERT_ANSWER).select_related("alert", "partner")
    receipt = get_object_or_404(visible, pk=alert_receipt_id)
    form = AnswerForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        response = form.cleaned_data["response"]
        actions.answer(receipt=receipt, response=response, by=request.actor)
        messages.success(
            request, f"Recorded for {receipt.partner}." if response else f"Acknowledged for {receipt.partner}."
        )
        return redirect("coalitions:alert_detail", request.actor.coalition.slug, receipt.alert_id)
    alert = _alert(request, receipt.alert_id, Action.ALERTS_SEE)
    return _page(request, alert, answered=receipt, form=form)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def alert_remind(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Sends the mail again to those who have not acknowledged it."""
    alert = _alert(request, alert_id, Action.ENGAGEMENT_EDIT)
    try:
        number = actions.remind(alert=alert, by=request.actor)
        messages.success(request, f"{number} partner{'' if number == 1 else 's'} reminded.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:alert_detail", request.actor.coalition.slug, alert.pk)


@require_POST
@requires(Action.ENGAGEMENT_EDIT)
def alert_end(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Ends it before it lapses."""
    alert = _alert(request, alert_id, Action.ENGAGEMENT_EDIT)
    try:
        actions.end_alert(alert=alert, by=request.actor)
        messages.success(request, "The alert is over. Nobody is asked to acknowledge it any more.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("coalitions:alert_detail", request.actor.coalition.slug, alert.pk)


def _page(
    request: ActorRequest, alert: Alert, *, answered: AlertReceipt | None = None, form: AnswerForm | None = None
) -> HttpResponse:
    """The alert's page, with a form for the person's own partners and for `answered`; with `form` it came back with errors."""
    actor = request.actor
    receipts = list(selectors.receipts_of(actor, alert))
    mails = with_refusals([mail for receipt in receipts for mail in receipt.mails.all()], "address")
    troubles = {mail.receipt_id: {} for mail in mails}
    for mail in mails:
        if mail.refusal or mail.state == JobState.FAILED:
            troubles[mail.receipt_id][mail.address] = (
                mail.refusal.get_reason_display() if mail.refusal else mail.message
            )
    may_issue = actor.can(Action.ENGAGEMENT_EDIT)
    addresses = selectors.addresses_of([receipt.partner for receipt in receipts]) if may_issue else {}
    rows: list[dict[str, Any]] = [
        {
            "receipt": receipt,
            "reachable": bool(addresses.get(receipt.partner_id)),
            "troubles": troubles.get(receipt.pk, {}),
            "own": receipt.partner_id in actor.own_partner_ids,
            "form": _form(receipt, actor, answered, form),
        }
        for receipt in receipts
    ]
    context = {
        "alert": alert,
        "is_current": selectors.is_current(alert, actor.coalition.today()),
        "mine": [row for row in rows if row["own"]],
        "others": [row for row in rows if not row["own"]],
        "silent": sum(row["receipt"].acknowledged_at is None for row in rows),
        "may_issue": may_issue,
    }
    return render(request, "coalitions/alert_detail.html", context, status=422 if form is not None else 200)


def _form(
    receipt: AlertReceipt, actor: Actor, answered: AlertReceipt | None, form: AnswerForm | None
) -> AnswerForm | None:
    """A form for what one partner did; None where nobody is about to say it: 300 forms are slow to read and to make."""
    is_answered = answered is not None and receipt.pk == answered.pk
    if not is_answered and receipt.partner_id not in actor.own_partner_ids:
        return None
    if is_answered and form is not None:
        return form
    return AnswerForm(initial={"response": receipt.response}, auto_id=f"id_{receipt.pk}_%s")


def _alert(request: ActorRequest, alert_id: int, action: Action) -> Alert:
    return get_object_or_404(Alert.objects.visible_to(request.actor, action).select_related("issued_by"), pk=alert_id)
