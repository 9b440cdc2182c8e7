// Contacts as they are found.
#pragma once

#include <cstddef>
#include <set>

#include "rigjit/collision.h"

namespace rigjit::collision {

class ContactBuilder {
 public:
  ContactBuilder() = default;
  ContactBuilder(const ContactBuilder&) = delete;
  ContactBuilder& operator=(const ContactBuilder&) = delete;
  ~ContactBuilder();

  // Room for so many in all, in pages as large as the system has: small ones would cost more than
  // what is written into them.
  void reserve(std::size_t capacity);
  void append(const Contact* contacts, std::size_t count);
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // frames: counted from `first_frame`.
  void erase_frames(const std::set<std::size_t>& frames, std::size_t first_frame);
  [[nodiscard]] ContactList take() &&;

 private:
  Contact* contacts_ = nullptr;  // of malloc
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace rigjit::collision
