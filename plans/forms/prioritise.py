"""Votes on recommendations, and what is decided about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from plans.enums import Decision
from plans.models import Recommendation, Vote
from plans.models.vote import POINTS

SCALES = ("impact", "feasibility")


class VoteForm(forms.Form):
    """Two scales for each recommendation. One that is left out on both stays as it was.

    `partial`: a form that is saved while it is filled in: where one of the two is missing still, nobody is told off.
    """

    def __init__(
        self,
        *args: Any,
        recommendations: Iterable[Recommendation],
        votes: Mapping[int, Vote],
        partial: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.recommendations, self.partial = list(recommendations), partial
        for recommendation in self.recommendations:
            for scale in SCALES:
                self.fields[f"{scale}_{recommendation.pk}"] = forms.TypedChoiceField(
                    label=f"{scale.title()}: {recommendation}",
                    choices=[(point, str(point)) for point in POINTS],
                    coerce=int,
                    required=False,
                    widget=forms.RadioSelect,
                    initial=getattr(votes.get(recommendation.pk), scale, None),
                )

    def clean(self) -> None:
        for recommendation in self.recommendations:
            said = [self.cleaned_data.get(f"{scale}_{recommendation.pk}") for scale in SCALES]
            if any(said) and not all(said) and not self.partial:
                scale = SCALES[said.index("")] if "" in said else SCALES[0]
                self.add_error(f"{scale}_{recommendation.pk}", f"Choose the {scale} too.")

    @property
    def votes(self) -> dict[int, tuple[int, int]]:
        """What was said on both scales, by the key of the recommendation."""
        said = {
            each.pk: (self.cleaned_data.get(f"impact_{each.pk}"), self.cleaned_data.get(f"feasibility_{each.pk}"))
            for each in self.recommendations
        }
        return {key: (impact, feasibility) for key, (impact, feasibility) in said.items() if impact and feasibility}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the page: each recommendation with its number and its two scales."""
        return [
            {
                "number": number,
                "recommendation": each,
                "scales": [self._scale(f"{scale}_{each.pk}", scale) for scale in SCALES],
            }
            for number, each in enumerate(self.recommendations, 1)
        ]

    def _scale(self, name: str, scale: str) -> dict[str, Any]:
        chosen = str(self[name].value() or "")
        points = [(point, f"id_{name}_{place}", str(point) == chosen) for place, point in enumerate(POINTS)]
        return {"name": name, "label": scale.title(), "points": points, "errors": self[name].errors}


class DecisionForm(forms.Form):
    """What the coalition decided about a recommendation, and why."""

    NONE = "none"

    decision = forms.ChoiceField(
        label="What is decided",
        choices=[*Decision.choices, (NONE, "Not decided yet")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is decided."},
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        required=False,
        help_text="Such as: the most impact, and two agencies offered to begin.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, recommendation: Recommendation, **kwargs: Any) -> None:
        decided = recommendation.decided_at
        initial = {
            "decision": recommendation.decision,
            "reason": recommendation.decision_reason,
            "seen": decided.isoformat() if decided else "",
        }
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> None:
        said = self.cleaned_data
        if said.get("decision") not in (None, self.NONE) and not said.get("reason"):
            self.add_error("reason", "Say why, in a few words: it is what people will ask.")

    def clean_seen(self) -> Any:
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    @property
    def decided(self) -> Decision | None:
        said = self.cleaned_data["decision"]
        return None if said == self.NONE else Decision(said)

    def show_meanwhile(self, current: Recommendation) -> None:
        """After somebody else decided: counts as opened now, so that saving again records this one."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = current.decided_at.isoformat() if current.decided_at else ""
