"""What a child of the prober and the process that asks it agree on: the words, and what a file may cost."""

import struct

# Measured, with a poster: H.264 of 1080p takes 45 MB and 30 ms, of 8192 × 4320 125 MB and 160 ms; the
# dearest that we take is AV1 of that size with 455 MB and 150 ms.
MEMORY = 768 << 20
CPU_SECONDS = 15
SECONDS = 20  # of its own, the waits for the storage not counted

ORDER = struct.Struct("!Q?d")  # size of the file, poster wanted, and of which second
ANY_SECOND = -1.0
READ = struct.Struct("!cQI")  # its kind, offset, length
READ_KIND, RESULT, ERROR = b"R", b"F", b"E"
PIECE = 256 << 10  # few round trips to a slow storage, and little read in vain after a seek
