"""Addresses of running a program, below `/c/<slug>/naloxone/program/`: the path, the kit, and whom the program refers people to."""

from django.urls import path

from .views import kits, program, referrals

PROGRAM = [
    path("program/", program.program, name="program"),
    path("program/<int:partner_id>/", program.program_detail, name="program_detail"),
    path("program/<int:partner_id>/profile/", program.program_profile, name="program_profile"),
    path("program/<int:partner_id>/at-risk/", program.program_at_risk, name="program_at_risk"),
    path("program/<int:partner_id>/support/", program.program_help, name="program_help"),
]
KITS = [
    path("program/kit/", kits.coalition_kits, name="coalition_kits"),
    path("program/kit/begin/", kits.coalition_kit_begin, name="coalition_kit_begin"),
    path("program/<int:partner_id>/kit/", kits.kit_list, name="kit_list"),
    path("program/<int:partner_id>/kit/begin/", kits.kit_begin, name="kit_begin"),
    path("program/kit/<int:kit_design_id>/", kits.kit_detail, name="kit_detail"),
    path("program/kit/<int:kit_design_id>/edit/", kits.kit_edit, name="kit_edit"),
    path("program/kit/<int:kit_design_id>/approve/", kits.kit_approve, name="kit_approve"),
    path("program/kit/<int:kit_design_id>/discard/", kits.kit_discard, name="kit_discard"),
]
REFERRALS = [
    path("program/<int:partner_id>/referrals/", referrals.referral_list, name="referral_list"),
    path("program/<int:partner_id>/referrals/new/", referrals.referral_new, name="referral_new"),
    path("program/referrals/<int:referral_partner_id>/", referrals.referral_edit, name="referral_edit"),
]
