#include "clips/json_table.h"

#include "base/json_string.h"

namespace rigjit {

std::string to_json(const JsonTable& table) {
  std::string json = "[";
  for (const JsonRow& row : table) {
    json += json.size() > 1 ? ",[" : "[";
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) json += ',';
      json += row[i] ? json_quoted(*row[i]) : "null";
    }
    json += ']';
  }
  return json += ']';
}

}  // namespace rigjit
