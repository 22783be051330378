from django.apps import AppConfig

from phast import offers


class PlansConfig(AppConfig):
    name = "plans"

    def ready(self) -> None:
        from phast.access.table import Action

        from . import actions, calendars, demo, home, links, merging, money, reports, summary, templates

        offers.register_nav(offers.NavItem("Plans", "plans:list", Action.PLANS_SEE, 30, "plans"))
        offers.register_home(home.cards)
        offers.register_figures(home.figures)
        offers.register_positions_counted_on(home.positions_counted_on)
        offers.register_reference("plan templates", templates.load)
        offers.register_reference("plan versions", actions.freeze_earlier_approvals)
        offers.register_calendar(calendars.entries)
        offers.register_report(reports.PLAN)
        offers.register_report(reports.SUMMARY_REPORT)
        offers.register_summary(summary.summary)
        offers.register_steps(links.STEPS)
        offers.register_step_money(money.MONEY)
        offers.register_plan_progress(money.progress)
        offers.register_merging(*merging.RULES)
        offers.register_demo(demo.load)
