// A loaded rig: the functions compiled for one character.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rigjit/channel.h"
#include "rigjit/export.h"
#include "rigjit/kernel.h"
#include "rigjit/pose.h"
#include "rigjit/result.h"
#include "rigjit/spec_file.h"
#include "rigjit/stream.h"
#include "rigjit/tables.h"

namespace rigjit {

class Plan;
class RigCore;

// Where a rig's machine code came from.
enum class Origin : uint8_t { kCompiled, kCached, kMemory };
[[nodiscard]] RIGJIT_EXPORT const char* to_string(
    Origin origin) noexcept;  // "compiled", "cached", "memory"

// What a rig is compiled to, each when it is first asked for: "message" (vec_to_rig), "values",
// "vector" (rig_to_vec), "message-continuous" and "values-continuous" (streams).
[[nodiscard]] RIGJIT_EXPORT const std::vector<std::string>& program_names();
// Those that a rig's users meet sooner or later: "message", "values" and "vector".
[[nodiscard]] RIGJIT_EXPORT const std::vector<std::string>& usual_program_names();

// A handle to an immutable rig; copies share it. Every method may be called from any thread at any
// time. Vectors are float32 of vec_size() elements, messages are uint8 of msgpack_size() bytes.
//
// Errors of conversions: "not-finite", "overflow", "zero-column", "parallel-columns", "zero-angle",
// "out-of-limits", each naming controller, attribute and the index of an input. After an error what
// was written to `out` is unspecified.
class RIGJIT_EXPORT Rig {
 public:
  [[nodiscard]] const std::string& name() const noexcept;
  // What the rig was loaded into, "hero": the names of controllers begin with it and a colon, in
  // every form. Empty for none. It does not change the hash.
  [[nodiscard]] const std::string& name_space() const noexcept;
  // 32 hexadecimal digits, equal on every platform and release for specs that mean the same.
  [[nodiscard]] const std::string& hash() const noexcept;
  // The spec's free scalars in the order of the file, as text.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& metadata() const noexcept;
  [[nodiscard]] Origin origin() const noexcept;
  [[nodiscard]] const std::string& target() const noexcept;  // "x86-64-v4-vbmi"
  // Why the code was compiled and not cached, or not kept, and what in the cache was passed over,
  // refused or damaged; empty when nothing is to say.
  [[nodiscard]] const std::string& cache_note() const noexcept;

  [[nodiscard]] std::size_t vec_size() const noexcept;
  [[nodiscard]] std::size_t msgpack_size() const noexcept;
  [[nodiscard]] std::size_t channel_count() const noexcept;
  [[nodiscard]] const std::vector<Channel>& channels() const;  // output order, constants included
  [[nodiscard]] const std::vector<Input>& inputs() const;      // one a vector element
  [[nodiscard]] const std::vector<float>& rest_vec()
      const;  // zero translation, identity, unit scale

  // vec: vec_size() floats; out: msgpack_size() bytes, not overlapping vec.
  Status vec_to_rig(const float* vec, uint8_t* out) const;
  // vecs: count * vec_size() floats, C order; out: count * msgpack_size() bytes.
  // Without `valid` the first bad frame ends the batch with an error whose message and path name
  // it. With `valid` (count bytes) every frame is converted and valid[i] is 1, or 0 for a bad one,
  // whose bytes are all zero. Over `threads` threads, the caller among them; 0: every core that the
  // caller may run on. Fewer where more would not be faster; none is left behind. The result is the
  // same for every number.
  Status vec_to_rig_batch(const float* vecs, std::size_t count, uint8_t* out,
                          uint8_t* valid = nullptr, std::size_t threads = 1) const;
  // out: channel_count() floats, in the order of channels(); the same float32 as the message holds,
  // of a bool 0 or 1, of an int or enum its number as float32.
  Status vec_to_values(const float* vec, float* out) const;
  Status vec_to_values_batch(const float* vecs, std::size_t count, float* out,
                             uint8_t* valid = nullptr, std::size_t threads = 1) const;

  // The vector of the mirrored pose, as the spec's `mirror` says: partners swap, signs are applied.
  // Nothing is converted or checked: what is no pose stays none. vecs, out: count * vec_size()
  // floats, C order, that do not overlap. Errors: "no-mirror" where the spec has none,
  // "overlapping-buffers". The first call reads the spec again.
  Status mirror(const float* vecs, float* out, std::size_t count = 1) const;

