"""Addresses of approved versions."""

from django.urls import path

from plans.views import versions

urlpatterns = [
    path("<int:plan_id>/approve/", versions.plan_approve, name="approve"),
    path("<int:plan_id>/versions/", versions.version_list, name="versions"),
    path("<int:plan_id>/versions/compare/", versions.version_compare, name="version_compare"),
    path("versions/<int:plan_version_id>/", versions.version_detail, name="version"),
    path("versions/<int:plan_version_id>/withdraw/", versions.version_withdraw, name="version_withdraw"),
]
