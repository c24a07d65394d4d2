#!/usr/bin/env bash
# Hours that members gave, in a sheet of LibreOffice: 2 h 30 and 26 h 30. Polars 2.1.0 (fastexcel 0.21.0) reads the
# second as empty, so that a sum is 2 h 30, without a word. pandas 3.1.1 by python-calamine 0.9.1 gives a time of the
# day and a text, PT26H30M00S. By odfpy 1.4.1, its own way for such sheets, it reads what the cell shows: 26:30:00 is an
# error, and 02:30, as a cell shows the same value whose format is HH:MM, is 2 h 30. From .xlsx (openpyxl 3.1.5) all of
# them read both as they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet install polars==2.1.0 fastexcel==0.21.0 pandas==3.1.1 python-calamine==0.9.1 odfpy==1.4.1 \
    openpyxl==3.1.5
venv/bin/python - <<'PY'
from datetime import time, timedelta

import openpyxl
import pandas as pd
import polars as pl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

SHORT, LONG = timedelta(hours=2.5), timedelta(hours=26.5)


def cell(shown, value=""):
    made = TableCell(valuetype="time", timevalue=value) if value else TableCell(valuetype="string")
    made.addElement(P(text=shown))
    return made


def sheet(path, shown):
    """As LibreOffice saves it: beside each value what the cell shows of it."""
    written = OpenDocumentSpreadsheet()
    table = Table(name="Bénévolat")
    hours = {"Nom": ["Heures"], "Léa": ["02:30:00", "PT02H30M00S"], "Ali": [shown, "PT26H30M00S"]}
    for name, given in hours.items():
        row = TableRow()
        row.addElement(cell(name))
        row.addElement(cell(*given))
        table.addElement(row)
    written.spreadsheet.addElement(table)
    written.save(path)


def by_odfpy(path):
    try:
        return pd.read_excel(path, engine="odf")["Heures"].tolist()
    except ValueError as error:
        return str(error)


sheet("hours.ods", "26:30:00")
sheet("minutes.ods", "02:30")
book = openpyxl.Workbook()
for row in (("Nom", "Heures"), ("Léa", SHORT), ("Ali", LONG)):
    book.active.append(row)
book.save("hours.xlsx")
says = {
    "Polars, ods": pl.read_ods("hours.ods")["Heures"].to_list(),
    "pandas by calamine, ods": pd.read_excel("hours.ods", engine="calamine")["Heures"].tolist(),
    "pandas by odfpy, ods": by_odfpy("hours.ods"),
    "pandas by odfpy, ods that shows HH:MM": by_odfpy("minutes.ods"),
    "Polars, xlsx": pl.read_excel("hours.xlsx")["Heures"].to_list(),
    "pandas by calamine, xlsx": pd.read_excel("hours.xlsx", engine="calamine")["Heures"].tolist(),
    "pandas by openpyxl, xlsx": pd.read_excel("hours.xlsx", engine="openpyxl")["Heures"].tolist(),
}
for name, found in says.items():
    print(f"{name}: {found}")
print("sum by Polars:", pl.read_ods("hours.ods")["Heures"].sum())
assert pl.read_ods("minutes.ods")["Heures"].to_list() == says["Polars, ods"], "Polars behaves otherwise now"
assert list(says.values()) == [
    [SHORT, None],
    [time(2, 30), "PT26H30M00S"],
    "hour must be in 0..23: 26:30:00",
    [time(2, 30), time(2, 30)],
    *[[SHORT, LONG]] * 3,
], "one of them behaves otherwise now"
PY
