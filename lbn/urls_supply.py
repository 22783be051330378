"""Addresses of kits on shelves, below `/c/<slug>/naloxone/supply/`."""

from django.urls import path

from .views import supply, supply_moves, supply_sites

urlpatterns = [
    path("", supply.supply, name="supply"),
    path("recall/", supply.recall, name="recall"),
    path("receive/", supply_moves.stock_receive, name="stock_receive"),
    path("lots/<int:stock_balance_id>/send/", supply_moves.stock_send, name="stock_send"),
    path("lots/<int:stock_balance_id>/change/", supply_moves.stock_change, name="stock_change"),
    path("transfers/<int:transfer_id>/", supply_moves.transfer_answer, name="transfer_answer"),
    path("sites/new/", supply_sites.site_add, name="site_add"),
    path("sites/<int:site_id>/", supply_sites.site_detail, name="site_detail"),
    path("sites/<int:site_id>/edit/", supply_sites.site_edit, name="site_edit"),
    path("sites/<int:site_id>/close/", supply_sites.site_close, name="site_close"),
    path("sites/<int:site_id>/ledger/", supply_sites.site_ledger, name="site_ledger"),
    path("sites/<int:site_id>/ledger/file/", supply_sites.site_ledger_file, name="site_ledger_file"),
    path("sites/<int:site_id>/count/", supply_sites.stock_take, name="stock_take"),
    path("stock-takes/<int:stock_take_id>/", supply_sites.stock_take_detail, name="stock_take_detail"),
]
