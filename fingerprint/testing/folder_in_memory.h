// SPDX-License-Identifier: Apache-2.0
// A folder of files in memory, for what reads a model in several of them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fingerprint/readers/companions/companions.h"
#include "fingerprint/readers/reader.h"
#include "fingerprint/testing/synthetic_tensors.h"

namespace modelward::fingerprint::testing {

inline Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

class FolderInMemory final : public Siblings {
  public:
    FolderInMemory(std::initializer_list<std::pair<const std::string, Bytes>> files) : files_(files) {}

    Result<std::unique_ptr<ByteSource>> open(const std::string& name) override {
        asked_.push_back(name);
        const auto file = files_.find(name);
        if (file == files_.end()) return fail(ErrorCode::kNotFound, name);
        return std::make_unique<MemorySource>(file->second);
    }
    const std::vector<std::string>& asked() const { return asked_; }
    Bytes& operator[](const std::string& name) { return files_[name]; }

  private:
    std::map<std::string, Bytes> files_;
    std::vector<std::string> asked_;
};

// A header in a folder, with what it names there.
struct OpenedModel {
    Bytes header;
    MemorySource source{header};
    Companions companions{};

    OpenedModel(Bytes bytes, std::string_view name, Siblings& folder) : header(std::move(bytes)) {
        auto found = find_companions(source, name, folder);
        if (found) companions = std::move(*found);
    }
    OpenedModel(const OpenedModel&) = delete;
    OpenedModel& operator=(const OpenedModel&) = delete;

    Result<TensorTable> table() const {
        if (!companions.joined) return fail(ErrorCode::kNotFound, "stands for itself");
        return companions.joined->reader().read(*companions.joined);
    }
    Bytes data(const Tensor& tensor) const {
        Bytes bytes(tensor.bytes);
        if (!companions.joined->read(tensor.offset, bytes)) bytes.clear();
        return bytes;
    }
};

}  // namespace modelward::fingerprint::testing
