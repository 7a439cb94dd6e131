// SPDX-License-Identifier: Apache-2.0
#include "rules/join_boxes.h"

namespace modelward::rules {
namespace {

// Destinations and their names are not joined: their union is not a conjunction of tests.
bool join(Box& into, const Box& other) {
    if (into.destinations != other.destinations || into.domains != other.domains) return false;
    const int differences = (into.classes != other.classes) + (into.kinds != other.kinds) +
                            (into.operations != other.operations) + (into.ports != other.ports) +
                            (into.users != other.users) + (into.programs != other.programs);
    if (differences > 1) return false;
    into.classes |= other.classes;
    into.kinds |= other.kinds;
    into.operations |= other.operations;
    into.ports = into.ports | other.ports;
    into.users = into.users | other.users;
    into.programs = into.programs | other.programs;
    if (into.network_field == nullptr) into.network_field = other.network_field;
    return true;
}

bool join_pass(std::vector<Box>& boxes) {
    bool joined = false;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        for (std::size_t j = i + 1; j < boxes.size();) {
            if (join(boxes[i], boxes[j])) {
                boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
                joined = true;
            } else {
                ++j;
            }
        }
    }
    return joined;
}

}  // namespace

void join_boxes(std::vector<Box>& boxes) {
    while (join_pass(boxes)) {
    }
}

}  // namespace modelward::rules
