#include "codegen/channel_names.h"

#include "base/printable.h"
#include "codegen/lanes/dump_words.h"

namespace rigjit {

std::string name_of_channel(const Plan& plan, uint32_t channel) {
  return printable(plan.controllers()[plan.controller_of(channel)].name + "." +
                   plan.attributes()[channel]);
}

std::string names_of_channels(const Plan& plan, uint32_t first, uint32_t last) {
  std::string name = name_of_channel(plan, first);
  if (first == last) return name;
  const bool is_one = plan.controller_of(first) == plan.controller_of(last);
  return name + ".." + (is_one ? printable(plan.attributes()[last]) : name_of_channel(plan, last));
}

template <class Number>
std::string text_by_channel(const Plan& plan, const char* what,
                            std::span<const std::pair<uint32_t, Number>> numbers) {
  std::string text = what;
  const char* separator = ": ";
  for (const auto& [channel, number] : numbers) {
    text += separator + name_of_channel(plan, channel) + " " + plain_digits(number);
    separator = ", ";
  }
  return text;
}

template std::string text_by_channel(const Plan&, const char*,
                                     std::span<const std::pair<uint32_t, float>>);
template std::string text_by_channel(const Plan&, const char*,
                                     std::span<const std::pair<uint32_t, double>>);

}  // namespace rigjit
