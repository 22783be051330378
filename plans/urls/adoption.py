"""Addresses of the adoption grid."""

from django.urls import path

from plans.views import adoption

CELL = "adoption/<int:intervention_id>/partners/<int:partner_id>/"

urlpatterns = [
    path("<int:plan_id>/adoption/", adoption.adoption_grid, name="adoption"),
    path("<int:plan_id>/adoption/add/", adoption.intervention_add, name="intervention_add"),
    path("adoption/<int:intervention_id>/", adoption.intervention, name="intervention"),
    path("adoption/<int:intervention_id>/edit/", adoption.intervention_edit, name="intervention_edit"),
    path("adoption/<int:intervention_id>/move/", adoption.intervention_move, name="intervention_move"),
    path("adoption/<int:intervention_id>/remove/", adoption.intervention_remove, name="intervention_remove"),
    path("adoption/<int:intervention_id>/restore/", adoption.intervention_restore, name="intervention_restore"),
    path(CELL, adoption.stance, name="stance"),
    path(f"{CELL}edit/", adoption.stance_edit, name="stance_edit"),
    path("adoption/entries/<int:stance_id>/remove/", adoption.stance_remove, name="stance_remove"),
    path("adoption/entries/<int:stance_id>/barrier/", adoption.stance_barrier, name="stance_barrier"),
]
