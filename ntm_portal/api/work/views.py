"""Reading tasks and obstacles, telling of one's part in a task, and raising an obstacle."""

from collections import defaultdict
from typing import Any

from django.urls import reverse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from communes.models import Commune
from criteria.models import Indicator
from criteria.queries import default_set_code
from directives.actions import tasks as acts
from directives.actions.obstacles import join_obstacle, raise_obstacle
from directives.models import Assignment, Obstacle, Task, TaskUpdate
from directives.obstacles import similar_open, steps_of
from ntm_portal.accounts.models import Department, User
from ntm_portal.accounts.permissions import require
from ntm_portal.api.answering import ListView, OneView
from ntm_portal.api.bodies import ExactJsonParser
from ntm_portal.api.filing.parameters import PlainQuery
from ntm_portal.api.renderers import JsonRenderer
from ntm_portal.api.repeats import repeatable
from ntm_portal.api.schema import documented, documented_act
from ntm_portal.api.serializers import PlainSerializer, page_of
from ntm_portal.api.work import bodies, parameters, rows, shapes
from ntm_portal.core import clock
from ntm_portal.core.errors import DomainError, NotFoundError

_TASKS, _OBSTACLES = "nhiệm vụ", "vướng mắc"
_OWN = "Câu trả lời theo phạm vi của người gọi. Gửi lại ETag trong If-None-Match thì nhận 304 khi chưa có gì đổi."
_Kind = TaskUpdate.Kind


class SimilarError(DomainError):
    """Something that seems to be the same is open already."""

    code = "similar_obstacle"


class WorkList(ListView):
    """A list that depends on who asks, and on more than the ledger."""

    is_public = False
    rests_on_ledger = False
    search_in = staticmethod(lambda row: row["search_key"])


class WorkOne(OneView):
    """One record of the same kind."""

    is_public = False
    rests_on_ledger = False
    query = PlainQuery


class TaskListView(WorkList):
    """`GET tasks/`."""

    tag = _TASKS
    query = parameters.TaskListQuery

    @documented(
        page_of(shapes.TaskSerializer, stand=PlainSerializer),
        query,
        "Nhiệm vụ",
        "Nhiệm vụ đã giao với phần việc của từng đơn vị; giao gần nhất trước.",
        said=_OWN,
    )
    def get(self, request: Request) -> Response:
        asked, today = self.asked, clock.today()
        found = Task.objects.visible_to(request.user.scope).filter(given_on__lte=today)
        parts = {"department": "department__code", "state": "state"}
        wanted = {column: asked[name] for name, column in parts.items() if name in asked}
        if wanted:
            found = found.filter(pk__in=Assignment.objects.filter(**wanted).values("task"))
        columns = {"directive": "directive__number", "recurrence": "recurrence"}
        found = found.filter(**{column: asked[name] for name, column in columns.items() if name in asked})
        if "is_closed" in asked:
            found = found.filter(closed_on__isnull=not asked["is_closed"])
        if "is_overdue" in asked:
            late = Assignment.objects.overdue(today).filter(**wanted).values("task")
            found = found.filter(pk__in=late) if asked["is_overdue"] else found.exclude(pk__in=late)
        return self.listed([rows.task_row(task, today) for task in rows.about_tasks(found)], {})


def _task(request: Request, pk: int) -> Task:
    """A task that was given. Raises NotFoundError."""
    given = Task.objects.visible_to(request.user.scope).filter(given_on__lte=clock.today(), pk=pk)
    task = rows.about_tasks(given).first()
    if task is None:
        raise NotFoundError(f"Không có nhiệm vụ {pk}.")
    return task


class TaskDetailView(WorkOne):
    """`GET tasks/{id}/`."""

    tag = _TASKS

    @documented(
        shapes.TaskDetailSerializer,
        PlainQuery,
        "Một nhiệm vụ",
        "Nhiệm vụ với phần việc của từng đơn vị; cập nhật chỉ của phần việc bạn được xem.",
        said=_OWN,
    )
    def get(self, request: Request, pk: int) -> Response:
        task, scope = _task(request, pk), request.user.scope
        readable = Assignment.objects.visible_to(scope).filter(task=task).values_list("pk", flat=True)
        updates: dict[int, list[TaskUpdate]] = {part: [] for part in readable}
        told = TaskUpdate.objects.filter(assignment__in=list(updates)).select_related("made_by").order_by("pk")
        for update in told:
            updates[update.assignment_id].append(update)
        met = Obstacle.objects.visible_to(scope).filter(task=task).order_by("pk").values_list("pk", flat=True)
        return Response(shapes.TaskDetailSerializer(rows.task_detail(task, updates, met, clock.today())).data)


