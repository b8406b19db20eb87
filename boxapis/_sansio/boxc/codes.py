"""The 123 error codes of BoxC, and the error class of each.

Source: the published API description 1.123 (https://docs.boxc.com/).
"""

from types import MappingProxyType

from boxapis._sansio.operation import FIRST_SERVER_STATUS
from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)

__all__ = ["BOXC_CODES", "boxc_error"]

_CODES: dict[type[APIError], tuple[int, ...]] = {
    AuthenticationError: (1003, 1004, 1005, 1007, 1008),
    PermissionDeniedError: (1009,),
    RateLimitError: (1015,),
    PaymentError: (1080, 1081, 1082),
    ValidationError: (
        *(1000, 1002, 1012, 1025, 1031, 1145, 1200, 1208, 1215, 1221, 1222, 1223, 1224, 1226),
        *(1227, 1228, 1240, 1242, 1325, 1339, 1340, 1341, 1352, 1354, 1500, 1501, 1502, 1503),
    ),
    NotFoundError: (
        *(1040, 1050, 1090, 1120, 1140, 1205, 1210, 1211, 1225, 1250, 1275, 1320, 1330, 1332),
        *(1350, 1360, 1370, 1400, 1450, 1460, 1461),
    ),
    ConflictError: (
        *(1121, 1122, 1141, 1142, 1143, 1144, 1201, 1202, 1204, 1206, 1207, 1212, 1213, 1216),
        *(1217, 1218, 1219, 1220, 1230, 1251, 1270, 1271, 1272, 1273, 1276, 1277, 1321, 1322),
        *(1326, 1331, 1333, 1334, 1335, 1337, 1338, 1351, 1353, 1371, 1373, 1374, 1401, 1451),
        *(1454, 1462, 1463),
    ),
    ServerError: (
        *(1001, 1010, 1051, 1203, 1243, 1252, 1253, 1254, 1274, 1323, 1324, 1372, 1402, 1403),
        *(1404, 1405, 1425, 1452, 1453),
    ),
}

BOXC_CODES = MappingProxyType({code: error for error, codes in _CODES.items() for code in codes})

# Documented with 400, for a conflict, and with 500, for a failure of the server.
_BY_HTTP_STATUS = frozenset({1142, 1206, 1212, 1333, 1405})
_UNAVAILABLE = 503  # a code in three examples, though not in the table of codes


def boxc_error(code: int, http_status: int) -> type[APIError] | None:
    """Returns the error class of a BoxC code; None for an undocumented code."""
    if code in _BY_HTTP_STATUS:
        return ServerError if http_status >= FIRST_SERVER_STATUS else ConflictError
    if code == _UNAVAILABLE:
        return ServerError
    return BOXC_CODES.get(code)
