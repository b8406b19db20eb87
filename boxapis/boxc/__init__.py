"""BoxC: credentials, shipments, labels and every other resource; any operation by its path.

`boxapis.BoxC` is the client. The values of ``boxc.labels`` are in `boxapis.boxc.labels`, and so on.

**Values** are frozen. Money, weights and lengths are `Decimal`; times are in UTC, except those of
tracking events, which are local. A field that the service leaves out is None, or an empty tuple,
and one that it adds is in ``extra``. Words such as a status are completed by editors, and new ones
are passed on. ``list`` sends nothing before it is iterated, and its ``page()`` returns single
pages, each a `boxapis.Page`; each list takes ``limit`` (items per page, 50 to 100, by default 50)
and ``page_token`` (a page's ``next_page``, or an error's ``resume_token``), and most take ``order``
(``"desc"``, the default, or ``"asc"``). The lists of ``entry_points`` and ``warehouses`` have no
pages: they are awaited.

**Errors.** A method's docstring lists the errors with a meaning of their own. Beside these, each
may raise `PermissionDeniedError`, where the token lacks the scope, and `ValidationError` (code
1000), where the service does not accept an argument. After an `OutcomeUnknownError`,
``shipments.find`` and ``orders.find`` look up what was left unknown.

**What may be repeated.** The method decides: PUT and DELETE may be repeated, POST and PATCH not,
except that ``PUT /reshipments/{id}``, ``PUT /returns/{id}`` and ``PUT /shipments/{id}/process``
cost money or cannot be undone and are sent once, that ``PUT /shipments/{id}`` is sent once if its
body has ``create_label``, since it buys a label then, and that ``POST /labels/bulk``, ``PATCH
/labels/{id}`` and ``POST /orders/status`` may be repeated. A path that some server may read as one
of the former, such as ``/shipments/7/process%20``, is sent once, too, and so is ``POST
/calculate-duty``: it stores nothing, but each request may be charged. ``boxapis boxc operations``
lists all operations, each with its method, its scope and what a repetition does.

**Rate limit.** BoxC allows a burst of 30 requests and two a second after that, for each user,
across all applications that act for the user. The client keeps its own count, corrects it by the
headers of each response, and admits calls first come, first served. Processes that share a user
divide the limit with ``rate_share``, or share one count through a ``store``, see `boxapis.stores`.

**Waiting.** ``labels.wait(id, deadline=120)``, ``manifests.wait`` and ``reshipments.wait`` look
again until a PDF, the papers or a fee is there, or raise a `WaitTimeoutError`.

**Tokens.** With ``client_id`` and ``client_secret``, a token is fetched on first use, once for all
waiting calls, and again when the service refuses it. ``boxc.oauth`` gets tokens for other users:
send the user's browser to ``authorize_url(redirect_uri, state)``; it comes back with a code, which
``exchange(code, redirect_uri)`` turns into ``Tokens``. Compare the ``state`` that comes back with
your own. `BoxC.user` makes calls with such a token over the same connections.

**Webhooks.** `boxapis.boxc.webhooks.verify` checks the signature of what BoxC posts to a webhook,
by one key or several, and returns a ``Delivery``: ``event`` is the typed payload, and a unique
column of ``digest`` makes retries harmless. Give it the bytes as they were received. In tests,
`boxapis.testing.delivery` makes a signed sample, and ``boxapis boxc webhooks send`` posts one to a
receiver on this machine.

**Carriers' parameters.** A parameter name that is unknown for the carrier, or an empty value,
causes a `CredentialParameterWarning` before it is sent, but no error, because the names change over
time; `boxapis.CARRIER_PARAMETERS` lists them.
"""
