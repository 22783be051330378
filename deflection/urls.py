"""Addresses below `/c/<slug>/deflection/`."""

from django.urls import path

from .views import activities, evidence, figures, models, programs, progress

app_name = "deflection"
urlpatterns = [
    path("models/", models.model_list, name="model_list"),
    path("programs/", programs.program_list, name="program_list"),
    path("programs/new/", programs.program_new, name="program_new"),
    path("programs/<int:program_id>/", programs.program_detail, name="program_detail"),
    path("programs/<int:program_id>/edit/", programs.program_edit, name="program_edit"),
    path("programs/<int:program_id>/models/", programs.program_models, name="program_models"),
    path("programs/<int:program_id>/end/", programs.program_end, name="program_end"),
    path("programs/<int:program_id>/share/", programs.program_share, name="program_share"),
    path("programs/<int:program_id>/assign/", activities.program_assign, name="program_assign"),
    path("programs/<int:program_id>/progress/", progress.program_progress, name="program_progress"),
    path("programs/<int:program_id>/activities/new/", activities.activity_new, name="activity_new"),
    path("programs/<int:program_id>/training/", figures.training_list, name="training_list"),
    path("programs/training/<int:training_count_id>/remove/", figures.training_remove, name="training_remove"),
    path("programs/<int:program_id>/training/new/", figures.training_new, name="training_new"),
    path("programs/<int:program_id>/quarters/", figures.quarter_list, name="quarter_list"),
    path("programs/<int:program_id>/quarters/<str:quarter>/", figures.quarter_edit, name="quarter_edit"),
    path("activities/mine/", activities.activity_mine, name="activity_mine"),
    path("activities/<int:program_activity_id>/", activities.activity_detail, name="activity_detail"),
    path("activities/<int:program_activity_id>/update/", activities.activity_update, name="activity_update"),
    path("activities/<int:program_activity_id>/status/", activities.activity_status, name="activity_status"),
    path("activities/<int:program_activity_id>/take/", activities.activity_take, name="activity_take"),
    path("activities/<int:program_activity_id>/plan/", activities.activity_plan, name="activity_plan"),
    path("activities/<int:program_activity_id>/remove/", activities.activity_remove, name="activity_remove"),
    path("activities/<int:program_activity_id>/restore/", activities.activity_restore, name="activity_restore"),
    path("activities/<int:program_activity_id>/evidence/", evidence.evidence_add, name="evidence_add"),
    path("evidence/<int:evidence_id>/", evidence.evidence_open, name="evidence_open"),
    path("programs/evidence/<int:evidence_id>/remove/", evidence.evidence_remove, name="evidence_remove"),
]
