"""The one row of the ledger counter, with a name for this history."""

import secrets

from django.db import migrations


def create_row(apps, schema_editor):
    apps.get_model("core", "LedgerCounter").objects.create(pk=1, position=0, epoch=secrets.token_hex(6))


def remove_row(apps, schema_editor):
    apps.get_model("core", "LedgerCounter").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(create_row, remove_row)]
