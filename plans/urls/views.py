"""Addresses of the ways to look at steps across plans."""

from django.urls import path

from plans.views import across, board, bulk, export, timeline

urlpatterns = [
    path("steps/", across.step_list, name="steps"),
    path("steps/bulk/", bulk.steps_bulk, name="steps_bulk"),
    path("steps/export/", export.steps_export, name="steps_export"),
    path("board/", board.board, name="board"),
    path("board/<int:step_id>/", board.board_move, name="board_move"),
    path("timeline/", timeline.timeline_page, name="timeline"),
    path("by-partner/", across.by_partner, name="by_partner"),
]
