// Clips that no rigjit wrote, such as Blender's: they have no rig hash, and their channels are
// those of the rig by name.
#pragma once

#include <memory>
#include <vector>

#include "convert/reader.h"
#include "rigjit/channel.h"

namespace rigjit::cli {

// values: a reader of the clip's frames, of one number for each of `channels`, which are named as
// in the rig. Channels that the rig lacks, or that the clip lacks, are as `options` says. rig and
// bad_frames must outlive the reader.
std::unique_ptr<Reader> open_named_clip(std::unique_ptr<Reader> values, const Rig& rig,
                                        std::vector<Channel> channels, const PoseOptions& options,
                                        BadFrames& bad_frames);

}  // namespace rigjit::cli
