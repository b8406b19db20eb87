r"""The command line, built on the clients and the sandbox.

Settings come from the environment. ``boxapis boxtracker login`` prompts for a missing password. It
stores only the session key, in a file that only you can read, until five minutes pass without a
command. Tables are for people; a pipe gets TSV, ``--json`` is for programs, and ``--query`` picks
from it by JMESPath. Messages and errors, one line each, go to stderr. ``NO_COLOR`` is honoured.
``--timeout SECONDS`` bounds each call; ``-v``, or ``BOXAPIS_LOG=1``, shows each call and its times
on stderr. ``boxapis boxtracker commands`` and ``boxapis boxc operations`` list all calls, and with
a name describe one. ``eval "$(boxapis completion bash)"`` lets the tab key complete commands, their
arguments and carriers.

``boxapis sandbox --port 8000`` serves the stand-in and prints the variables that lead to it;
``boxapis sandbox -- COMMAND`` sets them for one command and ends with it. ``--profile NAME`` writes
them into a profile, ``--fault lost_response:cmdBoxTPortalProcessPayment`` lets something go wrong,
``-v`` shows each request without its secrets. ``boxapis doctor --svg FILE`` saves its report as a
picture.

Under ``--json`` an error is also an object on stdout, ``{"error": {...}}`` with ``class``, ``code``
(the service's error number, or null), ``message``, ``may_have_been_applied`` (null where that is
not known) and ``next_step``. An argument in the wrong place is named by its place and never shown.

| Exit status | meaning |
|---|---|
| 0 | done |
| 1 | failed, and nothing was changed |
| 2 | wrong usage or a missing setting; nothing was sent |
| 3 | an import was done in part, or its report or results could not be written |
| 4 | something may have been carried out: look it up before you repeat it. Wins over 3 |
| 129, 130, 143 | SIGHUP, Ctrl-C, SIGTERM; after an import's calls under way have ended |
| 141 | done, but the reader of the output closed it early, as ``| head -1`` does |

**Profiles.** Secrets are never taken from the command line. Write a reference instead:
``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME`` (extra ``keyring``, separate because of its
dependencies on Linux) or ``prompt:``. References also work in profiles, which ``boxapis profile``
manages (``add``, ``list``, ``show``, ``remove``). A secret that is named without a value, as in
``boxapis profile add live BOXC_TOKEN``, is asked for and kept in the system's keyring. A profile
chosen by ``--profile`` or ``BOXAPIS_PROFILE`` replaces the environment as a whole, except that
``BOXAPIS_ALLOW`` still narrows it; in a program, `BoxC.from_profile` and `BoxTracker.from_profile`
do the same. Profiles are kept in ``~/.config/boxapis/profiles.toml`` (on macOS
``~/Library/Application Support/boxapis``, on Windows ``%APPDATA%\boxapis``; everywhere in
``$XDG_CONFIG_HOME/boxapis``, if that is set):

    [live]
    BOXTRACKER_USERNAME = "api-user"
    BOXTRACKER_PASSWORD = "keyring:boxapis/api-user"
    BOXC_TOKEN = "file:~/.secrets/boxc-token"

**Import of credentials.** A manifest lists what to store, in CSV (as Excel saves it, too), JSON or
YAML. In CSV each parameter has a column; elsewhere a row has ``params``. A row with an ``id``
updates that credential and replaces *all* its parameters; a row without one creates a credential.
``name`` is your own label, by which a later run finds and updates what an earlier one created. All
rows are checked before anything is sent (``--dry-run`` stops there); faulty ones are reported with
their lines, the others sent at the pace of the rate limit. Values that a tool left behind
(``1.23E+15``, ``#REF!``, ``********``, ``${KEY}``, blanks around a key) are faulty unless you give
``--as-is``. Ctrl-C, SIGTERM and SIGHUP wait for the calls under way. The journal beside the
manifest, ``secrets.csv.journal``, records what is done, for one account at one address, so that the
same command continues after a kill and, when the file has changed, sends what has changed; plan and
report say why. A creation that was cut off is looked up in the list by carrier, parameters and
time, for it has no name there. What fits may be another program's, so its id is shown and its row
left unknown, unless ``--adopt`` says that only this import creates credentials.
"""
