"""What a program counts: people trained, and its quarters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coalitions.views.submit import status_of, submitted
from deflection import actions
from deflection.forms.figures import STAFF_TRAINING, QuarterForm, TrainingForm
from deflection.models import Audience, QuarterCounts, Topic, TrainingCount
from deflection.models.indicator import FIGURES
from deflection.quarters import Quarter, quarters_over
from deflection.selectors import trained
from phast.access.guards import ActorRequest, requires
from phast.access.table import Action

from .common import find_program, of_program, url_of


# ------------------------------------------------------------------ training
@require_GET
@requires(Action.DEFLECTION_SEE)
def training_list(request: ActorRequest, program_id: int) -> HttpResponse:
    """People trained by audience and topic, and each training."""
    program = find_program(request, program_id, Action.DEFLECTION_SEE)
    rows = TrainingCount.objects.visible_to(request.actor, Action.DEFLECTION_SEE).filter(program=program)
    trainings = list(rows.select_related("audience", "partner").prefetch_related("topics"))
    sums, audiences = trained(trainings), list(Audience.objects.all())
    by_audience = {one.pk: sum(row.people for row in trainings if row.audience_id == one.pk) for one in audiences}
    context = of_program(request, program) | {
        "trainings": trainings,
        "audiences": [(one, by_audience[one.pk]) for one in audiences],
        "topics": [
            (topic, [(one.name, sums.get((one.pk, topic.pk), 0)) for one in audiences])
            for topic in Topic.objects.filter(activity=STAFF_TRAINING)
        ],
    }
    return render(request, "deflection/training_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Action.DEFLECTION_EDIT)
def training_new(request: ActorRequest, program_id: int) -> HttpResponse:
    """Counts people who were trained."""
    program = find_program(request, program_id, Action.DEFLECTION_EDIT)
    form = TrainingForm(request.POST if request.method == "POST" else None, program=program, actor=request.actor)

    def save() -> None:
        confirmed = request.POST.get("confirmed") == "yes"
        actions.count_training(program=program, **form.cleaned_data, confirmed=confirmed, by=request.actor)

    existing, saved = None, False
    try:
        saved = submitted(request, form, save)
    except actions.LooksAlike as alike:
        existing = alike.existing
    if saved:
        messages.success(request, "The training is counted.")
        return redirect("deflection:training_list", request.actor.coalition.slug, program.pk)
    context = of_program(request, program) | {"form": form, "existing": existing}
    return render(request, "deflection/training_new.html", context, status=409 if existing else status_of(form))


@require_POST
@requires(Action.DEFLECTION_EDIT)
def training_remove(request: ActorRequest, training_count_id: int) -> HttpResponse:
    """Takes out one that was entered by mistake."""
    rows = TrainingCount.objects.visible_to(request.actor, Action.DEFLECTION_EDIT)
    training = get_object_or_404(rows, pk=training_count_id)
    program = training.program_id
    was_evidence = actions.delete_training(training=training, by=request.actor)
    messages.success(request, f"The training is taken out{', also where it was evidence' if was_evidence else ''}.")
    return redirect("deflection:training_list", request.actor.coalition.slug, program)


# ------------------------------------------------------------------ quarters
@require_GET
@requires(Action.COUNTS_SEE)
def quarter_list(request: ActorRequest, program_id: int) -> HttpResponse:
    """The exact counts of each quarter that is over; others read releases."""
    program = find_program(request, program_id, Action.COUNTS_SEE)
    rows = QuarterCounts.objects.visible_to(request.actor, Action.COUNTS_SEE).filter(program=program)
    saved = {row.from_on: row for row in rows}
    quarters = quarters_over(request.actor.coalition.today(), since=program.starts_on, counted=list(saved))
    writable = request.actor.can(Action.COUNTS_WRITE)
    context = of_program(request, program) | {
        "rows": [
            (
                quarter,
                _figures(saved.get(quarter.from_on)),
                saved[quarter.from_on].doubts if quarter.from_on in saved else [],
                url_of(request, "quarter_edit", program.pk, quarter.slug) if writable else "",
            )
            for quarter in quarters
        ],
        "missing": [quarter for quarter in quarters if quarter.from_on not in saved],
    }
    return render(request, "deflection/quarter_list.html", context)


def _figures(row: QuarterCounts | None) -> list[tuple[str, Any]]:
    """A quarter's figures with their labels; None: not recorded."""
    label = {name: str(QuarterCounts._meta.get_field(name).verbose_name) for name in FIGURES}
    return [(label[name].capitalize(), getattr(row, name)) for name in FIGURES] if row else []


@require_http_methods(["GET", "POST"])
@requires(Action.COUNTS_WRITE)
def quarter_edit(request: ActorRequest, program_id: int, quarter: str) -> HttpResponse:
    """The counts of a quarter that is over."""
    program = find_program(request, program_id, Action.COUNTS_WRITE)
    asked = Quarter.named(quarter)
    if asked is None:
        raise Http404
    rows = QuarterCounts.objects.visible_to(request.actor, Action.COUNTS_WRITE).filter(program=program)
    row = rows.filter(from_on=asked.from_on).first()
    form = QuarterForm(
        request.POST if request.method == "POST" else None,
        instance=row or QuarterCounts(program=program, from_on=asked.from_on),
    )

    def save() -> None:
        actions.save_quarter(
            program=program,
            from_on=asked.from_on,
            values=form.values,
            version=form.opened_version,
            by=request.actor,
        )

    if submitted(request, form, save):
        if all(figure is None for figure in form.values.values()):
            messages.warning(request, f"All figures of {asked} are now not reported.")
        else:
            messages.success(request, f"The counts for {asked} are saved.")
        return redirect("deflection:quarter_list", request.actor.coalition.slug, program.pk)
    context = of_program(request, program) | {
        "form": form,
        "quarter": asked,
        "doubts": row.doubts if row else [],
        "runs": asked.to_on >= request.actor.coalition.today(),
    }
    return render(request, "deflection/quarter_edit.html", context, status=status_of(form))
