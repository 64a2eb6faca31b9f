"""What other apps may want to know of a file: `media`, in the transaction that makes it so."""

from django.dispatch import Signal

# It has a poster and a length now, or other ones.
contents_changed = Signal()
# It has its first captions now, or none any more.
captions_changed = Signal()
# More of it has arrived, or all of it, or it is certain that it never will.
upload_moved = Signal()
