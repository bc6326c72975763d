"""Reading the workbooks offices send: plans, disbursements, trainings. No database here.

reading = read_workbook(file, "plan")      # WorkbookError: the whole file is unusable
reading.rows, reading.errors, reading.warnings
review(reading, year)                      # what is doubtful about it as a whole
mark_errors(file, reading.errors)          # the same workbook, cells red and commented
"""

from .corrections import Correction
from .guard import MAX_BYTES
from .length import rows_in
from .mark import mark_errors
from .model import Issue, Kind, Reading, Row, WorkbookError
from .read import read_workbook
from .review import review
