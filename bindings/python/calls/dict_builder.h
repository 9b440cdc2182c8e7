// Makes a rig's poses as nested Python dicts.
#pragma once

#include <pybind11/pybind11.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>
#include <vector>

#include "calls/loaded_rig.h"

namespace rigjit::python {

// {controller: {attribute: value}} with keys made once, from which poses are copied: a copy of a
// dict takes over its table of keys without hashing one of them.
//
// The values are those of the last pose. A float that nobody else refers to any more is written
// over, for its owner cannot tell it from a new one; one that a pose still holds is replaced.
class PoseTemplate {
 public:
  // Throws pybind11::error_already_set.
  explicit PoseTemplate(LoadedRig& loaded);

  // The values of the next pose, one a channel.
  [[nodiscard]] float* values() noexcept { return values_.data(); }

  // A new pose of `values`; null with an exception set. Python may run meanwhile (the garbage
  // collector's finalizers): nobody else may touch the template until it returns.
  PyObject* pose();

 private:
  struct Attribute {
    PyObject* name;    // the key of its controller's dict keeps it
    PyObject* number;  // the value in that dict keeps it
    ChannelType type;
  };
  struct Controller {
    pybind11::object name;
    pybind11::dict attributes;
    std::size_t end;  // in attributes_
  };

  // Puts a new value of the channel into its controller's dict.
  static bool replace(const Controller& controller, Attribute& attribute, float value);
  // Writes one controller's values, beginning at `begin`, into its dict.
  bool fill(const Controller& controller, std::size_t begin);

  pybind11::dict names_;  // {controller: None}
  std::vector<Controller> controllers_;
  std::vector<Attribute> attributes_;  // one a channel
  std::vector<float> values_;
};

// For any thread; no two write into one template at once.
class DictBuilder {
 public:
  explicit DictBuilder(LoadedRig& loaded) : loaded_(loaded) {}

  // `convert` writes the values to where it is told and says whether there is a pose. Returns the
  // pose; null with an exception set.
  template <typename Convert>
  PyObject* build(Convert&& convert) {
    for (std::size_t turn = 0; turn < slots_.size(); ++turn) {
      Slot& slot = slots_[next_.fetch_add(1, std::memory_order_relaxed) % slots_.size()];
      if (!slot.busy.exchange(true, std::memory_order_acquire)) {
        return slot.build(loaded_, convert);
      }
    }
    return Slot().build(loaded_, convert);
  }

 private:
  struct Slot {
    // By whoever has set `busy`.
    template <typename Convert>
    PyObject* build(LoadedRig& loaded, Convert& convert) {
      const Release release{*this};
      if (!poses) {
        poses.emplace(loaded);
      }
      return convert(poses->values()) ? poses->pose() : nullptr;
    }

    struct Release {
      Slot& slot;
      ~Release() { slot.busy.store(false, std::memory_order_release); }
    };

    std::optional<PoseTemplate> poses;  // made when first needed
    std::atomic<bool> busy = false;
  };

  LoadedRig& loaded_;
  // Two, in turn: while `pose = rig.vec_to_dict(vec)` runs, the last pose is still held, and the
  // floats of the one before are free.
  std::array<Slot, 2> slots_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace rigjit::python
