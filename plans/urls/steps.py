"""Addresses of steps."""

from django.urls import path

from plans.views import files, meetings, money, radar, steps, tools

urlpatterns = [
    path("radar/", radar.radar_page, name="radar"),
    path("<int:plan_id>/steps/add/", steps.step_add, name="step_add"),
    path("steps/<int:step_id>/", steps.step_detail, name="step"),
    path("steps/<int:step_id>/more/", tools.step_more, name="step_more"),
    path("steps/<int:step_id>/edit/", steps.step_edit, name="step_edit"),
    path("steps/<int:step_id>/place/", steps.step_place, name="step_place"),
    path("steps/<int:step_id>/responsible/", steps.step_responsible, name="step_responsible"),
    path("steps/<int:step_id>/move/", steps.step_move, name="step_move"),
    path("steps/<int:step_id>/remove/", steps.step_remove, name="step_remove"),
    path("steps/<int:step_id>/restore/", steps.step_restore, name="step_restore"),
    path("steps/<int:step_id>/waits/", steps.step_waits, name="step_waits"),
    path("steps/<int:step_id>/money/", money.step_money, name="step_money"),
    path("steps/<int:step_id>/update/", steps.step_update, name="step_update"),
    path("steps/<int:step_id>/meeting/", meetings.step_meeting, name="step_meeting"),
    path("steps/<int:step_id>/files/add/", files.step_file_add, name="step_file_add"),
    path("files/<int:step_file_id>/", files.step_file, name="step_file"),
    path("files/remove/<int:step_file_id>/", files.step_file_remove, name="step_file_remove"),
]
