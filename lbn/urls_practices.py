"""Addresses of the eight practices, below `/c/<slug>/naloxone/`."""

from django.urls import path

from .views import practices

AT = "practices/assessments/<int:assessment_id>/"
urlpatterns = [
    path("practices/", practices.practice_agencies, name="practice_agencies"),
    path("practices/<int:partner_id>/", practices.practice_list, name="practice_list"),
    path("practices/<int:partner_id>/begin/", practices.assessment_begin, name="assessment_begin"),
    path(AT, practices.assessment_detail, name="assessment_detail"),
    path(f"{AT}<int:practice>/", practices.assessment_rate, name="assessment_rate"),
    path(f"{AT}finish/", practices.assessment_finish, name="assessment_finish"),
    path(f"{AT}remove/", practices.assessment_remove, name="assessment_remove"),
]
