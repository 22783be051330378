"""Addresses of training, and of the words to have at hand, below `/c/<slug>/naloxone/`."""

from django.urls import path

from .views import phrases, training

urlpatterns = [
    path("training/", training.training, name="training"),
    path("training/<int:partner_id>/", training.training_list, name="training_list"),
    path("training/<int:partner_id>/numbers/", training.personnel_add, name="personnel_add"),
    path("training/numbers/<int:personnel_count_id>/", training.personnel_edit, name="personnel_edit"),
    path("training/numbers/<int:personnel_count_id>/remove/", training.personnel_remove, name="personnel_remove"),
    path("training/sessions/", training.session_list, name="session_list"),
    path("training/sessions/new/", training.session_add, name="session_add"),
    path("training/sessions/<int:training_session_id>/", training.session_edit, name="session_edit"),
    path("training/sessions/<int:training_session_id>/remove/", training.session_remove, name="session_remove"),
    path("training/parts/<int:session_part_id>/", training.part_edit, name="part_edit"),
    path("phrases/", phrases.phrase_card, name="phrase_card"),
]
