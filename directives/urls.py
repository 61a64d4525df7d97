"""Addresses of directives and what is entered from them."""

from django.urls import path

from directives.views import entry, marking, register, targets, tasks

app_name = "directives"

urlpatterns = [
    path("van-ban/", register.directive_list, name="directive-list"),
    path("van-ban/them/", entry.add, name="directive-create"),
    path("van-ban/<int:pk>/", register.directive_detail, name="directive-detail"),
    path("van-ban/<int:pk>/sua/", entry.edit, name="directive-update"),
    path("van-ban/<int:pk>/danh-dau/", marking.marking, name="marking"),
    path("van-ban/<int:pk>/danh-dau/thong-tin/", marking.call_information, name="marking-information"),
    path("van-ban/<int:pk>/muc-tieu/them/", targets.add, name="target-create"),
    path("muc-tieu/<int:pk>/sua/", targets.edit, name="target-update"),
    path("van-ban/<int:pk>/nhiem-vu/them/", tasks.add, name="task-create"),
    path("nhiem-vu/them/", tasks.add_free, name="free-task-create"),
    path("nhiem-vu/<int:pk>/sua/", tasks.edit, name="task-update"),
]