  // Room that any vector's JSON needs, in bytes.
  [[nodiscard]] std::size_t json_capacity() const noexcept;
  // The pose as compact JSON, {controller: {attribute: number}} in the order of channels(), UTF-8:
  // the fewest digits that read back as the same float32, plain decimals from 1e-5 to below 1e16,
  // whole numbers with ".0"; of a bool true or false, of an int or enum digits alone. out:
  // json_capacity() bytes, not overlapping vec; returns the bytes of the text, without NUL. What
  // lies behind it is unspecified.
  Result<std::size_t> vec_to_json(const float* vec, char* out) const;
  // The same of channel_count() values, which need not come from a vector. Errors: as check_values.
  Result<std::size_t> values_to_json(const float* values, char* out) const;

  // Whether channel_count() values, of constants too, are finite and those of bools, ints and enums
  // whole numbers within their limits: every mistake, as "not-finite", "not-whole" or
  // "out-of-limits", with controller and attribute. The first call for a rig that has such channels
  // reads the spec again.
  Status check_values(const float* values) const;

  // The function that vec_to_rig ("message"), vec_to_values ("values") or values_to_vec ("vector")
  // calls; the second and the third are compiled at the first call. Errors: those of compiling, and
  // "unknown-program" for any other, also for those of streams, which keep a state.
  [[nodiscard]] Result<Kernel> kernel(const std::string& program = "message") const;

  // The way back: vectors that give a pose again, within float32 rounding and with rotations equal
  // as matrices. Angles may have any number of turns, quaternions any length but 0; floats and
  // angles beyond their limits are taken as they are. Of an enum encoded one_hot its name's element
  // is 1, the others 0.
  //
  // Errors name controller and attribute: "not-finite", "overflow" (of a value, or of what it would
  // be in the vector), "zero-quaternion", "not-whole" and "out-of-limits" (of a bool, int or enum,
  // whatever its `limit`); of poses also "wrong-type", "unknown-name" (of an enum),
  // "missing-channels", "nothing-matches", "extra-channels", "duplicate-controller",
  // "duplicate-channel", and for what is no pose at all "malformed-messagepack", "malformed-json"
  // and "unknown-form".

  // values: channel_count() floats in the order of channels(); those of constants don't matter.
  // vec: vec_size() floats, not overlapping.
  Status values_to_vec(const float* values, float* vec) const;
  Status values_to_vec_batch(const float* values, std::size_t count, float* vecs,
                             uint8_t* valid = nullptr, std::size_t threads = 1) const;

  // pose: {controller: {attribute: value}} as MessagePack or UTF-8 JSON, `size` bytes, in any
  // order; values are numbers, of a bool also true and false, of an enum also its name. Messages of
  // just the form that vec_to_rig writes are the fastest by far. Constants may be missing. Nothing
  // in a pose, however hostile, takes more memory than a small multiple of its size.
  Status rig_to_vec(const void* pose, std::size_t size, float* vec,
                    const PoseOptions& options = {}) const;
  struct Pose {
    const void* data;
    std::size_t size;  // bytes
  };
  // `valid` as in vec_to_rig_batch; a bad frame's vector is all zero.
  Status rig_to_vec_batch(const Pose* poses, std::size_t count, float* vecs,
                          uint8_t* valid = nullptr, const PoseOptions& options = {}) const;

  // A run of frames whose curves do not jump. start: channel_count() values that the first frame
  // continues from; null: the first frame is what vec_to_rig gives.
  [[nodiscard]] Result<Stream> stream(const float* start = nullptr) const;

  // How the rig is read and compiled, as text; also when the code came from the cache.
  [[nodiscard]] Result<std::string> plan() const;
  // The same as data. Errors: as plan().
  [[nodiscard]] Result<Tables> tables() const;
  // The LLVM module of one of program_names(), which any LLVM of its version compiles and which
  // needs nothing else; "unknown-program" if it is none. `controller`: only the parts that concern
  // this controller, "unknown-controller"; empty: all. `target`: whose code, which this machine
  // need not run, "unknown-target"; empty: the rig's own.
  [[nodiscard]] Result<std::string> ir(const std::string& controller = {},
                                       const std::string& program = "message",
                                       const std::string& target = {}) const;
  // The same as assembly, with the names and comments of the module.
  [[nodiscard]] Result<std::string> assembly(const std::string& program = "message",
                                             const std::string& target = {}) const;

  // What the rig means, for diff() and remap(). Errors: as plan().
  [[nodiscard]] Result<std::shared_ptr<const Plan>> shared_plan() const;
  // The spec and its bases, each the base of the one before, as they were when the rig was loaded;
  // of equal texts those that this process loaded first.
  [[nodiscard]] const std::vector<SpecFile>& spec_files() const noexcept;

  explicit Rig(std::shared_ptr<const RigCore> core, Origin origin);

 private:
  friend class PoseReader;
  friend struct RigAccess;
  std::shared_ptr<const RigCore> core_;
  Origin origin_;
};

}  // namespace rigjit
