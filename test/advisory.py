# SPDX-License-Identifier: Apache-2.0
"""A CSAF 2.0 advisory of our own, where no real one is at hand or may be copied."""


def advisory(number):
    time = "2026-01-01T00:00:00Z"
    return {"document": {
        "category": "csaf_base", "csaf_version": "2.0", "title": f"Advisory {number}",
        "publisher": {"category": "vendor", "name": "N", "namespace": "https://example.org"},
        "distribution": {"tlp": {"label": "GREEN"}},
        "tracking": {"id": f"EX-{number}", "current_release_date": time,
                     "initial_release_date": time, "status": "final", "version": "1",
                     "revision_history": [{"date": time, "number": "1", "summary": "First"}]}},
        "vulnerabilities": [{"scores": [{"cvss_v3": {"baseScore": 9.8}}]}]}
