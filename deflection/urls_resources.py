"""Addresses below `/c/<slug>/deflection/resources/`."""

from django.urls import path

from .views import guide, resource_import, resources

app_name = "resources"
urlpatterns = [
    path("", resources.resource_list, name="list"),
    path("file/<str:table_format>/", resources.resource_file, name="file"),
    path("new/", resources.resource_new, name="new"),
    path("import/", resource_import.list_import, name="import"),
    path("import/<int:resource_import_id>/", resource_import.list_import_detail, name="import_detail"),
    path("import/<int:resource_import_id>/left-out/", resource_import.list_import_refused, name="import_refused"),
    path("import/<int:resource_import_id>/undo/", resource_import.list_import_undo, name="import_undo"),
    path("share/", guide.resource_share, name="share"),
    path("share/public/", guide.guide_open, name="guide_open"),
    path("verify/", resources.resource_verify_list, name="verify_list"),
    path("verify/reminders/", resources.resource_reminders, name="reminders"),
    path("<int:resource_id>/", resources.resource_detail, name="detail"),
    path("<int:resource_id>/edit/", resources.resource_edit, name="edit"),
    path("<int:resource_id>/verify/", resources.resource_verify, name="verify"),
    path("<int:resource_id>/remove/", resources.resource_remove, name="remove"),
    path("<int:resource_id>/restore/", resources.resource_restore, name="restore"),
]
