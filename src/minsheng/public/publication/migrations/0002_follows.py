from django.db import migrations, models

# What is followed now stands in its case's row; afterwards a follow needs that row no longer.
_FILL = """
    UPDATE publication_follow AS f SET number = c.number, seen = c.published_at
    FROM publication_publiccase AS c WHERE c."order" = f."order"
"""


class Migration(migrations.Migration):
    dependencies = [("citizens", "0002_messages"), ("publication", "0001_initial")]

    operations = [
        migrations.AddField(model_name="figures", name="groups", field=models.JSONField(default=list)),
        migrations.RemoveConstraint(model_name="follow", name="publication_follow_once"),
        migrations.RenameField(model_name="follow", old_name="case", new_name="order"),
        migrations.AlterField(model_name="follow", name="order", field=models.TextField()),
        migrations.AddField(
            model_name="follow", name="number", field=models.TextField(default=""), preserve_default=False
        ),
        migrations.AddField(model_name="follow", name="seen", field=models.DateTimeField(null=True)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField(model_name="follow", name="seen", field=models.DateTimeField()),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("order", "account"), name="publication_follow_once"),
        ),
    ]
