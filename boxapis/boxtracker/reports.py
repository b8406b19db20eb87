"""The resource Reports: the reports that a customer may run, their parameters, and running them.

Source: the vendor's own client; its manual has no page for reports.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.reports import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Report,
    Section,
    parse_report,
)
from boxapis._sansio.text import exact_int, exact_mapping
from boxapis.boxtracker._resource import Resource, checked_id, optional, several
from boxapis.errors import ConfigurationError

__all__ = [
    "Cell",
    "Chart",
    "ChartKind",
    "Column",
    "GivenReport",
    "ListedReport",
    "Parameter",
    "Report",
    "ReportForm",
    "Reports",
    "Section",
]


@frozen(kw_only=True)
class ListedReport:
    """A report that the customer may run.

    Attributes:
        id: The number of the report.
        name: The title.
        category: The heading under which it is listed.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: int = field(metadata=shapes.wire_name("ID"))
    name: kinds.Scalar | None = optional("Name")
    category: kinds.Scalar | None = optional("Category")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class Parameter:
    """A parameter of a report.

    Attributes:
        param: The kind, in the service's words, for instance ``"startDate"`` or
            ``"sortBy_Date|Site"``; see `argument` and `choices`.
        param_extra: What may be chosen, as the service writes it; see `choices`.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    param: str | None = optional("Param")
    param_extra: Any = optional("ParamExtra")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def argument(self) -> str | None:
        """The service's argument, for instance ``"startDate"``; None if it has none that is known.

        A check box has one of its own, for instance ``"chkShowAll"``: a key of ``checks`` in
        `GivenReport`.
        """
        param = self.param or ""
        if param.startswith("chk_"):
            return param.replace("_", "")
        word = param.partition("_")[0]
        is_known = param in _ARGUMENTS.values() if word == param else word in _CHOICES
        return word if is_known else None

    @property
    def choices(self) -> Mapping[str, str]:
        """The values that may be chosen, with their labels; empty if any value may be given."""
        word, _, rest = (self.param or "").partition("_")
        if word in _CHOICES and rest:
            return {choice: choice for choice in rest.split("|")}
        match word, self.param_extra:
            case "jobSite", list() as sites:
                texts = [_site_texts(site) for site in sites if isinstance(site, dict)]
                return {number: label for number, label in texts if number}
            case "woType", dict() as types:
                return {name: str(types[name]) for name in types if name not in _STRAY_KEYS}
            case _:
                return {}


@frozen(kw_only=True)
class ReportForm:
    """The parameters that a report takes.

    Attributes:
        id: The number of the report.
        name: The title.
        description: What the report is about.
        parameters: The parameters, in the order of the vendor's form.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    id: kinds.Number | None = optional("ID")
    name: kinds.Scalar | None = optional("Name")
    description: kinds.Scalar | None = optional("RptDesc")
    parameters: tuple[Parameter, ...] = several("Params")
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)

    @property
    def checks(self) -> Mapping[str, bool]:
        """The check boxes, all of them off: the vendor's client sends each, on or off."""
        names = (parameter.argument for parameter in self.parameters)
        return {name: False for name in names if name is not None and name.startswith("chk")}


class GivenReport(TypedDict, total=False):
    """Arguments of a report; `ReportForm` says which of them it takes."""

    start_date: date | str | None  # a str as the service writes it: "Jan 05, 2024"
    end_date: date | str | None
    delivery_date: date | str | None
    month: int | None  # 1 to 12
    year: int | None  # four digits, 2016 at the earliest in the vendor's client
    job_site: int | None  # None for all
    order_type: str | None  # one of Parameter.choices, as are the three below
    sort_by: str | None
    filter_by: str | None
    list_by: str | None
    checks: Mapping[str, bool]  # the check boxes, for instance {**form.checks, "chkShowAll": True}


_ARGUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "start_date": "startDate",
        "end_date": "endDate",
        "delivery_date": "deliveryDate",
        "month": "month",
        "year": "year",
        "job_site": "jobSite",
        "order_type": "woType",
        "sort_by": "sortBy",
        "filter_by": "filterBy",
        "list_by": "listBy",
    }
)
_CHOICES = ("sortBy", "filterBy", "listBy")
_STRAY_KEYS = ("ID", "excludeFromJSON", "dbh")  # of the server's own objects


