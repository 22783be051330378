"""Addresses of standard operating procedures, below `/c/<slug>/naloxone/sop/`."""

from django.urls import path

from .views import sop, sop_draft

_VERSION = "sop/version/<int:sop_version_id>/"
_SECTION = f"{_VERSION}section/<slug:section>/"

SOP = [
    path("sop/", sop.sop_agencies, name="sop"),
    path("sop/model/", sop.sop_model, name="sop_model"),
    path("sop/model/begin/", sop.sop_model_begin, name="sop_model_begin"),
    path("sop/model/differences/", sop.sop_model_compare, name="sop_model_compare"),
    path("sop/<int:partner_id>/", sop.sop_list, name="sop_list"),
    path("sop/<int:partner_id>/begin/", sop.sop_begin, name="sop_begin"),
    path("sop/<int:partner_id>/differences/", sop.sop_compare, name="sop_compare"),
    path(_VERSION, sop.sop_version, name="sop_version"),
    path(f"{_VERSION}word/", sop.sop_word, name="sop_word"),
    path(f"{_VERSION}edit/", sop_draft.sop_edit, name="sop_edit"),
    path(f"{_VERSION}fill/", sop_draft.sop_fill, name="sop_fill"),
    path(f"{_VERSION}add/", sop_draft.sop_add, name="sop_add"),
    path(f"{_VERSION}approve/", sop_draft.sop_approve, name="sop_approve"),
    path(f"{_VERSION}discard/", sop_draft.sop_discard, name="sop_discard"),
    path(_SECTION, sop_draft.sop_section, name="sop_section"),
    path(f"{_SECTION}move/", sop_draft.sop_move, name="sop_move"),
    path(f"{_SECTION}remove/", sop_draft.sop_remove, name="sop_remove"),
]
