"""Directives, the targets they set, the tasks they give, and the obstacles that bodies meet."""

from directives.models.directive import Directive
from directives.models.obstacle import Obstacle, ObstacleStep
from directives.models.target import Target, TargetStanding
from directives.models.task import Assignment, CalendarKey, Task, TaskEvidence, TaskUpdate

__all__ = [
    "Assignment",
    "CalendarKey",
    "Directive",
    "Obstacle",
    "ObstacleStep",
    "Target",
    "TargetStanding",
    "Task",
    "TaskEvidence",
    "TaskUpdate",
]
