# SPDX-License-Identifier: Apache-2.0
"""Prometheus' text format 0.0.4, read more strictly than Prometheus does: every family has HELP and
TYPE, in this order, before its samples, which stand together; names keep to the conventions; no
sample comes twice; histograms add up."""

import re

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z')
LABEL = re.compile(r'([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|\Z)')
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?\Z")
# What a name says its values are; a counter ends in _total as well.
UNITS = ("seconds", "bytes")
OTHER_UNITS = ("milliseconds", "ms", "minutes", "hours", "kilobytes", "percent")


class Exposition:
    """A page: families by name, samples by name and labels."""

    def __init__(self, text):
        self.kinds, self.help, self.samples = {}, {}, {}
        assert text.endswith("\n"), "the last line has its end"
        assert "\r" not in text
        self.family, self.lines = None, text[:-1].split("\n")
        for line in self.lines:
            (self.comment if line.startswith("#") else self.sample)(line)
        for name, kind in self.kinds.items():
            if kind == "histogram":
                self.check_histogram(name)

    def comment(self, line):
        mark, word, name, rest = line.split(" ", 3)
        assert mark == "#" and word in ("HELP", "TYPE"), line
        if word == "HELP":
            assert name not in self.help, f"{name} twice"
            assert NAME.match(name) and name.startswith("aldis_"), name
            assert not set(name.split("_")) & set(OTHER_UNITS), f"{name}: not a base unit"
            assert rest.endswith(".") or rest.endswith("?") or "always 1" in rest, line
            self.help[name], self.family = rest, name
            return
        assert name == self.family and name not in self.kinds, f"TYPE of {name} follows its HELP"
        assert rest in ("counter", "gauge", "histogram"), line
        assert (rest == "counter") == name.endswith("_total"), f"{name} is a {rest}"
        self.kinds[name] = rest

    def sample(self, line):
        match = SAMPLE.match(line)
        assert match, f"no sample: {line!r}"
        name, labels, value = match.groups()
        assert self.family in self.kinds, f"{line!r} before a TYPE"
        endings = ("_bucket", "_sum", "_count") if self.kinds[self.family] == "histogram" else ("",)
        assert name in [self.family + ending for ending in endings], f"{line!r} stands in {self.family}"
        assert NUMBER.match(value), f"{line!r}: the value"
        key = name, self.labels(labels)
        assert key not in self.samples, f"{line!r} twice"
        self.samples[key] = float(value)

    @staticmethod
    def labels(text):
        found, at = [], 0
        while text is not None and at < len(text):
            match = LABEL.match(text, at)
            assert match, f"no label: {text[at:]!r}"
            name, value, comma = match.groups()
            assert not name.startswith("__") and name not in dict(found), text
            found.append((name, re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), value)))
            at = match.end()
            assert not comma or at < len(text), f"a comma at the end of {text!r}"
        return frozenset(found)

    def check_histogram(self, name):
        assert any(name.endswith("_" + unit) for unit in UNITS), name
        buckets = sorted((float(dict(labels)["le"]), value) for (sample, labels), value
                         in self.samples.items() if sample == name + "_bucket")
        counts = [value for _, value in buckets]
        assert counts == sorted(counts) and buckets[-1][0] == float("inf"), buckets
        assert counts[-1] == self.value(name + "_count")
        assert self.value(name + "_sum") >= 0

    def value(self, name, **labels):
        """The one sample with exactly these labels; None when there is none."""
        return self.samples.get((name, frozenset(labels.items())))

    def all(self, name):
        """Labels and value of each sample."""
        return [(dict(labels), value) for (sample, labels), value in self.samples.items() if sample == name]
