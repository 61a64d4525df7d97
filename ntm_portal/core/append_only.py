"""Records that are written once: refused here in Python, and in the database by `core.guards`."""

from django.db import models

from ntm_portal.core.scoped import ScopedQuerySet


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row of a table that only grows."""

    def __init__(self) -> None:
        super().__init__("Bảng này chỉ ghi thêm: hãy ghi một dòng mới để đính chính.")


class AppendOnlyQuerySet(ScopedQuerySet):
    """Refuses every way to change rows that are there."""

    def editable_by(self, scope):
        return self.none()

    def update(self, **kwargs):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError

    def bulk_update(self, objs, fields, batch_size=None):
        raise AppendOnlyError


class AppendOnlyModel(models.Model):
    """A record that is written once."""

    is_append_only = True

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError
