#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draws the samples of soak: plot-soak.py samples.csv soak.png"""

import csv
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

PANELS = [
    ("streams", [("streams", "meetings at once")]),
    ("resident memory, MB", [("resident_kb", None)]),
    ("threads and descriptors", [("threads", "threads"),
                                 ("descriptors", "descriptors")]),
    ("lateness of audio, ms", [("lateness_p50_ms", "median"),
                               ("lateness_p99_ms", "99 %")]),
]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items()}
                for row in csv.DictReader(file)]
    minutes = [row["seconds"] / 60 for row in rows]
    figure, axes = plt.subplots(len(PANELS), 1, sharex=True, figsize=(9, 9))
    for axis, (title, lines) in zip(axes, PANELS):
        for name, label in lines:
            scale = 1024 if name == "resident_kb" else 1
            axis.plot(minutes, [row[name] / scale for row in rows],
                      label=label, linewidth=0.9)
        if len(lines) > 1:
            axis.legend(loc="upper right", fontsize="small")
        if title.startswith("lateness"):
            axis.set_yscale("symlog", linthresh=1)
        axis.set_ylabel(title, fontsize="small")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    axes[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(sys.argv[2], dpi=80)


if __name__ == "__main__":
    main()
