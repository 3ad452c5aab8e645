#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up what `meson test` logged.

Prints "N passed, N failed" and exits with 1 when anything failed, or when no
test ran at all. A program that tells how many checks it made counts as so
many tests, any other as one.
"""
import json
import re
import sys

CHECKS = re.compile(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)")


def count(entry):
    passed = failed = 0
    for checks, failures, errors in CHECKS.findall(entry.get("stdout", "")):
        bad = int(failures) + int(errors)
        failed += bad
        passed += int(checks) - bad
    if entry["result"] == "OK":
        return max(passed, 1), failed
    return passed, max(failed, 1)


def main():
    passed = failed = 0
    for path in sys.argv[1:]:
        try:
            with open(path, encoding="utf-8") as log:
                for line in log:
                    good, bad = count(json.loads(line))
                    passed += good
                    failed += bad
        except OSError as error:
            print(error)
            failed += 1
    if passed + failed == 0:
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
