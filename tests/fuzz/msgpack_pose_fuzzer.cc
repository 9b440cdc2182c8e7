// A pose in MessagePack.
#include "pose_check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::check_pose({data, size}, rigjit::PoseOptions::Form::kMessagePack);
  return 0;
}
