"""How results, states and bands look: one table, and a sign beside every colour."""

from criteria.engine.bands import Band
from criteria.engine.facts import Result
from directives.queries import State

TONES = {
    Result.MET: ("good", "✓"),
    Result.EXEMPT: ("exempt", "○"),
    Result.NOT_MET: ("bad", "✗"),
    Result.NO_DATA: ("unknown", "?"),
    State.MET: ("good", "✓"),
    State.ON_TRACK: ("steady", "→"),
    State.AT_RISK: ("risk", "!"),
    State.MISSED: ("bad", "✗"),
}
BAND_TONES = {Band.FULL: "b1", Band.FROM_15: "b2", Band.FROM_10: "b3", Band.FROM_5: "b4", Band.BELOW_5: "b5"}
