from django.apps import AppConfig

from phast import offers


class DeflectionConfig(AppConfig):
    name = "deflection"

    def ready(self) -> None:
        from phast.access.table import Action

        from . import demo, demo_resources, home, merging, reference, release_tables, reports, summary, verifying
        from .printing import guide, wallet

        offers.register_nav(
            offers.NavItem("Deflection", "deflection:program_list", Action.DEFLECTION_SEE, 50, "deflection")
        )
        offers.register_tabs(
            offers.NavItem("Programs", "deflection:program_list", Action.DEFLECTION_SEE, 10, "deflection"),
            offers.NavItem("Models", "deflection:model_list", Action.DEFLECTION_SEE, 20, "deflection"),
            offers.NavItem("Resources", "resources:list", Action.RESOURCES_SEE, 30, "deflection"),
        )
        offers.register_home(home.cards)
        offers.register_home(verifying.cards)
        offers.register_positions_counted_on(home.positions_counted_on)
        offers.register_calendar(home.entries)
        offers.register_due_work(home.due_work)
        offers.register_release_kinds(release_tables.AGENCIES, *release_tables.KINDS)
        offers.register_release_warnings(release_tables.not_reported)
        offers.register_report(reports.PROGRAM)
        offers.register_summary(summary.summary)
        for kind in (guide.GUIDE, wallet.CARD, wallet.LARGE_CARD):
            offers.register_report(kind)
        offers.register_reference("deflection", reference.load)
        offers.register_merging(*merging.RULES)
        offers.register_demo(demo.load)
        offers.register_demo(demo_resources.load)
