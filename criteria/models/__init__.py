"""Catalogue, ledger, recognition."""

from criteria.models.catalogue import CriteriaSet, Criterion, Indicator, Measure, Responsibility, Threshold, Tier
from criteria.models.ledger import Assessment, Measurement, Source
from criteria.models.recognition import Recognition

__all__ = [
    "Assessment",
    "CriteriaSet",
    "Criterion",
    "Indicator",
    "Measure",
    "Measurement",
    "Recognition",
    "Responsibility",
    "Source",
    "Threshold",
    "Tier",
]
