"""What the links of a mail open, without a sign-in: the person's steps, and how often they get such mail."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from phast.access.actor import Actor
from phast.access.guards import ActorRequest, bearer, public
from phast.access.limits import is_too_often, limits_guesses
from phast.access.table import Action
from phast.ui.forms import tell
from plans import actions, digest
from plans.actions.mail import send_again, set_rhythm
from plans.enums import Rhythm, StepStatus
from plans.forms import UpdateForm
from plans.models import DigestMail, Step
from plans.selectors import is_overdue

from .common import kept_from_others, key_from

# What people mostly have to say comes first; the others are there for who needs them.
FIRST = (StepStatus.DONE, StepStatus.IN_PROGRESS, StepStatus.BLOCKED)
OTHERS = (StepStatus.NOT_STARTED, StepStatus.DROPPED)
ANSWERS, HOUR = 200, dt.timedelta(hours=1)  # from one place: an agency's people may share one


def answering(request: HttpRequest, token: str) -> Actor | None:
    """The person the mail went to, with no more reach than what is assigned to them now. None for a link we never made, and for one
    whose address is no longer theirs."""
    mail = digest.find_mail(token)
    owner = digest.owner_by(mail) if mail else None
    return owner.actor(mail.coalition) if mail and owner else None


@require_http_methods(["GET", "POST"])
@limits_guesses
@bearer(Action.STEP_UPDATE, answering)
def step_link(request: ActorRequest, token: str) -> HttpResponse:
    """The steps of that mail that are still theirs and unfinished, each with its buttons; POST says what became of one. Opening the
    page changes nothing: mail scanners open links, too."""
    mail = digest.find_mail(token)
    if mail is None:
        raise Http404
    if timezone.now() >= mail.expires_at:
        return _over(request, mail)
    steps = digest.steps_of(mail, request.actor)
    form, about = UpdateForm(), None
    if request.method == "POST":
        if is_too_often(request, "answers", at_most=ANSWERS, within=HOUR):
            return kept_from_others(render(request, "429.html", status=429))
        key = request.POST.get("step", "")
        about = get_object_or_404(steps, pk=key_from(key))
        form = UpdateForm(request.POST)
        if form.is_valid() and _said(form, about, mail, request.actor):
            return kept_from_others(redirect(f"{request.path}?saved={about.pk}"))
    waiting = list(steps)
    for step in waiting:
        step.overdue = is_overdue(step, step.plan, request.actor.coalition.today())
    saved = None if form.is_bound else _saved(request, mail)
    context = {
        "mail": mail,
        "coalition": request.actor.coalition,
        "steps": waiting,
        "saved": saved,
        "left": sum(step != saved for step in waiting),
        "form": form,
        "about": about,
        "first": FIRST,
        "others": OTHERS,
    }
    template = "plans/link.html" if waiting else "plans/link_done.html"
    return kept_from_others(render(request, template, context, status=422 if form.is_bound else 200))


def _said(form: UpdateForm, step: Step, mail: DigestMail, actor: Actor) -> bool:
    """Keeps the update. Somebody with an account said it as themselves: a mail to their address lets them sign in, too."""
    status = StepStatus(form.cleaned_data["status"])
    owner = digest.owner_by(mail)
    try:
        actions.update_step(
            step=step,
            status=status,
            note=form.cleaned_data["note"],
            by=actor,
            contact=owner.contact if owner else None,
        )
    except ValidationError as refused:
        tell(form, refused)
        return False
    return True


def _saved(request: ActorRequest, mail: DigestMail) -> Step | None:
    """The step of this mail that was saved a moment ago, if it is still theirs."""
    key = request.GET.get("saved", "")
    mine = Step.objects.visible_to(request.actor, Action.STEP_UPDATE).filter(pk__in=mail.steps.values("pk"))
    return mine.filter(pk=key_from(key)).first()


def _over(request: ActorRequest, mail: DigestMail) -> HttpResponse:
    """The link ran out. One click sends a fresh one to where it went; the answer is the same whether there is anything to send."""
    asked = request.method == "POST"
    if asked:
        send_again(mail=mail)
    context = {"coalition": mail.coalition, "expires_at": mail.expires_at, "asked": asked}
    return kept_from_others(render(request, "plans/link_over.html", context, status=410))


@csrf_exempt  # mail programs post here by themselves (RFC 8058), without a page or a cookie; the link is the secret
@require_http_methods(["GET", "POST"])
@limits_guesses
@public
def mail_choice(request: HttpRequest, token: str) -> HttpResponse:
    """How often the person gets mail about their steps, from the mail itself. The link works as long as mail goes to that
    address. A mail program's `List-Unsubscribe=One-Click` ends such mail."""
    subscription = digest.find_subscription(token)
    if subscription is None:
        raise Http404
    wanted = "never" if "List-Unsubscribe" in request.POST else request.POST.get("rhythm", "")
    context: dict[str, Any] = {"coalition": subscription.coalition, "rhythms": Rhythm, "saved": False}
    if request.method == "POST" and wanted in Rhythm.values:
        set_rhythm(subscription=subscription, rhythm=Rhythm(wanted), by=None)
        subscription.rhythm = wanted
        context["saved"] = True
    context["rhythm"] = Rhythm(subscription.rhythm)
    with timezone.override(ZoneInfo(subscription.coalition.time_zone)):
        return kept_from_others(render(request, "plans/unsubscribe.html", context))
