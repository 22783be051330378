"""Addresses of meetings, below `/c/<slug>/`."""

from django.urls import path

from .views.meetings import agenda, live, meeting, people, recorded

urlpatterns = [
    path("meetings/", meeting.meeting_list, name="meeting_list"),
    path("meetings/new/", meeting.meeting_new, name="meeting_new"),
    path("meetings/attendance/", meeting.meeting_attendance, name="meeting_attendance"),
    path("meetings/<int:meeting_id>/", meeting.meeting_detail, name="meeting_detail"),
    path("meetings/<int:meeting_id>/edit/", meeting.meeting_edit, name="meeting_edit"),
    path("meetings/<int:meeting_id>/notes/", meeting.meeting_notes, name="meeting_notes"),
    path("meetings/<int:meeting_id>/cancel/", meeting.meeting_cancel, name="meeting_cancel"),
    path("meetings/<int:meeting_id>/again/", meeting.meeting_again, name="meeting_again"),
    path("meetings/<int:meeting_id>/meeting.ics", meeting.meeting_file, name="meeting_file"),
    path("meetings/<int:meeting_id>/agenda/add/", agenda.item_add, name="meeting_item_add"),
    path("meetings/agenda/<int:agenda_item_id>/", agenda.item_edit, name="meeting_item_edit"),
    path("meetings/agenda/<int:agenda_item_id>/move/", agenda.item_move, name="meeting_item_move"),
    path("meetings/agenda/<int:agenda_item_id>/remove/", agenda.item_remove, name="meeting_item_remove"),
    path("meetings/<int:meeting_id>/people/", people.people_page, name="meeting_people"),
    path("meetings/<int:meeting_id>/people/find/", people.person_add, name="meeting_person_add"),
    path("meetings/<int:meeting_id>/people/guest/", people.guest_add, name="meeting_guest_add"),
    path("meetings/<int:meeting_id>/people/invite/", people.people_invite, name="meeting_invite"),
    path("meetings/people/<int:attendance_id>/remove/", people.person_remove, name="meeting_person_remove"),
    path("meetings/<int:meeting_id>/live/", live.live_page, name="meeting_live"),
    path("meetings/<int:meeting_id>/live/record/", live.live_record, name="meeting_record"),
    path("meetings/<int:meeting_id>/live/go/", live.live_go, name="meeting_go"),
    path("meetings/<int:meeting_id>/live/here/", live.live_arrive, name="meeting_arrive"),
    path("meetings/people/<int:attendance_id>/here/", live.live_mark, name="meeting_mark"),
    path("meetings/<int:meeting_id>/steps/", recorded.actions_to_steps, name="meeting_steps"),
    path("meetings/decisions/<int:decision_id>/", recorded.decision_edit, name="meeting_decision_edit"),
    path("meetings/decisions/<int:decision_id>/remove/", recorded.decision_remove, name="meeting_decision_remove"),
    path("meetings/actions/<int:meeting_action_id>/", recorded.action_edit, name="meeting_action_edit"),
    path("meetings/actions/<int:meeting_action_id>/remove/", recorded.action_remove, name="meeting_action_remove"),
    path("meetings/actions/<int:meeting_action_id>/done/", recorded.action_done, name="meeting_action_done"),
]
