// SPDX-License-Identifier: Apache-2.0
#include "rules/box.h"

#include <algorithm>

namespace modelward::rules {
namespace {

std::vector<FieldAnswer> united(std::vector<FieldAnswer> tests, const std::vector<FieldAnswer>& more) {
    for (const FieldAnswer& test : more)
        if (std::ranges::find(tests, test) == tests.end()) tests.push_back(test);
    return tests;
}

}  // namespace

bool operator==(const Box& a, const Box& b) {
    return a.classes == b.classes && a.kinds == b.kinds && a.operations == b.operations &&
           a.ports == b.ports && a.users == b.users && a.programs == b.programs &&
           a.destinations == b.destinations && a.domains == b.domains;
}

Box operator&(const Box& a, const Box& b) {
    Box result;
    result.classes = a.classes & b.classes;
    result.kinds = a.kinds & b.kinds;
    result.operations = a.operations & b.operations;
    result.ports = a.ports & b.ports;
    result.users = a.users & b.users;
    result.programs = a.programs & b.programs;
    result.destinations = united(a.destinations, b.destinations);
    result.domains = united(a.domains, b.domains);
    result.network_field = a.network_field != nullptr ? a.network_field : b.network_field;
    return result;
}

}  // namespace modelward::rules
