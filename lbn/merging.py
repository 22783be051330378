"""What becomes of counts when a partner is merged into another: nothing. What was counted and reported is never written anew."""

from phast.merging import Follows, Stays

_WHY = "Counts and reports of periods, open or closed, stay as the agency gave them."

RULES = (
    Stays("lbn.Count.partner", _WHY),
    Stays("lbn.CountImport.partner", _WHY),
    Stays("lbn.PeriodReport.partner", _WHY),
    Stays("lbn.PeriodReminder.partner", _WHY),
    Stays("lbn.AgencyRollup.partner", _WHY),
    Stays(
        "lbn.ApiToken.partner",
        "A token names the agency it was given to. Counts it sends stay that agency's until it is revoked.",
    ),
    Stays("lbn.ColumnMapping.partner", "How its files were read is no use to another agency's files."),
    Follows("lbn.Feedback.partner"),
    Follows("lbn.Improvement.partner"),
    # Supply goes along: the ledger refers to its site and stays true. A site of the same name stays, and its kits count as the agency's.
    Follows("lbn.Site.partner", or_stays=True),
    Follows("lbn.Program.partner", or_stays=True),
    Follows("lbn.PersonnelCount.partner", or_stays=True),
    Follows("lbn.Assessment.partner", or_stays=True),
    Follows("lbn.TrainingSession.partner"),
    Follows("lbn.SessionPart.partner", or_stays=True),
    Follows("lbn.ReferralPartner.partner", or_stays=True),
    Follows("lbn.ReferralPartner.to", or_stays=True),
    Stays("lbn.KitDesign.partner", "A version in use stays as it was approved, and for whom."),
    Stays("lbn.SopVersion.partner", "A version in force stays as it was approved, and for whom."),
)
