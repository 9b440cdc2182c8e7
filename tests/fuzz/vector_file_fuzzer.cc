// The file of a rig's vectors.
#include "fuzz_target.h"
#include "matrix_bytes.h"
#include "rigjit/vector_file.h"
#include "sample_rig.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using namespace rigjit::fuzz;
  const std::vector<uint8_t> bytes = matrix_bytes({data, size});
  const MemoryFile file(bytes);
  const auto vectors = rigjit::load_vectors(file.path(), sample_rig());
  if (!vectors) {
    require_explained(vectors.errors());
    return 0;
  }
  require(vectors->elements.size() == vectors->count * sample_rig().vec_size(),
          "vectors are whole");
  require(vectors->elements.size() * sizeof(float) <= bytes.size(), "no vector comes from nowhere");
  return 0;
}
