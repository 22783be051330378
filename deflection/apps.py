from django.apps import AppConfig

from phast import offers


class DeflectionConfig(AppConfig):
    name = "deflection"

    def ready(self) -> None:
        from . import merging, reference

        offers.register_reference("deflection", reference.load)
        offers.register_merging(*merging.RULES)
