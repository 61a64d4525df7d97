"""Addresses of directives, of what is entered from them, of tasks and of obstacles."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from directives.views import (
    calendar,
    entry,
    giving,
    marking,
    obstacle_acts,
    obstacles,
    register,
    targets,
    task_acts,
    tasks,
)

app_name = "directives"

_ACTS = {
    "nhan": "accept",
    "cap-nhat": "progress",
    "de-nghi": "propose",
    "xin-lui": "extend",
    "xac-nhan": "confirm",
    "tra-lai": "send-back",
    "cho-lui": "grant",
    "khong-cho-lui": "refuse",
}

_OBSTACLE_ACTS = {
    "tra-loi": "answer",
    "giao": "ask",
    "kien-nghi": "escalate",
    "da-xong": "resolve",
    "neu-lai": "reopen",
}

urlpatterns = [
    path("van-ban/", register.directive_list, name="directive-list"),
    path("van-ban/them/", entry.add, name="directive-create"),
    path("van-ban/<int:pk>/", register.directive_detail, name="directive-detail"),
    path("van-ban/<int:pk>/sua/", entry.edit, name="directive-update"),
    path("van-ban/<int:pk>/danh-dau/", marking.marking, name="marking"),
    path("van-ban/<int:pk>/danh-dau/thong-tin/", marking.call_information, name="marking-information"),
    path("van-ban/<int:pk>/muc-tieu/them/", targets.add, name="target-create"),
    path("muc-tieu/<int:pk>/sua/", targets.edit, name="target-update"),
    path("van-ban/<int:pk>/nhiem-vu/them/", giving.add, name="task-create"),
    path("nhiem-vu/them/", giving.add_free, name="free-task-create"),
    path("nhiem-vu/<int:pk>/sua/", giving.edit, name="task-update"),
    path("nhiem-vu/", tasks.show_board, name="task-board"),
    path("nhiem-vu/<int:pk>/", tasks.show_task, name="task-detail"),
    path("nhiem-vu/<int:pk>/dong/", task_acts.close, name="task-close"),
    *(
        path(f"nhiem-vu/phan/<int:pk>/{end}/", task_acts.act, {"name": name}, name=f"task-{name}")
        for end, name in _ACTS.items()
    ),
    path("nhiem-vu/don-doc/", task_acts.remind, name="task-remind"),
    path("nhiem-vu/don-doc/ket-qua/", task_acts.reminded, name="task-reminded"),
    path("nhiem-vu/don-doc/cong-van/", task_acts.letter, name="task-letter"),
    path("tai-khoan/lich/", calendar.address, name="calendar"),
    path("tai-khoan/lich/huy/", calendar.revoke, name="calendar-revoke"),
    path("lich/<str:key>.ics", login_not_required(calendar.feed), name="calendar-feed"),
    path("vuong-mac/", obstacles.obstacle_list, name="obstacle-list"),
    path("vuong-mac/them/", obstacles.add, name="obstacle-create"),
    path("vuong-mac/bao-cao/", obstacle_acts.escalations, name="obstacle-escalations"),
    path("vuong-mac/<int:pk>/", obstacles.obstacle_detail, name="obstacle-detail"),
    *(
        path(f"vuong-mac/<int:pk>/{end}/", obstacle_acts.act, {"name": name}, name=f"obstacle-{name}")
        for end, name in _OBSTACLE_ACTS.items()
    ),
]
