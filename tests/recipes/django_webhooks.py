"""Webhooks of BoxC in Django: each event is handled once, however often it is delivered.

Copy models, `receive` and `handle` into an app of your project, and install ``boxapis django``. The
rest makes this file one that runs: ``python django_webhooks.py 127.0.0.1:8000`` behind TLS, with

* ``BOXC_WEBHOOK_KEYS``, the key of the webhook. For an hour after a change add the old one after a
  blank, since deliveries that were signed with it are retried so long;
* ``BOXC_ACCOUNTS``, the ids of the users whose events are yours, with blanks in between;
* ``DATABASE``, the path of a SQLite file, which is made if it is missing.
"""

import logging
import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from boxapis import AuthenticationError, Secret
from boxapis.boxc.webhook_events import LabelEvent, ShipmentEvent, WebhookEvent
from boxapis.boxc.webhooks import verify

KEYS = [Secret(key) for key in os.environ["BOXC_WEBHOOK_KEYS"].split()]
ACCOUNTS = frozenset(os.environ["BOXC_ACCOUNTS"].split())

logging.basicConfig()  # by itself Django writes no failed view to the log, unless it debugs
settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 2},
        }
    },
    DATA_UPLOAD_MAX_MEMORY_SIZE=10_000_000,  # a label is in the body
    ROOT_URLCONF=__name__,
)
django.setup()


class Delivered(models.Model):
    """A delivery that was handled."""

    digest = models.CharField(max_length=64, primary_key=True)

    class Meta:
        app_label, db_table = "boxc", "deliveries"


class ShipmentStatus(models.Model):
    """A status that a parcel had."""

    shipment = models.BigIntegerField()
    status = models.TextField()

    class Meta:
        app_label, db_table = "boxc", "statuses"


class ShipmentLabel(models.Model):
    """A label to print."""

    shipment = models.BigIntegerField()
    pdf = models.BinaryField()

    class Meta:
        app_label, db_table = "boxc", "labels"


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Takes a delivery; any other answer than 2xx, or none within 4 seconds, makes BoxC retry."""
    try:
        delivery = verify(request.body, request.headers, KEYS)  # the bytes as they came
    except AuthenticationError:
        return HttpResponse(status=401)
    if delivery.account not in ACCOUNTS:  # this header is not signed
        return HttpResponse(status=403)
    with transaction.atomic():  # digest and effects are stored together, or not at all
        if Delivered.objects.get_or_create(digest=delivery.digest)[1]:
            handle(delivery.event)
    return HttpResponse(status=204)


def handle(event: WebhookEvent | None) -> None:
    """Stores what happened; leave what takes longer than 4 seconds to a job that reads it."""
    match event:
        case ShipmentEvent():
            ShipmentStatus.objects.create(shipment=event.id, status=event.status)
        case LabelEvent():
            ShipmentLabel.objects.create(shipment=event.shipment_id, pdf=event.data)


urlpatterns = [path("boxc", receive)]

if __name__ == "__main__":
    there = connection.introspection.table_names()  # a project has migrations for its tables
    with connection.schema_editor() as editor:
        for model in (Delivered, ShipmentStatus, ShipmentLabel):
            if model._meta.db_table not in there:
                editor.create_model(model)
    execute_from_command_line(["", "runserver", "--noreload", sys.argv[1]])
