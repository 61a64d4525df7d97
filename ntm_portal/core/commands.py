"""What all commands of the portal share: what they change is signed "hệ thống: <lệnh>"."""

from django.core.management.base import BaseCommand

from ntm_portal.core import audit


class PortalCommand(BaseCommand):
    """A command that the audit trail knows by name."""

    def execute(self, *args, **options):
        name = type(self).__module__.rpartition(".")[2]
        with audit.acting_as(f"{audit.SYSTEM}: {name}"):
            return super().execute(*args, **options)
