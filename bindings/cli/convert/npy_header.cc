#include "convert/npy_header.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace rigjit::cli {
namespace {

// numpy itself refuses longer ones unless told to trust the file.
constexpr std::size_t kMaxHeaderBytes = 10000;

Error bad_npy(const Source& source, std::string message) {
  return error_in(source, "bad-npy", std::move(message));
}

// What follows the key in "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }".
std::optional<std::string_view> value_of(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const std::size_t at = header.find(quoted);
    if (at == std::string_view::npos) continue;
    header.remove_prefix(at + quoted.size());
    const std::size_t begin = header.find_first_not_of(" :");
    if (begin == std::string_view::npos) return std::nullopt;
    return header.substr(begin);
  }
  return std::nullopt;
}

std::optional<FloatFormat> parse_descr(std::string_view value) {
  // '<f4'
  if (value.size() < 5 || (value[0] != '\'' && value[0] != '"') || value[4] != value[0]) {
    return std::nullopt;
  }
  const char order = value[1];
  const char size = value[3];
  if (value[2] != 'f' || std::strchr("<>=", order) == nullptr ||
      std::strchr("248", size) == nullptr) {
    return std::nullopt;
  }
  return FloatFormat{static_cast<std::size_t>(size - '0'), order == '>'};
}

std::optional<std::vector<std::size_t>> parse_shape(std::string_view value) {
  const std::size_t end = value.find(')');
  if (value.empty() || value[0] != '(' || end == std::string_view::npos) return std::nullopt;
  std::string_view items = value.substr(1, end - 1);
  std::vector<std::size_t> shape;
  for (;;) {
    const std::size_t begin = items.find_first_not_of(" ,");
    if (begin == std::string_view::npos) return shape;
    items.remove_prefix(begin);
    std::size_t item = 0;
    const auto [rest, error] = std::from_chars(items.data(), items.data() + items.size(), item);
    if (error != std::errc()) return std::nullopt;
    shape.push_back(item);
    items.remove_prefix(static_cast<std::size_t>(rest - items.data()));
  }
}

Result<std::string> read_dictionary(Source& source) {
  uint8_t start[12];
  Result<std::size_t> count = source.read(start, 10);
  if (!count) return count.errors();
  if (*count < 10 || std::memcmp(start, "\x93NUMPY", 6) != 0) {
    return bad_npy(source, "this is no .npy file");
  }
  const uint8_t version = start[6];
  if (version < 1 || version > 3) return bad_npy(source, "unknown version of the .npy format");
  std::size_t size = start[8] | std::size_t{start[9]} << 8U;
  if (version >= 2) {
    count = source.read(start + 10, 2);
    if (!count) return count.errors();
    if (*count < 2) return bad_npy(source, "the .npy header is cut short");
    size |= std::size_t{start[10]} << 16U | std::size_t{start[11]} << 24U;
  }
  if (size > kMaxHeaderBytes) return bad_npy(source, "the .npy header is too long");
  std::string header(size, '\0');
  count = source.read(header.data(), size);
  if (!count) return count.errors();
  if (*count < size) return bad_npy(source, "the .npy header is cut short");
  return header;
}

}  // namespace

Result<NpyHeader> read_npy_header(Source& source) {
  const Result<std::string> header = read_dictionary(source);
  if (!header) return header.errors();
  const auto descr = value_of(*header, "descr");
  const auto fortran = value_of(*header, "fortran_order");
  const auto shape = value_of(*header, "shape");
  if (!descr || !fortran || !shape) {
    return bad_npy(source, "the .npy header lacks descr, fortran_order or shape");
  }
  const auto sizes = parse_shape(*shape);
  if (!sizes) return bad_npy(source, "the .npy header's shape cannot be read");
  const auto format = parse_descr(*descr);
  if (!format) {
    return error_in(source, "wrong-dtype",
                    "the array must hold float32 (or float16, float64), its dtype is " +
                        std::string(descr->substr(0, descr->find(','))) +
                        "; save it with .astype(np.float32)");
  }
  return NpyHeader{*format, fortran->starts_with("True"), *sizes};
}

std::string npy_header(std::size_t rows, std::size_t columns) {
  constexpr std::size_t kSize = 128;  // a multiple of 64, as numpy wants it
  constexpr std::size_t kDictionary = 10;
  std::string header = "\x93NUMPY";
  header += {1, 0, static_cast<char>(kSize - kDictionary), 0};
  header += "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
            std::to_string(columns) + "), }";
  header.resize(kSize - 1, ' ');
  return header + "\n";
}

}  // namespace rigjit::cli
