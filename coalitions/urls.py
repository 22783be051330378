"""Addresses below `/c/<slug>/` that are the coalition's own."""

from django.urls import path

from .views import releases, start

app_name = "coalitions"
urlpatterns = [
    path("", start.coalition_home, name="home"),
    path("naloxone/releases/", releases.release_list, name="release_list"),
    path("naloxone/releases/<int:release_id>/", releases.release_detail, name="release_detail"),
    path("naloxone/releases/<int:release_id>/table.csv", releases.release_file, name="release_file"),
    path("naloxone/publish/<str:quarter>/", releases.release_publish, name="release_publish"),
]
