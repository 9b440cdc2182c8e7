// Poses of names and numbers: MessagePack and JSON.
#pragma once

#include <memory>

#include "convert/reader.h"

namespace rigjit::cli {

// Gives vectors. form: kMessagePack or kJson.
std::unique_ptr<Reader> open_poses(Source source, const Rig& rig, PoseOptions::Form form,
                                   const PoseOptions& options, BadFrames& bad_frames);

}  // namespace rigjit::cli
