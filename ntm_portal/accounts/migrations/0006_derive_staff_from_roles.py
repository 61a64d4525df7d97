from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_add_department_contact'),
    ]

    operations = [
        migrations.AlterModelManagers(
            name='user',
            managers=[
            ],
        ),
        migrations.RemoveField(
            model_name='user',
            name='is_staff',
        ),
    ]
