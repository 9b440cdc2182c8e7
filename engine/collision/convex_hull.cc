#include "collision/convex_hull.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

extern "C" {
#include <libqhull_r/libqhull_r.h>
}

// What the copy of qhull that is linked calls stderr and stdin: see CMakeLists.txt.
extern "C" {
extern std::FILE* rigjit_qhull_stderr;
extern std::FILE* rigjit_qhull_stdin;
std::FILE* rigjit_qhull_stderr = stderr;
std::FILE* rigjit_qhull_stdin = stdin;
}

namespace rigjit::collision {
namespace {

// Where qhull writes: it wants a file even where nothing goes wrong.
class TextStream {
 public:
  TextStream() : file_(::open_memstream(&text_, &size_)) {}
  TextStream(const TextStream&) = delete;
  TextStream& operator=(const TextStream&) = delete;
  ~TextStream() {
    if (file_ != nullptr) std::fclose(file_);
    std::free(text_);
  }

  [[nodiscard]] std::FILE* file() const { return file_; }
  // The first line.
  [[nodiscard]] std::string first_line() {
    if (file_ == nullptr || std::fflush(file_) != 0 || text_ == nullptr) return {};
    const std::string text(text_, size_);
    return text.substr(0, text.find('\n'));
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

// One run of qhull and its memory.
class Qhull {
 public:
  // libqhull's own allocator must be idle when it is initialised.
  Qhull() { qh_zero(&qh_, messages_.file()); }
  Qhull(const Qhull&) = delete;
  Qhull& operator=(const Qhull&) = delete;
  ~Qhull() {
    int blocks = 0;
    int bytes = 0;
    qh_freeqhull(&qh_, !qh_ALL);
    qh_memfreeshort(&qh_, &blocks, &bytes);
  }

  // `points` stays the caller's.
  bool run(std::vector<double>& points, const char* options) {
    std::string command(options);  // qhull takes it without const
    return messages_.file() != nullptr &&
           qh_new_qhull(&qh_, 3, static_cast<int>(points.size() / 3), points.data(), False,
                        command.data(), nullptr, messages_.file()) == 0;
  }

  ConvexHull hull() {
    ConvexHull result;
    qhT* qh = &qh_;  // the macros' name for it
    facetT* facet = nullptr;
    FORALLfacets {
      const setT* set = facet->vertices;
      if (qh_setsize(qh, const_cast<setT*>(set)) != 3) continue;
      Triangle face{};
      for (int i = 0; i < 3; ++i) {
        const auto* vertex = static_cast<const vertexT*>(set->e[i].p);
        face[static_cast<std::size_t>(i)] = qh_pointid(qh, vertex->point);
      }
      if (facet->toporient != qh_ORIENTclock) std::swap(face[0], face[1]);
      result.faces.push_back(face);
      result.vertices.insert(result.vertices.end(), face.begin(), face.end());
    }
    std::ranges::sort(result.vertices);
    const auto rest = std::ranges::unique(result.vertices);
    result.vertices.erase(rest.begin(), rest.end());
    return result;
  }

  std::string problem() {
    const std::string line = messages_.first_line();
    return line.empty() ? "out of memory" : line;
  }

 private:
  TextStream messages_;
  qhT qh_{};
};

}  // namespace

std::variant<ConvexHull, std::string> convex_hull(const std::vector<Point>& points) {
  std::vector<double> coordinates;
  coordinates.reserve(3 * points.size());
  for (const Point& p : points) coordinates.insert(coordinates.end(), p.begin(), p.end());
  std::string problem;
  // Triangles of merged facets; where merging fails, points joggled by about 1e-13 have none.
  for (const char* options : {"qhull Qt Pp", "qhull QJ Pp"}) {
    Qhull qhull;
    if (!qhull.run(coordinates, options)) {
      problem = qhull.problem();
      continue;
    }
    ConvexHull hull = qhull.hull();
    if (hull.faces.size() >= 4) return hull;
    problem = "fewer than four faces";
  }
  return problem;
}

}  // namespace rigjit::collision
