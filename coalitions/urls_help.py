"""Addresses of requests for help, alerts, and a parent's children: below `/c/<slug>/`, and `root` without a coalition's people."""

from django.urls import path

from .views import alerts, ask, children, requests

urlpatterns = [
    path("partners/requests/", requests.request_list, name="request_list"),
    path("partners/requests/table.<str:table_format>", requests.request_table, name="request_table"),
    path("partners/requests/<int:help_request_id>/", requests.request_detail, name="request_detail"),
    path("partners/requests/<int:help_request_id>/contact/", requests.request_contact, name="request_contact"),
    path("partners/requests/<int:help_request_id>/standing/", requests.request_standing, name="request_standing"),
    path("partners/requests/<int:help_request_id>/welcome/", requests.request_welcome, name="request_welcome"),
    path(
        "partners/requests/contacts/<int:help_contact_id>/remove/",
        requests.request_contact_remove,
        name="request_contact_remove",
    ),
    path("partners/alerts/", alerts.alert_list, name="alert_list"),
    path("partners/alerts/new/", alerts.alert_new, name="alert_new"),
    path("partners/alerts/<int:alert_id>/", alerts.alert_detail, name="alert_detail"),
    path("partners/alerts/<int:alert_id>/correct/", alerts.alert_correct, name="alert_correct"),
    path("partners/alerts/<int:alert_id>/remind/", alerts.alert_remind, name="alert_remind"),
    path("partners/alerts/<int:alert_id>/end/", alerts.alert_end, name="alert_end"),
    path("partners/alerts/answers/<int:alert_receipt_id>/", alerts.alert_answer, name="alert_answer"),
    path("children/", children.child_list, name="child_list"),
    path("children/requests/", requests.child_request_list, name="child_request_list"),
    path("children/requests/table.<str:table_format>", requests.child_request_table, name="child_request_table"),
    path("children/<slug:child>/releases/<int:release_number>/", children.child_release, name="child_release"),
    path(
        "children/<slug:child>/releases/<int:release_number>/table.<str:table_format>",
        children.child_release_file,
        name="child_release_file",
    ),
    path("settings/parent/", children.parent, name="parent"),
    path("settings/parent/leave/", children.parent_leave, name="parent_leave"),
    path("settings/parent/children/", children.child_decide, name="child_decide"),
]
root = [
    path("ask/<slug:slug>/", ask.ask, name="ask"),
    path("ask/<slug:slug>/sent/", ask.ask_sent, name="ask_sent"),
    path("ask/<slug:slug>/flyer/", ask.ask_flyer, name="ask_flyer"),
    path("ask/<slug:slug>/code.svg", ask.ask_code, name="ask_code"),
    path("asked/<str:token>/", ask.ask_confirm, name="ask_confirm"),
]
