"""Contacts; the roster as a file, from a file and as it is put in order. Below `/c/<slug>/`."""

from django.urls import path

from .views import contacts, merging, roster_files, roster_import

urlpatterns = [
    path("partners/contacts/", contacts.contact_list, name="contact_list"),
    path("partners/<int:partner_id>/contacts/new/", contacts.contact_new, name="contact_new"),
    path("partners/contacts/<int:contact_id>/", contacts.contact_edit, name="contact_edit"),
    path("partners/contacts/<int:contact_id>/mended/", contacts.contact_mended, name="contact_mended"),
    path("partners/contacts/<int:contact_id>/remove/", contacts.contact_remove, name="contact_remove"),
    path("partners/files/<str:roster_part>.<str:table_format>", roster_files.roster_file, name="roster_file"),
    path("partners/import/", roster_import.roster_import, name="roster_import"),
    path("partners/import/<int:roster_import_id>/", roster_import.roster_import_detail, name="roster_import_detail"),
    path("partners/duplicates/", merging.duplicate_list, name="duplicate_list"),
    path("partners/duplicates/apart/", merging.duplicate_apart, name="duplicate_apart"),
    path(
        "partners/duplicates/told-apart/<int:told_apart_id>/", merging.duplicate_ask_again, name="duplicate_ask_again"
    ),
    path("partners/duplicates/<int:partner_merge_id>/undo/", merging.merge_undo, name="merge_undo"),
    path("partners/<int:partner_id>/merge/", merging.partner_merge, name="partner_merge"),
    path("partners/contacts/<int:contact_id>/merge/", merging.contact_merge, name="contact_merge"),
]
