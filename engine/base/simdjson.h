// simdjson as every file of rigjit sees it: without exceptions, so that its inline functions mean
// the same everywhere and nothing is thrown on anybody's bytes. Include it through this file alone.
#pragma once

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>