def _part(request: Request, task: Task, code: str | None) -> Assignment:
    """The caller's own part in a task. Raises NotFoundError, and ValidationError where it is not clear which."""
    own = Assignment.objects.filter(task=task).done_by(request.user.scope).with_about()
    held = list(own.filter(department__code=code) if code else own)
    if not held:
        raise NotFoundError(f"Đơn vị của bạn không được giao nhiệm vụ {task.pk}.")
    if len(held) > 1:
        codes = ", ".join(sorted(part.department.code for part in held))
        raise serializers.ValidationError({"department": f"Ghi một trong các đơn vị: {codes}."}, code="required")
    return held[0]


_ACTS = {
    _Kind.ACCEPTED: acts.accept_task,
    _Kind.PROGRESS: acts.report_progress,
    _Kind.PROPOSED: acts.propose_done,
    _Kind.EXTENSION_ASKED: acts.ask_extension,
}


class TaskUpdatesView(WorkOne):
    """`POST tasks/{id}/updates/`."""

    tag = _TASKS
    http_method_names = ["post"]
    parser_classes = [ExactJsonParser]

    @documented_act(
        bodies.TaskUpdateBody,
        shapes.TaskUpdateSerializer,
        "Cập nhật phần việc",
        "Nhận việc, ghi tiến độ, đề nghị xác nhận xong, hoặc xin lùi hạn, cho phần việc của đơn vị mình. "
        "409 khi phần việc không ở trạng thái làm được việc đó, đã có người sửa sau revision, hoặc nhiệm vụ đã đóng.",
        status=201,
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request, pk: int) -> Response:
        require(request.user, "do_tasks")
        given = bodies.TaskUpdateBody.read(request)
        part = _part(request, _task(request, pk), given.pop("department", None))
        update = _ACTS[given.pop("kind")](part, by=request.user, **given)
        headers = {"Location": reverse("api:task-detail", args=[pk])}
        return Response(shapes.TaskUpdateSerializer(rows.update_row(update)).data, status=201, headers=headers)


class ObstacleListView(WorkList):
    """`GET obstacles/`, and `POST` for a new one."""

    tag = _OBSTACLES
    http_method_names = ["get", "head", "post"]
    parser_classes = [ExactJsonParser]
    query = parameters.ObstacleListQuery

    def initial(self, request: Request, *args, **kwargs) -> None:
        if request.method not in SAFE_METHODS:
            self.query = PlainQuery
        super().initial(request, *args, **kwargs)

    def get_renderers(self) -> list:
        return super().get_renderers() if self.request.method in SAFE_METHODS else [JsonRenderer()]

    @documented(
        page_of(shapes.ObstacleSerializer, stand=PlainSerializer),
        query,
        "Khó khăn, vướng mắc",
        "Vướng mắc bạn được xem, đã nêu lâu nhất trước.",
        said=_OWN,
    )
    def get(self, request: Request) -> Response:
        asked, today = self.asked, clock.today()
        columns = {"state": "state", "department": "raised_by__code", "owner": "owner__code"}
        columns |= {"district": "commune__district__code", "commune": "commune__code"}
        found = Obstacle.objects.visible_to(request.user.scope)
        found = found.filter(**{column: asked[name] for name, column in columns.items() if name in asked})
        listed = [rows.obstacle_row(o, today) for o in found.with_about().order_by("raised_at", "pk")]
        if "is_open" in asked:
            listed = [row for row in listed if (row["state"] != Obstacle.State.RESOLVED) == asked["is_open"]]
        if "is_overdue" in asked:
            listed = [row for row in listed if row["is_overdue"] == asked["is_overdue"]]
        return self.listed(listed, {})

    @documented_act(
        bodies.ObstacleBody,
        shapes.ObstacleDetailSerializer,
        "Nêu vướng mắc",
        "Nêu vướng mắc của đơn vị mình. 409 similar_obstacle kèm mã các vướng mắc đang mở tương tự: gửi lại với "
        "same_as để cùng nêu một việc, hoặc as_new để vẫn nêu mới. Location là địa chỉ của vướng mắc.",
        status=201,
        is_repeatable=True,
    )
    @repeatable
    def post(self, request: Request) -> Response:
        require(request.user, "raise_obstacles")
        given = bodies.ObstacleBody.read(request)
        obstacle = _raised(request.user, given)
        body = _detail(Obstacle.objects.with_about().get(pk=obstacle.pk))
        headers = {"Location": reverse("api:obstacle-detail", args=[obstacle.pk])}
        return Response(body, status=201, headers=headers)


