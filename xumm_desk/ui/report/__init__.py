"""The report: what a day, a week or a month brought, as cards with a chart, or as a table.

Start with `report_page.py`. `sales_chart.py` is the one module that needs pyqtgraph and numpy, and
is imported when the report is first opened.
"""
