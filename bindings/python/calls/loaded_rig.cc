#include "calls/loaded_rig.h"

#include <utility>

#include "calls/dict_builder.h"
#include "calls/pose_keys.h"

namespace rigjit::python {

LoadedRig::LoadedRig(Rig loaded, LoadOptions loaded_with)
    : rig(std::move(loaded)),
      message_kernel(rig.kernel("message").value()),
      vec_size(rig.vec_size()),
      msgpack_size(rig.msgpack_size()),
      channel_count(rig.channel_count()),
      options(std::move(loaded_with)) {}

LoadedRig::~LoadedRig() = default;

}  // namespace rigjit::python
