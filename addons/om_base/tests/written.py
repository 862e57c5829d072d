"""What is written is read back: for the declared tables of all add-ons."""

import io
from dataclasses import replace
from datetime import date

import xlsxwriter
from hypothesis import settings
from hypothesis import strategies as st

from ..tools.sheets import Sheet, read_tables
from ..tools.tables import FormWords, SheetWriter
from ..tools.text import clean_code
from ..tools.xlsx import Workbook, clean_text

CASES = settings(deadline=None, derandomize=True, database=None, max_examples=25)
WORDS = FormWords("可选项", *[""] * 7)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def rows_of(table):
    """Rows as they are read; each says something."""
    nothing = None if table.is_loose else False
    kinds = {
        "integer": lambda column: st.integers(0, int(column.most)),
        "date": lambda _column: DAYS if table.is_loose else DAYS.map(date.isoformat),
        "month": lambda _column: DAYS.map(lambda day: day.replace(day=1)),
        "flag": lambda _column: st.booleans(),
        "choice": lambda column: st.sampled_from([*column.get_texts()] or [nothing]),
        "code": lambda _column: st.text(max_size=20).map(clean_text).map(clean_code),
    }
    kinds |= dict.fromkeys(
        ("number", "money"),
        lambda column: st.floats(0, column.most).map(lambda value: round(value, 6)),
    )

    def values_of(column):
        make = kinds.get(column.kind)
        values = make(column) if make else st.text(max_size=20).map(clean_text)
        if column.required:
            return values.filter(lambda value: value not in ("", None))
        may_be_empty = column.kind in ("date", "month", "choice")
        return st.one_of(st.just(nothing), values) if may_be_empty else values

    def is_said(column, value):
        return value not in ("", None) and (value is not False or column.kind == "flag")

    columns = [column for column in table.columns if column.read]
    rows = st.fixed_dictionaries({each.key: values_of(each) for each in columns})
    rows = rows.filter(
        lambda row: any(is_said(each, row[each.key]) for each in columns)
    )
    return st.lists(rows, max_size=4)


def write_and_read(table, rows):
    """(rows, mistakes) of a table that was written with these rows."""
    seen = {column.key: "" for column in table.columns if not column.read}
    table = replace(table, key="written", rows=[{**row, **seen} for row in rows])
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
        writer = SheetWriter(workbook)
        if table.is_loose:
            writer.add_table(table)
        else:
            writer.add_form([table], WORDS)
    book = Workbook(output.getvalue())
    if table.is_loose:
        sheet = Sheet(table, book.read_rows(book.titles[0]))
        return [row.values for row in sheet.rows], sheet.problems
    reading = read_tables(book, [table])
    return [row.values for row in reading.rows["written"]], reading.problems
