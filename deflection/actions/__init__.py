"""What people do with programs and the directory. One transaction each, audited; nobody's permission is asked: views and tasks did."""

from .activities import (
    add_own_activity,
    assign_activities,
    plan_activity,
    remove_own_activity,
    restore_own_activity,
    take_offer,
    update_activity,
)
from .evidence import add_evidence, add_evidence_file, remove_evidence
from .figures import LooksAlike, count_training, delete_training, save_quarter
from .programs import complete_programs, create_program, edit_program, set_models, share_program
from .resources import (
    add_resource,
    edit_resource,
    open_guide,
    remove_resource,
    restore_resource,
    verify_resource,
)

__all__ = [
    "LooksAlike",
    "add_evidence",
    "add_evidence_file",
    "add_own_activity",
    "add_resource",
    "assign_activities",
    "complete_programs",
    "count_training",
    "create_program",
    "delete_training",
    "edit_program",
    "edit_resource",
    "open_guide",
    "plan_activity",
    "remove_evidence",
    "remove_own_activity",
    "remove_resource",
    "restore_own_activity",
    "restore_resource",
    "save_quarter",
    "set_models",
    "share_program",
    "take_offer",
    "update_activity",
    "verify_resource",
]
