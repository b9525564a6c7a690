# The public headers of accrue, relative to include/, one a line and sorted. The list is explicit so that what
# is installed is what was meant to be; the test `layout` fails when it differs from the files on disk.
set(accrue_headers
    # <begin>
    # <end>
)
