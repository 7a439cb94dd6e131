// SPDX-License-Identifier: Apache-2.0
// The non-template functions of Asio and Beast, compiled here once.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
