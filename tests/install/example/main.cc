// Converts a rig's rest vector to MessagePack, as any C++17 program would.
#include <rigjit/about.h>
#include <rigjit/cache.h>
#include <rigjit/channel.h>
#include <rigjit/error.h>
#include <rigjit/load.h>
#include <rigjit/result.h>
#include <rigjit/rig.h>

#include <cstdint>
#include <cstdio>
#include <iostream>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: example SPEC\n";
    return 2;
  }
  const rigjit::Result<rigjit::Rig> rig = rigjit::load(argv[1]);
  if (!rig) {
    std::cerr << rigjit::to_string(rig.errors()) << '\n';
    return 1;
  }
  std::vector<std::uint8_t> message(rig->msgpack_size());
  const rigjit::Status status = rig->vec_to_rig(rig->rest_vec().data(), message.data());
  if (!status) {
    std::cerr << rigjit::to_string(status.errors()) << '\n';
    return 1;
  }
  std::fwrite(message.data(), 1, message.size(), stdout);
  return 0;
}
