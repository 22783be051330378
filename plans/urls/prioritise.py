"""Addresses of votes and decisions."""

from django.urls import path

from plans.views import prioritise

urlpatterns = [
    path("<int:plan_id>/prioritise/", prioritise.prioritise, name="prioritise"),
    path("<int:plan_id>/prioritise/vote/", prioritise.vote, name="vote"),
    path("<int:plan_id>/prioritise/take-back/", prioritise.vote_take_back, name="vote_take_back"),
    path("<int:plan_id>/prioritise/order/", prioritise.order_by_votes, name="order_by_votes"),
    path("<int:plan_id>/prioritise/seats/<int:seat_id>/new-link/", prioritise.seat_link_renew, name="seat_link_renew"),
    path("recommendations/<int:recommendation_id>/decide/", prioritise.decide, name="decide"),
]
