"""Box Tracker: handshakes, live sessions, commands, and typed resources.

`boxapis.BoxTracker` is the client for a hauler, `boxapis.Customer` one of its customers. The values
of each resource are in a module of its own, for instance `boxapis.boxtracker.transactions`.

**Sessions.** The API session belongs to the `BoxTracker`, a customer session to its `Customer`
object. Two objects with the same user name share nothing, unless the client has a ``store``. With
one, all processes that hold the same user names *and* passwords share a session: one of them makes
the handshake, the others adopt it. A wrong password disturbs no other process, and is tried once a
minute by all together. `Customer.logout` ends the session for all. Keys without a password are
never shared, nor is what ``handshakes.customer`` opens. Anyone who has a session key can act as the
customer, so encrypt those that you keep. Every proper response restarts the count of idle minutes.
A key that the service refuses is dropped, if it is still the current one. `boxapis.SessionTiming`
sets all times.

**GET or POST.** The documentation sends every argument in the query of a GET, passwords and card
numbers included; so does the client by default. It hides the query from logs and tracing tools on
*your* side, but cannot hide it from those of servers and proxies on the way. The vendor's own
clients send a form body, which stays out of those logs: ``method="POST"``.

**Values.** Amounts are `Decimal` US dollars; flags, numbers and texts are read in whatever form
they come. A date is the service's text, with a property beside it that is a `date`, or None where
the form is not known. Lists end whatever the service counts, and give no record twice when others
are added meanwhile. ``list().page(offset)`` gives a single page, with its ``items``, ``total`` and
``next_offset``; the list of reports is awaited, and has no pages. ``save`` sends every field, as
the vendor's client does: no source says what the service does with one that is left out. Get the
record, or ``blank()``, and give the changes. ``find`` looks up what an `OutcomeUnknownError` left
unknown; where no list gives an answer, as for bookings, the docstring says what is left to do.

**Commands by name.** `Customer.command` and `BoxTracker.command` send any command with any
arguments, also new ones that this library does not know, and return the whole JSON object as the
service sent it. Commands of the portal are called on a customer, those of the web API on the
tracker. Arguments are `str`, `Secret`, `int`, `float`, `Decimal`, `bool` (sent as 1 or 0), `date`
(in the format of the command's family) or None, which is left out. For a name that no source has,
`UnknownCommandWarning` or `UnknownArgumentWarning` warns, with the name that was most likely meant.
Status 303 (`ValidationError`) says which arguments were not given or are empty. A changing command
is sent a second time only after a refused key, which proves that nothing was done; whether a
command changes something is known for each, since the service charges cards by GET.

These are the known commands. Each has a method with all these arguments and fields. *arguments*
counts a command's own, without user names, passwords, keys and ``customer_id``; those that are not
documented, and nearly all *fields* of the answers, are known from the vendor's own clients.

| command | method | arguments | documented | fields |
|---|---|---|---|---|
| `cmdBoxTPortalHandShake` | `handshakes.portal`, of `BoxTracker` | 0 | 0 | 1 |
| `cmdBoxTPortalCustomerHandShake` | `handshakes.customer`, of `BoxTracker` | 0 | 0 | 2 |
| `cmdBoxTPortalCustomerLogOut` | `logout` | 0 | 0 | 0 |
| `cmdBoxTPortalCustomerData` | `profile.get` | 0 | 0 | 23 |
| `cmdBoxTPortalSaveCustomerProfile` | `profile.save` | 15 | 0 | 0 |
| `cmdBoxTPortalJobsiteList` | `job_sites.list` | 3 | 1 | 10 |
| `cmdBoxTPortalJobsiteData` | `job_sites.get`, `blank` | 1 | 0 | 20 |
| `cmdBoxTPortalSaveJobSite` | `job_sites.save` | 16 | 0 | 0 |
| `cmdBoxTPortalWorkOrderList` | `work_orders.list` | 2 | 1 | 13 |
| `cmdBoxTPortalWorkOrderData` | `work_orders.get`, `blank` | 2 | 0 | 30 |
| `cmdBoxTPortalSaveWorkOrder` | `work_orders.save` | 10 | 0 | 0 |
| `cmdBoxTPortalRemoveWorkOrder` | `work_orders.remove` | 1 | 0 | 0 |
| `cmdBoxTPortalTransactionsList` | `transactions.list` | 2 | 1 | 8 |
| `cmdBoxTPortalTransactionData` | `transactions.payable` | 1 | 0 | 10 |
| `cmdBoxTPortalEmailTransaction` | `transactions.email` | 2 | 0 | 0 |
| `cmdBoxTPortalProcessPayment` | `transactions.pay` | 20 | 0 | 0 |
| `cmdBoxTPortalSaveCCard` | `cards.store` | 14 | 0 | 0 |
| `cmdBoxTPortalCCardMakePrimary` | `cards.make_primary` | 1 | 0 | 0 |
| `cmdBoxTPortalReportList` | `reports.list` | 0 | 0 | 3 |
| `cmdBoxTPortalReportParams` | `reports.parameters` | 1 | 0 | 6 |
| `cmdBoxTPortalReportDetails` | `reports.run` | 11 | 0 | 1 |
| `cmdBoxTWebAPIHandShake` | `handshakes.web_api`, of `BoxTracker` | 0 | 0 | 2 |
| `cmdBoxTWebAPIPricing` | `ordering.pricing`, of `BoxTracker` | 2 | 2 | 29 |
| `cmdBoxTWebAPIRequestService` | `ordering.request_service`, of `BoxTracker` | 36 | 31 | 7 |
| `cmdBoxTWebAPIDirectBooking` | `ordering.book`, of `BoxTracker` | 36 | 31 | 7 |
"""
