"""What other floors may hear of imports."""

from django.dispatch import Signal

#: Sent with `run` in the transaction in which an import has written its rows.
import_finished = Signal()
