"""The name that a file is offered with."""

from __future__ import annotations

from datetime import date

from xumm_desk.core.export.job import ExportFormat, file_name

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_the_name_says_shop_and_days() -> None:
    name = file_name("Café Ribbon & Söhne", FIRST, LAST, ExportFormat.CSV)
    assert name == "café-ribbon-söhne-2026-11-01-2026-11-30.csv"


def test_an_open_range_and_a_single_day_have_names_of_their_own() -> None:
    assert file_name("", None, None, ExportFormat.JSON_LINES) == "requests.jsonl"
    assert file_name("a", FIRST, None, ExportFormat.XLSX) == "a-since-2026-11-01.xlsx"
    assert file_name("a", None, LAST, ExportFormat.XLSX) == "a-until-2026-11-30.xlsx"
    assert file_name("a", FIRST, FIRST, ExportFormat.XLSX) == "a-2026-11-01.xlsx"


def test_no_name_leads_to_another_folder() -> None:
    assert file_name("../../etc/x", None, None, ExportFormat.CSV) == "etc-x.csv"
