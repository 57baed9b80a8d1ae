#!/bin/sh
# variant: gcc
# Real files, changed in known ways: for each format of the shared corpus every change comes back as just that, no more and no less. What is expected
# is counted on the records themselves: each record of the changed file stands where the one it was made of stood.
#
# One line for each format and change. MUTATIONS=DIR takes other files of the corpus's shape (DIR/manifest.tsv).
if [ -z "${SHARED:-}" ]; then
	echo 'skip - changed files of the corpus (../shared is not here)'
	exit 0
fi
exec python3 tests/cli/mutations.py
