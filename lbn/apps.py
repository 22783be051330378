from django.apps import AppConfig

from phast import offers


class LbnConfig(AppConfig):
    name = "lbn"
    verbose_name = "Leave-behind naloxone"

    def ready(self) -> None:
        from lbn import (
            demo,
            demo_areas,
            demo_evaluation,
            demo_practices,
            demo_program,
            demo_sop,
            demo_supply,
            demo_training,
            home,
            home_program,
            home_supply,
            measures,
            merging,
            month_report,
            program_report,
            reference,
            release_tables,
            reports,
            rollups,
            sop_report,
            summary,
        )
        from lbn.selectors.sop import evidence_for
        from phast.access.table import Action

        reports.register()
        offers.register_report(month_report.MONTH)
        sop_report.register()
        program_report.register()
        offers.register_summary(summary.kits)
        offers.register_summary(summary.stories)
        offers.register_nav(offers.NavItem("Naloxone", "lbn:overview", Action.COUNTS_SEE, 40, "naloxone"))
        offers.register_tabs(
            offers.NavItem("Overview", "lbn:overview", Action.COUNTS_SEE, 10, "naloxone"),
            offers.NavItem("Log kits", "lbn:count_log", Action.COUNTS_WRITE, 20, "naloxone"),
            offers.NavItem("Counts", "lbn:count_list", Action.COUNTS_SEE, 30, "naloxone"),
            offers.NavItem("Import", "lbn:import_list", Action.COUNTS_WRITE, 40, "naloxone"),
            offers.NavItem("Periods", "lbn:period_list", Action.COUNTS_SEE, 50, "naloxone"),
            offers.NavItem(
                "Program",
                "lbn:program",
                Action.PROGRAM_SEE,
                60,
                "naloxone",
                also=("lbn:training", "lbn:phrase_card", "lbn:sop", "lbn:practice_agencies"),
            ),
            offers.NavItem("Supply", "lbn:supply", Action.PROGRAM_SEE, 70, "naloxone"),
            offers.NavItem("Evaluation", "lbn:feedback_list", Action.PROGRAM_SEE, 80, "naloxone"),
        )
        offers.register_tabs(offers.NavItem("Phrase card", "lbn:phrase_card", Action.LIBRARY_SEE, 20, "library"))
        offers.register_sops(evidence_for)
        offers.register_home(home.cards)
        offers.register_home(home_program.cards)
        offers.register_partner_pages(home_program.pages)
        offers.register_home(home_supply.cards)
        offers.register_figures(home.figures)
        offers.register_release_warnings(home.open_periods)
        offers.register_measure_source(measures.KITS)
        offers.register_release_kinds(release_tables.AGENCIES, *release_tables.KINDS)
        offers.register_merging(*merging.RULES)
        offers.register_reference("leave-behind naloxone", reference.load)
        offers.register_reference("sums of counts", rollups.fill_new)
        offers.register_demo(demo.load)
        offers.register_demo(demo_evaluation.load)
        offers.register_demo(demo_areas.load)
        offers.register_demo(demo_training.load)
        offers.register_demo(demo_supply.load)
        offers.register_demo(demo_practices.load)
        offers.register_demo(demo_program.load)
        offers.register_demo(demo_sop.load)