def _raised(by: User, given: dict[str, Any]) -> Obstacle:
    """A new obstacle, or the one that it is the same as. Raises ValidationError, SimilarError, NotFoundError."""
    body, about, said = _body(by, given.get("department")), _about(given), given["description"]
    if "same_as" in given:
        same = _obstacle(by, given["same_as"])
        return join_obstacle(same, department=body, text=said, by=by)
    similar = [] if given.get("as_new") else similar_open(said, by.scope, body=body, **about)
    if similar:
        raise SimilarError(
            "Đang có vướng mắc tương tự: ghi same_as để cùng nêu, hoặc as_new để vẫn nêu mới.",
            obstacles=[obstacle.pk for obstacle in similar],
        )
    return raise_obstacle(said, raised_by=body, by=by, **about)


def _body(by: User, code: str | None) -> Department:
    """For which body the caller speaks. Raises ValidationError where that is not clear, or not theirs to do."""
    bodies_of = Department.objects.order_by("code")
    if not by.scope.edits_all:
        bodies_of = bodies_of.filter(pk__in=by.scope.department_ids)
    if code is not None:
        found = bodies_of.filter(code=code).first()
        if found is None:
            raise serializers.ValidationError({"department": "Bạn không nêu thay được đơn vị này."}, code="unknown")
        return found
    held = list(bodies_of[:2])
    if len(held) != 1:
        raise serializers.ValidationError({"department": "Phải ghi mã đơn vị nêu."}, code="required")
    return held[0]


def _about(given: dict[str, Any]) -> dict[str, Any]:
    """The records that it is about. Raises ValidationError naming each that there is not."""
    today, found, faults = clock.today(), defaultdict(lambda: None), {}
    among = {
        "commune": lambda code: Commune.objects.in_force(today).filter(code=code),
        "indicator": lambda code: Indicator.objects.filter(
            criterion__criteria_set__code=default_set_code(today), code=code
        ),
        "task": lambda pk: Task.objects.filter(closed_on=None, given_on__lte=today, pk=pk),
    }
    for name, rows_of in among.items():
        if name in given:
            found[name] = rows_of(given[name]).first()
            if found[name] is None:
                faults[name] = [serializers.ErrorDetail(f"Không có “{given[name]}”.", "unknown")]
    if faults:
        raise serializers.ValidationError(faults)
    return {name: found[name] for name in among}


def _obstacle(by: User, pk: int) -> Obstacle:
    """An obstacle that the caller may see. Raises NotFoundError."""
    obstacle = Obstacle.objects.visible_to(by.scope).with_about().filter(pk=pk).first()
    if obstacle is None:
        raise NotFoundError(f"Không có vướng mắc {pk}.")
    return obstacle


def _detail(obstacle: Obstacle) -> dict[str, Any]:
    row = rows.obstacle_row(obstacle, clock.today())
    row["steps"] = [rows.step_row(step) for step in steps_of(obstacle)]
    return shapes.ObstacleDetailSerializer(row).data


class ObstacleDetailView(WorkOne):
    """`GET obstacles/{id}/`."""

    tag = _OBSTACLES

    @documented(
        shapes.ObstacleDetailSerializer,
        PlainQuery,
        "Một vướng mắc",
        "Vướng mắc với mọi việc đã làm để giải quyết.",
        said=_OWN,
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_detail(_obstacle(request.user, pk)))
