// SPDX-License-Identifier: Apache-2.0
#include "fingerprint/readers/hdf5/data_layout.h"

namespace modelward::fingerprint {
Result<Hdf5Layout> read_data_layout(Hdf5Cursor cursor) {
    const auto version = cursor.number<std::uint8_t>();
    if (version != 3 && version != 4)
        cursor.refuse(ErrorCode::kUnsupported, "version " + std::to_string(version) + "; 3 and 4 are read");
    Hdf5Layout layout{.layout_class = static_cast<Hdf5LayoutClass>(cursor.number<std::uint8_t>())};
    switch (layout.layout_class) {
        case Hdf5LayoutClass::kCompact:
            layout.bytes = cursor.number<std::uint16_t>();
            layout.position = cursor.position();
            break;
        case Hdf5LayoutClass::kContiguous:
            layout.position = cursor.address();
            layout.bytes = cursor.length();
            break;
        case Hdf5LayoutClass::kChunked:
        case Hdf5LayoutClass::kVirtual:
            break;
        default:
            cursor.refuse(ErrorCode::kUnsupported, "an unknown class");
    }
    if (!cursor.ok()) return fail(cursor.error().with_context("data layout"));
    return layout;
}

}  // namespace modelward::fingerprint
