"""Addresses below `/c/<slug>/reports/`."""

from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("new/", views.report_new, name="new"),
    path("request/", views.report_request, name="request"),
    path("preview/", views.report_preview, name="preview"),
    path("<int:report_id>/", views.report_detail, name="detail"),
    path("<int:report_id>/download", views.report_download, name="download"),
    path("<int:report_id>/data/", views.report_data, name="data"),
    path("<int:report_id>/changes/", views.report_changes, name="changes"),
    path("<int:report_id>/retry/", views.report_retry, name="retry"),
]
