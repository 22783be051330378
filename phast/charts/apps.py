from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "phast.charts"
    label = "charts"
