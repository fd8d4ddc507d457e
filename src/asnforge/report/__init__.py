"""A report of what was generated, or of a comparison, as one HTML page that opens without a network.

`report_of` and `report_of_comparison` make the values that the page shows, and `render_page` makes the page.
"""

from asnforge.report.build_report import report_of
from asnforge.report.compared_sides import report_of_comparison
from asnforge.report.render import render_page

__all__ = ["render_page", "report_of", "report_of_comparison"]
