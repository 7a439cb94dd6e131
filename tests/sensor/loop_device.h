// SPDX-License-Identifier: Apache-2.0
// A loop device over a file or a disk, for as long as it lives. The module has to be there.
#pragma once

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <string>

#include "base/unique_fd.h"

namespace modelward::testing {

class Loop {
  public:
    explicit Loop(const std::string& image, int mode = O_RDWR)
        : image_(::open(image.c_str(), mode | O_CLOEXEC)) {
        const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
        path_ = "/dev/loop" + std::to_string(::ioctl(control.get(), LOOP_CTL_GET_FREE));
        device_.reset(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
        attached_ = ::ioctl(device_.get(), LOOP_SET_FD, image_.get()) == 0;
    }
    ~Loop() { ::ioctl(device_.get(), LOOP_CLR_FD, 0); }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    bool is_attached() const { return attached_; }
    const std::string& path() const { return path_; }

  private:
    UniqueFd image_, device_;
    std::string path_;
    bool attached_ = false;
};

}  // namespace modelward::testing
