"""The shapes of what is said of tasks and obstacles."""

from rest_framework import serializers

from directives.models import Assignment, Obstacle, ObstacleStep, Task, TaskUpdate
from ntm_portal.api.serializers import CodeNameSerializer


class TaskUpdateSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(TaskUpdate.Kind.values)
    kind_label = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    percent = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True, help_text="Hạn mới được cho, hoặc được xin.")
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField(allow_null=True, help_text="Trống: cổng tự đề nghị vì mục tiêu đã đạt.")


class AssignmentSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    department = CodeNameSerializer()
    state = serializers.ChoiceField(Assignment.State.values)
    state_label = serializers.CharField()
    percent = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True, help_text="Hạn của riêng đơn vị; trống: thường xuyên.")
    asked_due_on = serializers.DateField(allow_null=True, help_text="Hạn đang xin lùi đến.")
    done_on = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField()
    revision = serializers.IntegerField(help_text="Lần sửa của phần việc; ghi lại khi cập nhật.")


class AssignmentDetailSerializer(AssignmentSerializer):
    updates = TaskUpdateSerializer(
        many=True, allow_null=True, help_text="Cũ nhất trước; trống (null) khi bạn không được xem."
    )


class TaskSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    directive = serializers.CharField(allow_null=True, help_text="Số, ký hiệu văn bản; trống: Văn phòng tự giao.")
    target = serializers.IntegerField(allow_null=True, help_text="Mã mục tiêu.")
    title = serializers.CharField()
    content = serializers.CharField()
    given_on = serializers.DateField()
    due_on = serializers.DateField(allow_null=True, help_text="Hạn khi giao.")
    recurrence = serializers.ChoiceField(Task.Recurrence.values)
    recurrence_label = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    communes = serializers.ListField(child=serializers.CharField(), help_text="Mã xã.")
    indicators = serializers.ListField(child=serializers.CharField(), help_text="Mã chỉ tiêu.")
    assignments = AssignmentSerializer(many=True, help_text="Phần việc của từng đơn vị.")


class TaskDetailSerializer(TaskSerializer):
    quote = serializers.CharField(allow_blank=True, help_text="Câu trích của văn bản.")
    assignments = AssignmentDetailSerializer(many=True, help_text="Phần việc của từng đơn vị với các cập nhật.")
    obstacles = serializers.ListField(child=serializers.IntegerField(), help_text="Mã vướng mắc bạn được xem.")


class ObstacleSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    description = serializers.CharField()
    state = serializers.ChoiceField(Obstacle.State.values)
    state_label = serializers.CharField()
    department = CodeNameSerializer(help_text="Đơn vị nêu.")
    raised_at = serializers.DateTimeField()
    days = serializers.IntegerField(help_text="Số ngày từ khi nêu.")
    commune = CodeNameSerializer(allow_null=True)
    district = CodeNameSerializer(allow_null=True, help_text="Huyện của xã.")
    indicator = CodeNameSerializer(allow_null=True)
    task = serializers.IntegerField(allow_null=True, help_text="Mã nhiệm vụ.")
    owner = CodeNameSerializer(allow_null=True, help_text="Đơn vị phải trả lời; trống: Văn phòng điều phối.")
    answer_by = serializers.DateField(allow_null=True, help_text="Hạn trả lời.")
    is_overdue = serializers.BooleanField(help_text="Chưa trả lời và đã quá hạn.")
    answer = serializers.CharField(allow_blank=True, help_text="Trả lời mới nhất.")
    answered_at = serializers.DateTimeField(allow_null=True)
    escalated_in = serializers.CharField(allow_blank=True, help_text="Văn bản báo cáo UBND tỉnh.")


class ObstacleStepSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(ObstacleStep.Kind.values)
    kind_label = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    department = CodeNameSerializer(allow_null=True, help_text="Đơn vị được giao, hoặc cùng nêu.")
    taken_at = serializers.DateTimeField()
    taken_by = serializers.CharField(allow_null=True)


class ObstacleDetailSerializer(ObstacleSerializer):
    steps = ObstacleStepSerializer(many=True, help_text="Đã làm gì, cũ nhất trước.")