def _site_texts(site: Mapping[str, Any]) -> tuple[str, str]:
    texts = [kinds.parse_scalar(site.get(name)) or "" for name in ("ID", "JobName", "Address")]
    return texts[0], ", ".join(text for text in texts[1:] if text)


@frozen(kw_only=True)
class _Lines:
    """The response to a run: one text for each line; see `parse_report`."""

    lines: tuple[kinds.Cell, ...] = field(metadata=shapes.wire_name("reportObj"))
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS)


@frozen(kw_only=True)
class _List:
    """The response to a list, which has no pages."""

    reports: tuple[ListedReport, ...] = field(metadata=shapes.wire_name("reportObjList"))


class Reports(Resource):
    """Reports of one customer, as ``customer.reports``."""

    __slots__ = ()

    async def list(self) -> tuple[ListedReport, ...]:
        """Returns the reports that the customer may run. Kind: read.

        Raises:
            PermissionDeniedError: the customer may run none (308).
            ServerError: no data could be generated (511); no source says whether that means none.
            BoxAPIError: see `boxapis.errors`.
        """
        command = "cmdBoxTPortalReportList"
        return await self._read_as(_listed, _List, command, {})

    async def parameters(self, id: int) -> ReportForm:  # noqa: A002 - the service's word
        """Returns the parameters that a report takes, with what may be chosen. Kind: read.

        Args:
            id: The number of the report.

        Raises:
            ConfigurationError: it is no id. Nothing was sent.
            NotFoundError: there is no such report (312).
            PermissionDeniedError: the customer may not run it (308).
            BoxAPIError: see `boxapis.errors`.
        """
        arguments = {"report_id": checked_id(id, "the report's id")}
        return await self._read(
            ReportForm, "reportParamsObj", "cmdBoxTPortalReportParams", arguments
        )

    async def run(
        self,
        id: int,  # noqa: A002 - the service's word
        **arguments: Unpack[GivenReport],
    ) -> Report:
        """Runs a report. Kind: read, though it may take the service long.

        Args:
            id: The number of the report.
            arguments: What `parameters` says that it takes, for instance
                ``start_date=date(2024, 1, 1), checks={"chkShowAll": True}``.

        Raises:
            ConfigurationError: it is no id, there is no such argument, a month is not 1 to 12, or
                the name of a check box does not begin with ``chk``. Nothing was sent.
            ValidationError: an argument is missing or malformed (303, 310).
            NotFoundError: there is no such report (312).
            PermissionDeniedError: the customer may not run it (308).
            ServerError: refused because it would harm performance (311): ask for less.
            BoxAPIError: see `boxapis.errors`.
        """
        named = {"report_id": checked_id(id, "the report's id"), **_report_arguments(arguments)}
        return await self._read_as(_report, _Lines, "cmdBoxTPortalReportDetails", named)


def _listed(response: _List) -> tuple[ListedReport, ...]:
    return response.reports


def _report(response: _Lines) -> Report:
    return parse_report(response.lines, response.extra)


def _report_arguments(given: Mapping[str, object]) -> dict[str, object]:
    """Returns the service's arguments of a run.

    Raises:
        ConfigurationError: one is unknown, or has no form that can be sent.
    """
    unknown = sorted(set(given) - {*_ARGUMENTS, "checks"})
    if unknown:
        message = f"there is no argument {', '.join(unknown)}; those of a report are"
        raise ConfigurationError(f"{message} {', '.join(_ARGUMENTS)} and checks")
    checks = exact_mapping(given.get("checks", {}))
    if checks is None or any(not name.startswith("chk") for name in checks):
        message = "checks must be a mapping of names that begin with chk, to True or False"
        raise ConfigurationError(message)
    arguments = {_ARGUMENTS[name]: given[name] for name in given if name != "checks"}
    month = given.get("month")
    if month is not None:
        number = exact_int(month)
        if number is None or not 1 <= number <= 12:  # noqa: PLR2004 - months
            message = "month must be 1 to 12"
            raise ConfigurationError(message)
        arguments["month"] = f"{number:02d}"
    return {**arguments, **{name: bool(value) for name, value in checks.items()}}
