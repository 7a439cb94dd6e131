// SPDX-License-Identifier: Apache-2.0
// Which of the kernel's own functions the programs can use on this host, and what is not seen without the
// others.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

struct btf;

namespace modelward::agent {

// A program on a function that a kernel may lack: one that is no security hook, or a hook of later kernels.
struct OptionalProgram {
    std::string_view name;        // of the program
    const char* function;         // that it is attached to
    std::string_view blind_spot;  // without it; empty: not needed on a kernel without that function
};

// Null: `program` is a security hook, which every kernel that is supported has.
const OptionalProgram* find_optional_program(std::string_view program);

class KernelFunctions {
  public:
    // Reads the kernel's description of itself (BTF). kUnsupported: it has none.
    static Result<KernelFunctions> read();

    bool have(const char* function) const;
    bool counts_known() const { return have("rw_verify_area"); }

    std::vector<std::string> blind_spots() const;

  private:
    explicit KernelFunctions(btf* types);

    std::unique_ptr<btf, void (*)(btf*)> types_;
};

}  // namespace modelward::agent
