#include "penetrations/worst_text.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/json_string.h"

namespace rigjit::cli {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  // Continuation bytes of UTF-8 take no column.
  const auto columns = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  return std::string(width > columns ? width - columns : 0, ' ') + text;
}

std::string json_numbers(const double (&numbers)[3]) {
  std::string text;
  for (const double number : numbers) {
    char digits[40];
    std::snprintf(digits, sizeof(digits), "%s%.9g", text.empty() ? "" : ", ", number);
    text += digits;
  }
  return "[" + text + "]";
}

// One line, whatever a name holds.
std::string plain(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return text;
}

}  // namespace

const std::string& Names::hull_a(const PenetrationRun& run) const {
  return hulls[static_cast<std::size_t>(pairs[static_cast<std::size_t>(run.deepest.pair)][0])];
}
const std::string& Names::hull_b(const PenetrationRun& run) const {
  return hulls[static_cast<std::size_t>(pairs[static_cast<std::size_t>(run.deepest.pair)][1])];
}

std::string timecode(int32_t frame, const FrameRate& fps) {
  // Timecode counts whole frames a second: 24 for 23.976.
  const uint64_t rate = std::max<uint64_t>(
      (2 * uint64_t{fps.numerator} + fps.denominator) / (2 * uint64_t{fps.denominator}), 1);
  const auto count = static_cast<uint64_t>(frame);
  const uint64_t seconds = count / rate;
  char text[64];
  std::snprintf(text, sizeof(text), "%02u:%02u:%02u:%02u", static_cast<unsigned>(seconds / 3600),
                static_cast<unsigned>(seconds / 60 % 60), static_cast<unsigned>(seconds % 60),
                static_cast<unsigned>(count % rate));
  return text;
}

std::string depth_text(double depth) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4g", depth);
  return text;
}

std::string worst_table(const std::vector<PenetrationRun>& runs, const Names& names,
                        std::size_t rows) {
  if (runs.empty()) return {};
  std::string text = "   frame      timecode       depth   frames  pair\n";
  for (std::size_t i = 0; i < std::min(rows, runs.size()); ++i) {
    const PenetrationRun& run = runs[i];
    const int32_t frame = run.deepest.frame;
    text += padded(std::to_string(frame), 8) + padded(timecode(frame, names.fps), 14) +
            padded(depth_text(-run.deepest.distance), 12) +
            padded(std::to_string(run.last - run.first + 1), 9) + "  " + plain(names.hull_a(run)) +
            " - " + plain(names.hull_b(run)) + "\n";
  }
  if (runs.size() > rows) {
    text += "and " + std::to_string(runs.size() - rows) + " less deep; --top 0 shows all\n";
  }
  return text;
}

std::string worst_json(const PenetrationRun& run, const Names& names) {
  const collision::Contact& contact = run.deepest;
  const double normal[3] = {contact.normal[0], contact.normal[1], contact.normal[2]};
  char depth[32];
  std::snprintf(depth, sizeof(depth), "%.9g", 0.0 - contact.distance);
  return "{\"frame\": " + std::to_string(contact.frame) + ", \"timecode\": \"" +
         timecode(contact.frame, names.fps) + "\", \"pair\": [" + json_quoted(names.hull_a(run)) +
         ", " + json_quoted(names.hull_b(run)) + "], \"depth\": " + depth +
         ", \"first_frame\": " + std::to_string(run.first) +
         ", \"last_frame\": " + std::to_string(run.last) + ", \"normal\": " + json_numbers(normal) +
         ", \"point_a\": " + json_numbers(contact.point_a) +
         ", \"point_b\": " + json_numbers(contact.point_b) + "}";
}

}  // namespace rigjit::cli
