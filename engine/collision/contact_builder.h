// Contacts as they are found, in memory that grows without copies.
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

  void append(const Contact* contacts, std::size_t count);
  void erase_frames(const std::set<std::size_t>& frames);
  [[nodiscard]] ContactList take() &&;

 private:
  Contact* contacts_ = nullptr;  // of malloc
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace rigjit::collision
