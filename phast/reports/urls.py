"""Addresses below `/c/<slug>/reports/`."""

from django.urls import path

from . import views, views_many

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("new/", views.report_new, name="new"),
    path("request/", views.report_request, name="request"),
    path("preview/", views.report_preview, name="preview"),
    path("many/", views_many.batch_request, name="batch_request"),
    path("many/<int:report_batch_id>/", views_many.batch_detail, name="batch_detail"),
    path("many/<int:report_batch_id>/download", views_many.batch_download, name="batch_download"),
    path("many/<int:report_batch_id>/retry/", views_many.batch_retry, name="batch_retry"),
    path("regularly/", views_many.schedule_list, name="schedule_list"),
    path("regularly/add/", views_many.schedule_add, name="schedule_add"),
    path("regularly/<int:report_schedule_id>/edit/", views_many.schedule_edit, name="schedule_edit"),
    path("regularly/<int:report_schedule_id>/stop/", views_many.schedule_stop, name="schedule_stop"),
    path("<int:report_id>/", views.report_detail, name="detail"),
    path("<int:report_id>/download", views.report_download, name="download"),
    path("<int:report_id>/data/", views.report_data, name="data"),
    path("<int:report_id>/changes/", views.report_changes, name="changes"),
    path("<int:report_id>/retry/", views.report_retry, name="retry"),
]
