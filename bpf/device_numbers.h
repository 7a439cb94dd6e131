/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/*
 * Devices that carry bytes off the host, by their numbers (Linux' devices.txt): serial lines, tapes, optical
 * disks, raw SCSI and USB (a phone over MTP), printers, TUN. What is known by its driver only (hidraw,
 * nvme-generic and others with numbers given at boot) is not in the list.
 */
#pragma once

#include <linux/types.h>

#ifdef __cplusplus
namespace modelward::kernel {
#else
#include <stdbool.h>
#endif

enum { kMinorBits = 20, kMinorMask = (1 << kMinorBits) - 1, kOpticalMajor = 11 };

static inline __attribute__((always_inline)) bool is_sink_character(__u32 device) {
    __u32 minor = device & kMinorMask;
    switch (device >> kMinorBits) {
        case 4: /* ttyS; terminals before */
            return minor >= 64;
        case 10: /* TUN and TAP */
            return minor == 200;
        case 6:   /* parallel printers */
        case 9:   /* tapes */
        case 21:  /* sg: any SCSI command to a stick, a burner, a tape */
        case 166: /* ttyACM */
        case 180: /* USB printers and others */
        case 188: /* ttyUSB */
        case 189: /* usbfs */
        case 204: /* serial lines of small boards */
        case 206: /* OnStream tapes */
        case 216: /* rfcomm: Bluetooth's serial lines */
            return true;
    }
    return false;
}

#ifdef __cplusplus
}
#endif
