"""Contacts; the roster as a file, from a file and as it is put in order. Below `/c/<slug>/`."""

from django.urls import path

from .views import contacts

urlpatterns = [
    path("partners/contacts/", contacts.contact_list, name="contact_list"),
    path("partners/<int:partner_id>/contacts/new/", contacts.contact_new, name="contact_new"),
    path("partners/contacts/<int:contact_id>/", contacts.contact_edit, name="contact_edit"),
    path("partners/contacts/<int:contact_id>/mended/", contacts.contact_mended, name="contact_mended"),
    path("partners/contacts/<int:contact_id>/remove/", contacts.contact_remove, name="contact_remove"),
]
