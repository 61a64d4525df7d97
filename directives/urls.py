"""Addresses of tasks and obstacles."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from directives.views import calendar, obstacle_acts, obstacles, task_acts, tasks

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
