"""Addresses below `/c/<slug>/naloxone/`."""

from django.urls import include, path

from coalitions.registers.pages import addresses

from .registers import FEEDBACK, IMPROVEMENTS
from .urls_practices import urlpatterns as practices
from .urls_program import KITS, PROGRAM, REFERRALS
from .urls_sop import SOP
from .urls_training import urlpatterns as training
from .views import areas, counting, evaluation, field, history, importing, listing, month, overview, periods, tokens

app_name = "lbn"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("file/", overview.overview_file, name="overview_file"),
    path("areas/", areas.area_list, name="area_list"),
    path("areas/deaths/save/", areas.deaths_save, name="deaths_save"),
    path("areas/deaths/<int:annual_deaths_id>/remove/", areas.deaths_remove, name="deaths_remove"),
    path("areas/<int:area_file_id>/", areas.area_file, name="area_file"),
    path("areas/<int:area_file_id>/load/", areas.area_load, name="area_load"),
    path("areas/<int:area_file_id>/remove/", areas.area_remove, name="area_remove"),
    path("log/", counting.count_log, name="count_log"),
    path("field/agencies/", field.field_agencies, name="field_agencies"),
    path("field/counts/", field.field_counts, name="field_counts"),
    path("month/", month.month_log, name="month_log"),
    path("counts/", listing.count_list, name="count_list"),
    path("counts/file/", listing.count_file, name="count_file"),
    path("counts/<int:count_id>/", counting.count_edit, name="count_edit"),
    path("counts/<int:count_id>/history/", history.count_history, name="count_history"),
    path("counts/<int:count_id>/void/", counting.count_void, name="count_void"),
    path("counts/<int:count_id>/restore/", counting.count_restore, name="count_restore"),
    path("import/tokens/", tokens.token_list, name="token_list"),
    path("import/tokens/how/", tokens.api_help, name="api_help"),
    path("import/tokens/<int:api_token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("import/", importing.import_list, name="import_list"),
    path("import/<int:count_import_id>/", importing.import_detail, name="import_detail"),
    path("import/<int:count_import_id>/columns/", importing.import_columns, name="import_columns"),
    path("import/<int:count_import_id>/problems/", importing.import_problems, name="import_problems"),
    path("import/<int:count_import_id>/mend/", importing.import_mend, name="import_mend"),
    path("import/<int:count_import_id>/cancel/", importing.import_cancel, name="import_cancel"),
    path("import/<int:count_import_id>/undo/", importing.import_undo, name="import_undo"),
    path("periods/", periods.period_list, name="period_list"),
    path("periods/<int:period_id>/report/", periods.period_report, name="period_report"),
    path("periods/reports/<int:period_report_id>/withdraw/", periods.period_withdraw, name="period_withdraw"),
    path("periods/mail/", periods.period_mail, name="period_mail"),
    path("periods/<int:period_id>/ask/", periods.period_ask, name="period_ask"),
    path("periods/<int:period_id>/close/", periods.period_close, name="period_close"),
    path("periods/<int:period_id>/reopen/", periods.period_reopen, name="period_reopen"),
    *SOP,
    *PROGRAM,
    *KITS,
    *REFERRALS,
    path("supply/", include("lbn.urls_supply")),
    path("evaluation/<int:feedback_id>/decide/", evaluation.feedback_moderate, name="feedback_moderate"),
    *practices,
    *training,
    *addresses(IMPROVEMENTS),
    *addresses(FEEDBACK),
]
