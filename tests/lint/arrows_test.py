# SPDX-License-Identifier: Apache-2.0
"""The check itself can fail: one forbidden include of each sort is seen, and the allowed ones pass."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from arrows import forbidden  # noqa: E402

CASES = [
    ("rules/policy.cc", '#include "base/error.h"', 0),
    ("rules/policy.cc", '#include "fingerprint/classify.h"', 1),
    ("fingerprint/a.cc", '#include "agent/spool.h"', 1),
    ("wire/a.h", '#include "rules/rules.h"', 1),
    ("agent/a.cc", '#include "agent/sensor/sensor.h"', 0),
    ("agent/a.cc", '#include "bpf/shared.h"', 1),
    ("agent/sensor/a.cc", '#include "bpf/shared.h"', 0),
    ("agent/sensor/a.cc", '#include "bpf/taint.h"', 1),
    ("agent/sensor/a.cc", '#include "wire/codec.h"', 1),
    ("agent/fallback/a.cc", '#include "agent/sensor/pins.h"', 0),
    ("agent/fallback/a.cc", '#include "bpf/fallback/maps.bpf.h"', 1),
    ("agent/sensor/a.cc", '#include "agent/fallback/attach.h"', 1),
    ("console/server/a.cc", '#include "agent/spool.h"', 1),
    ("cli/a.cc", '#include "agent/enroll/enroll.h"', 0),
    ("cli/a.cc", '#include "agent/spool/spool.h"', 1),
    ("bpf/a.c", '#include "base/hex.h"', 1),
    ("tests/e2e/a.cc", '#include "agent/spool.h"', 0),
    ("base/a.cc", '#include <vector>', 0),
]
wrong = [case for case in CASES if len(list(forbidden(case[0], case[1]))) != case[2]]
for case in wrong:
    print("arrows check is wrong about", case)
sys.exit(1 if wrong else 0)
