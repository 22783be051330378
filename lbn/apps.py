from django.apps import AppConfig

from phast import offers


class LbnConfig(AppConfig):
    name = "lbn"
    verbose_name = "Leave-behind naloxone"

    def ready(self) -> None:
        from lbn import reports
        from lbn.selectors.overview import kits_by_zip

        reports.register()
        offers.register_release_table("kits_by_zip", kits_by_zip)
