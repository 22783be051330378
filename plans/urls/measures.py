"""Addresses of measures."""

from django.urls import path

from plans.views import measures

urlpatterns = [
    path("<int:plan_id>/measures/", measures.measure_list, name="measures"),
    path("<int:plan_id>/measures/add/", measures.measure_add, name="measure_add"),
    path("measures/<int:measure_id>/", measures.measure_detail, name="measure"),
    path("measures/<int:measure_id>/edit/", measures.measure_edit, name="measure_edit"),
    path("measures/<int:measure_id>/remove/", measures.measure_remove, name="measure_remove"),
    path("measures/<int:measure_id>/restore/", measures.measure_restore, name="measure_restore"),
    path("measures/<int:measure_id>/values/add/", measures.value_add, name="measure_value_add"),
    path("measures/values/<int:measure_value_id>/edit/", measures.value_edit, name="measure_value_edit"),
    path("measures/values/<int:measure_value_id>/delete/", measures.value_delete, name="measure_value_delete"),
]
