from django.apps import AppConfig


class GeoConfig(AppConfig):
    name = "phast.geo"
    label = "geo"
    verbose_name = "ZIP codes and counties"

    def ready(self) -> None:
        from phast import offers

        from .load import load

        offers.register_reference("ZIP codes and counties", load)
