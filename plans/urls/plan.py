"""Addresses of a plan, its barriers and its recommendations."""

from django.urls import path

from plans.views import items, live, plan, stages

urlpatterns = [
    path("", plan.plan_list, name="list"),
    path("new/", plan.plan_new, name="new"),
    path("templates/<slug:template_key>/", plan.plan_template, name="template"),
    path("mine/", plan.my_steps, name="mine"),
    path("<int:plan_id>/", plan.plan_detail, name="detail"),
    path("<int:plan_id>/edit/", plan.plan_edit, name="edit"),
    path("<int:plan_id>/work/", stages.plan_work, name="work"),
    path("<int:plan_id>/work/<slug:stage>/", stages.plan_stage, name="stage"),
    path("<int:plan_id>/changes/", live.plan_changes, name="changes"),
    path("<int:plan_id>/undo/", live.plan_undo, name="undo"),
    path("<int:plan_id>/barriers/add/", items.barrier_add, name="barrier_add"),
    path("barriers/<int:barrier_id>/edit/", items.barrier_edit, name="barrier_edit"),
    path("barriers/<int:barrier_id>/standing/", items.barrier_standing, name="barrier_standing"),
    path("barriers/<int:barrier_id>/move/", items.barrier_move, name="barrier_move"),
    path("barriers/<int:barrier_id>/remove/", items.barrier_remove, name="barrier_remove"),
    path("barriers/<int:barrier_id>/restore/", items.barrier_restore, name="barrier_restore"),
    path("<int:plan_id>/recommendations/add/", items.recommendation_add, name="recommendation_add"),
    path("recommendations/<int:recommendation_id>/edit/", items.recommendation_edit, name="recommendation_edit"),
    path("recommendations/<int:recommendation_id>/step/", items.recommendation_step, name="recommendation_step"),
    path("recommendations/<int:recommendation_id>/move/", items.recommendation_move, name="recommendation_move"),
    path("recommendations/<int:recommendation_id>/remove/", items.recommendation_remove, name="recommendation_remove"),
    path(
        "recommendations/<int:recommendation_id>/restore/", items.recommendation_restore, name="recommendation_restore"
    ),
]
