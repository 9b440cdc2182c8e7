#include "penetrations/depth_chart.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace rigjit::cli {
namespace {

constexpr int kWidth = 960;
constexpr int kHeight = 420;
constexpr double kLeft = 70;
constexpr double kRight = 650;
constexpr double kTop = 96;
constexpr double kBottom = 352;
constexpr double kLegend = 676;
constexpr double kLegendRow = 44;
constexpr std::size_t kMostPairs = 6;
// Of a name in the legend, in characters.
constexpr std::size_t kNameWidth = 34;

constexpr std::string_view kStyle =
    R"(  text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
    fill: #1f2328; }
  .ground { fill: #ffffff; stroke: #d1d9e0; }
  .title { font-size: 18px; font-weight: 600; }
  .name { font-weight: 600; }
  .note, .tick { font-size: 12px; fill: #59636e; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .axis { stroke: #59636e; stroke-width: 1; }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  .area { stroke: none; fill-opacity: 0.12; }
  .peak { stroke: #ffffff; stroke-width: 1.5; }
  .number { font-size: 11px; font-weight: 700; fill: #ffffff; }
)";
constexpr std::string_view kDarkStyle = R"(  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .ground { fill: #0d1117; stroke: #3d444d; }
    .note, .tick { fill: #9198a1; }
    .grid { stroke: #2f353d; }
    .axis { stroke: #9198a1; }
    .area { fill-opacity: 0.2; }
    .peak { stroke: #0d1117; }
    .number { fill: #0d1117; }
)";

// Of the pairs, worst first: on light ground and on dark.
constexpr std::string_view kColors[kMostPairs][2] = {
    {"#0969da", "#4493f8"}, {"#cf222e", "#f85149"}, {"#1a7f37", "#3fb950"},
    {"#9a6700", "#d29922"}, {"#8250df", "#ab7df8"}, {"#1b7c83", "#39c5cf"}};

// Plain rules: not every viewer knows variables.
std::string color_rules(std::size_t ground) {
  std::string rules;
  for (std::size_t i = 0; i < kMostPairs; ++i) {
    const std::string pair = "  .c" + std::to_string(i);
    const std::string color(kColors[i][ground]);
    rules += pair + " .line { stroke: " + color + "; }" + pair + " .area," + pair +
             " .peak { fill: " + color + "; }\n";
  }
  return rules;
}

std::string style() {
  return std::string(kStyle) + color_rules(0) + std::string(kDarkStyle) + color_rules(1) + "  }\n";
}

std::string format(const char* pattern, double a, double b = 0) {
  char text[64];
  std::snprintf(text, sizeof(text), pattern, a, b);
  return text;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:  // XML has no other control characters
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

// With its middle left out where it is too long; whole characters of UTF-8.
std::string shortened(const std::string& text, std::size_t width) {
  std::vector<std::string> characters;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U || characters.empty()) {
      characters.emplace_back();
    }
    characters.back() += c;
  }
  if (characters.size() <= width) return text;
  std::string result;
  const std::size_t head = width / 2;
  for (std::size_t i = 0; i < head; ++i) result += characters[i];
  result += "…";
  for (std::size_t i = characters.size() - (width - head - 1); i < characters.size(); ++i) {
    result += characters[i];
  }
  return result;
}

std::string text(double x, double y, const std::string& content, const char* kind,
                 const char* anchor = "start") {
  return format(R"(<text x="%.1f" y="%.1f")", x, y) + " class=\"" + kind + "\" text-anchor=\"" +
         anchor + "\">" + escaped(content) + "</text>\n";
}

// The least of 1, 2 and 5 times a power of ten that is no less.
double nice_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

// Frames between ticks: whole seconds, minutes or hours in motions of some seconds.
int32_t frame_step(int32_t frames, const FrameRate& fps) {
  constexpr int kTicks = 6;
  const double rate = std::round(static_cast<double>(fps.numerator) / fps.denominator);
  const double wanted = std::max(static_cast<double>(frames) / kTicks, 1.0);
  if (wanted < rate) return static_cast<int32_t>(nice_step(wanted));
  for (const double seconds : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200}) {
    if (seconds * rate >= wanted) return static_cast<int32_t>(seconds * rate);
  }
  return static_cast<int32_t>(nice_step(wanted / rate / 3600) * 3600 * rate);
}

class Chart {
 public:
  Chart(const std::vector<PenetrationRun>& runs, const Names& names, int32_t frames)
      : runs_(runs), names_(names), frames_(frames) {
    for (const PenetrationRun& run : runs_) {
      if (std::ranges::find(pairs_, run.deepest.pair) != pairs_.end()) continue;
      has_more_ = pairs_.size() == kMostPairs;
      if (has_more_) break;
      pairs_.push_back(run.deepest.pair);
    }
    const double deepest = runs_.empty() ? 1 : -static_cast<double>(runs_[0].deepest.distance);
    step_ = nice_step(deepest / 4);
    highest_ = step_ * std::max(std::ceil(deepest / step_ * (1 - 1e-9)), 1.0);
  }

  [[nodiscard]] std::string svg() const {
    const std::string title = runs_.empty() ? "No penetration" : "Depth of the worst penetrations";
    std::string body = "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"" +
                       std::to_string(kWidth - 1) + "\" height=\"" + std::to_string(kHeight - 1) +
                       "\"/>\n" + text(24, 36, title, "title") + text(24, 58, subtitle(), "note");
    body += grid();
    // The deepest pair last, over the others.
    for (std::size_t i = pairs_.size(); i-- > 0;) body += curve(i);
    for (std::size_t i = pairs_.size(); i-- > 0;) body += peak(i);
    for (std::size_t i = 0; i < pairs_.size(); ++i) body += legend(i);
    if (has_more_) {
      body += text(kLegend, kTop + 16 + kLegendRow * static_cast<double>(pairs_.size()),
                   "and other pairs, less deep", "note");
    }
    const std::string size =
        "width=\"" + std::to_string(kWidth) + "\" height=\"" + std::to_string(kHeight) + "\"";
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size + " viewBox=\"0 0 " +
           std::to_string(kWidth) + " " + std::to_string(kHeight) + "\" role=\"img\">\n<title>" +
           title + "</title>\n<style>\n" + style() + "</style>\n" + body + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(double frame) const {
    return frames_ < 2 ? (kLeft + kRight) / 2 : kLeft + frame / (frames_ - 1) * (kRight - kLeft);
  }
  [[nodiscard]] double y(double depth) const {
    return kBottom - depth / highest_ * (kBottom - kTop);
  }

  [[nodiscard]] std::string subtitle() const {
    return std::to_string(frames_) + (frames_ == 1 ? " frame" : " frames") + " at " +
           depth_text(static_cast<double>(names_.fps.numerator) / names_.fps.denominator) +
           " a second; depth in the hulls' unit, 0 where a pair does not overlap";
  }

  [[nodiscard]] std::string grid() const {
    std::string svg;
    const auto lines = static_cast<int>(highest_ / step_ * (1 + 1e-9));
    for (int i = 0; i <= lines; ++i) {
      const double depth = i * step_;
      svg += std::string("<path class=\"") + (depth == 0 ? "axis" : "grid") + "\" d=\"M" +
             format("%.1f %.1f", kLeft, y(depth)) + format("H%.1f", kRight) + "\"/>\n" +
             text(kLeft - 10, y(depth) + 4, depth_text(depth), "tick", "end");
    }
    const int32_t step = frame_step(frames_, names_.fps);
    for (int64_t frame = 0; frame < frames_; frame += step) {
      const double at = x(static_cast<double>(frame));
      svg += "<path class=\"axis\" d=\"M" + format("%.1f %.1fv5", at, kBottom) + "\"/>\n" +
             text(at, kBottom + 20, std::to_string(frame), "tick", "middle") +
             text(at, kBottom + 36, timecode(static_cast<int32_t>(frame), names_.fps), "tick",
                  "middle");
    }
    svg += text(kLeft - 10, kBottom + 20, "frame", "tick", "end") +
           text(24, kTop - 8, "depth", "tick");
    return svg;
  }

  // The depths of one pair's run as points of a line; the deepest of each pixel's.
  [[nodiscard]] std::string points(const PenetrationRun& run) const {
    std::string svg = format("%.1f,%.1f ", x(std::max(run.first - 1, 0)), y(0));
    double column = -1;
    double deepest = 0;
    const auto put = [&] {
      if (column >= 0) svg += format("%.1f,%.1f ", column, y(deepest));
    };
    const bool is_dense = frames_ > 2 * (kRight - kLeft);
    for (std::size_t i = 0; i < run.depths.size(); ++i) {
      const double at = x(static_cast<double>(run.first) + static_cast<double>(i));
      const double here = is_dense ? std::round(at) : at;
      if (here != column) {
        put();
        column = here;
        deepest = 0;
      }
      deepest = std::max(deepest, static_cast<double>(run.depths[i]));
    }
    put();
    return svg + format("%.1f,%.1f", x(std::min(run.last + 1, frames_ - 1)), y(0));
  }

  [[nodiscard]] std::string curve(std::size_t i) const {
    std::string svg = "<g class=\"c" + std::to_string(i) + "\">\n";
    for (const PenetrationRun& run : runs_) {
      if (run.deepest.pair != pairs_[i]) continue;
      const std::string line = points(run);
      svg += "<polygon class=\"area\" points=\"" + line +
             "\"/>\n<polyline class=\"line\" points=\"" + line + "\"/>\n";
    }
    return svg + "</g>\n";
  }

  [[nodiscard]] const PenetrationRun& worst_of(std::size_t i) const {
    return *std::ranges::find(runs_, pairs_[i],
                              [](const PenetrationRun& run) { return run.deepest.pair; });
  }

  static std::string badge(std::size_t i, double at_x, double at_y) {
    return "<g class=\"c" + std::to_string(i) + "\"><circle class=\"peak\" r=\"9\" " +
           format(R"(cx="%.1f" cy="%.1f"/>)", at_x, at_y) +
           text(at_x, at_y + 4, std::to_string(i + 1), "number", "middle") + "</g>\n";
  }

  [[nodiscard]] std::string peak(std::size_t i) const {
    const collision::Contact& contact = worst_of(i).deepest;
    return badge(i, x(contact.frame), y(-static_cast<double>(contact.distance)));
  }

  [[nodiscard]] std::string legend(std::size_t i) const {
    const PenetrationRun& run = worst_of(i);
    const double top = kTop + kLegendRow * static_cast<double>(i);
    const std::string pair = names_.hull_a(run) + " – " + names_.hull_b(run);
    return badge(i, kLegend + 9, top + 8) +
           text(kLegend + 26, top + 12, shortened(pair, kNameWidth), "name") +
           text(kLegend + 26, top + 28,
                depth_text(-static_cast<double>(run.deepest.distance)) + " deep at frame " +
                    std::to_string(run.deepest.frame) + ", " +
                    timecode(run.deepest.frame, names_.fps),
                "note");
  }

  const std::vector<PenetrationRun>& runs_;
  const Names& names_;
  int32_t frames_;
  std::vector<int32_t> pairs_;  // worst first
  bool has_more_ = false;
  double step_;
  double highest_;
};

}  // namespace

std::string depth_chart(const std::vector<PenetrationRun>& runs, const Names& names,
                        int32_t frames) {
  return Chart(runs, names, frames).svg();
}

}  // namespace rigjit::cli
