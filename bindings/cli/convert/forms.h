// The forms that a pose has in a file, and how they are told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "io/source.h"
#include "rigjit/result.h"

namespace rigjit::cli {

enum class Form : uint8_t { kVectors, kValues, kMessages, kJson, kJsonLines, kClip };

// What a file's first bytes say: an array of numpy may hold vectors or values, a safetensors file
// vectors or a clip.
enum class Content : uint8_t { kNpy, kSafetensors, kMessages, kJson, kUnknown };
[[nodiscard]] Result<Content> content_of(Source& source);

// The words of --from and --to: "vectors", "messages", "json", ...
[[nodiscard]] const std::map<std::string, Form>& input_forms();
[[nodiscard]] const std::map<std::string, Form>& output_forms();

// What a file of this name is to hold: by its extension, where that leaves a choice (.npy,
// .safetensors, others) a pose's form for vectors, and vectors for poses.
[[nodiscard]] Form form_for(const std::string& name, bool from_vectors);

// What files of a form are called: ".msgpack".
[[nodiscard]] const char* extension_of(Form form);
// Whether a file of this name that holds vectors is a safetensors file.
[[nodiscard]] bool is_safetensors(const std::string& name);

}  // namespace rigjit::cli
