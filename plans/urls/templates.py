"""Addresses of templates and copies."""

from django.urls import path

from plans.views import templates

urlpatterns = [
    path("<int:plan_id>/copy/", templates.plan_copy, name="copy"),
    path("<int:plan_id>/archive/", templates.plan_archive, name="archive"),
    path("<int:plan_id>/unarchive/", templates.plan_unarchive, name="unarchive"),
]
