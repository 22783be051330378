"""What people do with plans. Everything here is one transaction, audited, and asks nobody's permission: views and tasks did."""

from .adoption import barrier_from_stance, remove_stance, set_stance
from .copying import copy_plan, copy_template
from .dependencies import set_waits_for
from .files import add_file, remove_file
from .items import add_item, edit_item, move_item, place_item, remove_item, restore_item
from .measures import add_value, correct_value, delete_value
from .money import pay_for_step, pay_for_steps
from .plan import create_plan, edit_plan
from .steps import add_step, edit_step, move_step, place_step, remove_step, restore_step, set_responsible
from .undoing import undo_last
from .updates import update_step
from .versions import approve_plan, freeze_earlier_approvals, withdraw_version
from .votes import cast_votes, decide, order_by_votes, take_back_votes

__all__ = [
    "add_file",
    "add_item",
    "add_step",
    "add_value",
    "approve_plan",
    "barrier_from_stance",
    "cast_votes",
    "copy_plan",
    "copy_template",
    "correct_value",
    "create_plan",
    "decide",
    "delete_value",
    "edit_item",
    "edit_plan",
    "edit_step",
    "freeze_earlier_approvals",
    "move_item",
    "move_step",
    "order_by_votes",
    "pay_for_step",
    "pay_for_steps",
    "place_item",
    "place_step",
    "remove_file",
    "remove_item",
    "remove_stance",
    "remove_step",
    "restore_item",
    "restore_step",
    "set_responsible",
    "set_stance",
    "set_waits_for",
    "take_back_votes",
    "undo_last",
    "update_step",
    "withdraw_version",
]
