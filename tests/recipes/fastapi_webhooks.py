"""Webhooks of BoxC in FastAPI: each event is handled once, however often it is delivered.

Copy it, install ``boxapis fastapi uvicorn``, write your own `handle`, and run
``uvicorn fastapi_webhooks:app`` behind TLS, with

* ``BOXC_WEBHOOK_KEYS``, the key of the webhook. For an hour after a change add the old one after a
  blank, since deliveries that were signed with it are retried so long;
* ``BOXC_ACCOUNTS``, the ids of the users whose events are yours, with blanks in between;
* ``DATABASE``, the path of a SQLite file, which is made if it is missing.
"""

import os
import sqlite3
from contextlib import closing

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from boxapis import AuthenticationError, Secret
from boxapis.boxc.webhook_events import LabelEvent, ShipmentEvent, WebhookEvent
from boxapis.boxc.webhooks import Delivery, verify

KEYS = [Secret(key) for key in os.environ["BOXC_WEBHOOK_KEYS"].split()]
ACCOUNTS = frozenset(os.environ["BOXC_ACCOUNTS"].split())
DATABASE = os.environ["DATABASE"]
LARGEST = 10_000_000  # bytes; a label is in the body
TABLES = """
CREATE TABLE IF NOT EXISTS deliveries (digest TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS statuses (shipment INTEGER, status TEXT);
CREATE TABLE IF NOT EXISTS labels (shipment INTEGER, pdf BLOB);
"""

with closing(sqlite3.connect(DATABASE)) as new:
    new.executescript(TABLES)
app = FastAPI()


@app.post("/boxc", status_code=204)
async def receive(request: Request) -> None:
    """Takes a delivery; any other answer than 2xx, or none within 4 seconds, makes BoxC retry."""
    body = bytearray()
    async for part in request.stream():  # anyone can send one, and without end
        body += part
        if len(body) > LARGEST:
            raise HTTPException(413)
    try:
        delivery = verify(bytes(body), request.headers, KEYS)  # the bytes as they came
    except AuthenticationError:
        raise HTTPException(401) from None
    if delivery.account not in ACCOUNTS:  # this header is not signed
        raise HTTPException(403)
    await run_in_threadpool(handle_once, delivery)


def handle_once(delivery: Delivery) -> None:
    """Handles a delivery unless it was: digest and effects are stored together, or not at all."""
    with closing(sqlite3.connect(DATABASE, timeout=2)) as database, database:
        insert = "INSERT OR IGNORE INTO deliveries VALUES (?)"
        if database.execute(insert, (delivery.digest,)).rowcount:
            handle(delivery.event, database)


def handle(event: WebhookEvent | None, database: sqlite3.Connection) -> None:
    """Stores what happened; leave what takes longer than 4 seconds to a job that reads it."""
    match event:
        case ShipmentEvent():
            row = (event.id, event.status)
            database.execute("INSERT INTO statuses VALUES (?, ?)", row)
        case LabelEvent():
            database.execute("INSERT INTO labels VALUES (?, ?)", (event.shipment_id, event.data))
