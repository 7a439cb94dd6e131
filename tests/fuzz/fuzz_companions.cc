// SPDX-License-Identifier: Apache-2.0
// Any header of a model in several files, with any bytes in those that it names. One byte says what the
// header is called, two how long it is; the rest is what every file beside it holds.
#include <array>

#include "fingerprint/readers/companions/companions.h"
#include "tests/fuzz/tensor_reader.h"

namespace {

using namespace modelward;

class AnyFile final : public fingerprint::Siblings {
  public:
    explicit AnyFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    Result<std::unique_ptr<fingerprint::ByteSource>> open(const std::string& name) override {
        fuzz::require(!name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos);
        return std::make_unique<fingerprint::MemorySource>(bytes_);
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

constexpr std::array kNames = {"model.safetensors.index.json", "model.onnx", "variables.index",
                               "m-00001-of-00003.gguf"};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::span bytes(data + 3, size - 3);
    const std::size_t length = std::min<std::size_t>(bytes.size(), data[1] + data[2] * 256U);
    const fingerprint::MemorySource header(bytes.first(length));
    AnyFile folder(bytes.subspan(length));
    const auto found = fingerprint::find_companions(header, kNames[data[0] % kNames.size()], folder);
    if (!found || !found->joined) return 0;
    const auto table = found->joined->reader().read(*found->joined);
    if (table) fuzz::exercise(*table, *found->joined);
    return 0;
}
