#include "lower/spec_places.h"

#include "yaml/position.h"
#include "yaml/text_check.h"

namespace rigjit {
namespace {

struct ChannelCount {
  uint32_t operator()(const TranslationSpec& spec) const { return count_of(spec); }
  uint32_t operator()(const ScaleSpec& spec) const { return count_of(spec); }
  uint32_t operator()(const Rotation1dSpec&) const { return 1; }
  uint32_t operator()(const Rotation3dSpec& spec) const {
    return spec.output == RotationOutput::kQuaternion ? 4 : 3;
  }
  uint32_t operator()(const AttributeSpec&) const { return 1; }
  uint32_t operator()(const ConstantSpec&) const { return 1; }

  static uint32_t count_of(const AxesSpec& spec) { return static_cast<uint32_t>(spec.axes.size()); }
};

}  // namespace

SpecPlaces spec_places(const ResolvedSpec& resolved, const Plan& plan) {
  SpecPlaces source;
  std::vector<PositionIndex> positions;
  for (const SpecFile& file : resolved.files) {
    source.files.push_back(file.name);
    positions.emplace_back(without_bom(file.text));
  }
  const auto lines_of = [&](const SpecSpan& span) {
    const PositionIndex& index = positions[span.file];
    return SpecLines{span.file, index.at(span.begin).line, index.at(span.end).line};
  };
  source.channels.reserve(plan.channel_count());
  for (const ControllerSpec& controller : resolved.spec.controllers) {
    source.controllers.push_back(lines_of(controller.span));
    for (std::size_t i = 0; i < controller.transformations.size(); ++i) {
      source.channels.insert(source.channels.end(),
                             std::visit(ChannelCount{}, controller.transformations[i]),
                             lines_of(controller.transformation_spans[i]));
    }
  }
  return source;
}

}  // namespace rigjit
