#include "collision/contact_builder.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace rigjit::collision {
namespace {

constexpr std::size_t kLargePage = std::size_t{1} << 21;

}  // namespace

ContactBuilder::~ContactBuilder() { std::free(contacts_); }

void ContactBuilder::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  const std::size_t bytes = (capacity * sizeof(Contact) + kLargePage - 1) / kLargePage * kLargePage;
  void* memory =
      bytes < kLargePage * 2 ? std::malloc(bytes) : std::aligned_alloc(kLargePage, bytes);
  if (memory == nullptr) throw std::bad_alloc();
  if (bytes >= kLargePage * 2) ::madvise(memory, bytes, MADV_HUGEPAGE);  // or as it is
  if (size_ > 0) std::memcpy(memory, contacts_, size_ * sizeof(Contact));
  std::free(std::exchange(contacts_, static_cast<Contact*>(memory)));
  capacity_ = bytes / sizeof(Contact);
}

void ContactBuilder::append(const Contact* contacts, std::size_t count) {
  if (count == 0) return;
  if (size_ + count > capacity_) reserve(std::max(size_ + count, capacity_ + capacity_ / 2));
  std::memcpy(contacts_ + size_, contacts, count * sizeof(Contact));
  size_ += count;
}

void ContactBuilder::erase_frames(const std::set<std::size_t>& frames, std::size_t first_frame) {
  const Contact* end = std::remove_if(contacts_, contacts_ + size_, [&](const Contact& contact) {
    return frames.contains(static_cast<std::size_t>(contact.frame) - first_frame);
  });
  size_ = static_cast<std::size_t>(end - contacts_);
}

ContactList ContactBuilder::take() && {
  capacity_ = 0;
  return {std::exchange(contacts_, nullptr), std::exchange(size_, 0)};
}

void ContactList::Free::operator()(Contact* contacts) const { std::free(contacts); }

}  // namespace rigjit::collision
