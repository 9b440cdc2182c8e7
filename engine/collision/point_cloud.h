// A point cloud checked, and made into a hull.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "collision/hull_data.h"

namespace rigjit::collision {

// Errors name the hull where it has a name.
[[nodiscard]] Result<std::shared_ptr<const HullData>> hull_of_points(const double* points,
                                                                     std::size_t count,
                                                                     const std::string& name);

}  // namespace rigjit::collision
