#include "collision/contact_builder.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace rigjit::collision {

ContactBuilder::~ContactBuilder() { std::free(contacts_); }

void ContactBuilder::append(const Contact* contacts, std::size_t count) {
  if (count == 0) return;
  if (size_ + count > capacity_) {
    const std::size_t capacity = std::max(size_ + count, capacity_ + capacity_ / 2);
    // The system moves large blocks without a copy.
    void* moved = std::realloc(contacts_, capacity * sizeof(Contact));
    if (moved == nullptr) throw std::bad_alloc();
    contacts_ = static_cast<Contact*>(moved);
    capacity_ = capacity;
  }
  std::memcpy(contacts_ + size_, contacts, count * sizeof(Contact));
  size_ += count;
}

void ContactBuilder::erase_frames(const std::set<std::size_t>& frames) {
  const Contact* end = std::remove_if(contacts_, contacts_ + size_, [&](const Contact& contact) {
    return frames.contains(static_cast<std::size_t>(contact.frame));
  });
  size_ = static_cast<std::size_t>(end - contacts_);
}

ContactList ContactBuilder::take() && {
  capacity_ = 0;
  return {std::exchange(contacts_, nullptr), std::exchange(size_, 0)};
}

void ContactList::Free::operator()(Contact* contacts) const { std::free(contacts); }

}  // namespace rigjit::collision
