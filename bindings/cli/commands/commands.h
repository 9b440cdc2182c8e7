// One function a command; each returns the exit code.
#pragma once

#include "commands/options.h"

namespace rigjit::cli {

int check(const CheckOptions& options);
int convert(const ConvertOptions& options);
int show_plan(const ShowOptions& options);
int show_ir(const ShowOptions& options);
int show_assembly(const ShowOptions& options);
int show_schema();
int resolve(const ResolveOptions& options);
int diff(const DiffOptions& options);  // a DiffExitCode
int compile(const CompileOptions& options);
// compile --emit
int emit_files(const CompileOptions& options);
int explain_rig(const ExplainPageOptions& options);

// Those that were asked for, all for kAllPrograms, the usual ones for none.
[[nodiscard]] std::vector<std::string> programs_of(const std::vector<std::string>& asked);
int cache_ls(const CacheOptions& options);
int cache_dir(const CacheOptions& options);
int cache_verify(const CacheOptions& options);
int cache_clear(const CacheOptions& options);
int cache_prune(const CacheOptions& options);
int cache_why(const CacheOptions& options);
int info(const InfoOptions& options);
int penetrations(const PenetrationOptions& options);

}  // namespace rigjit::cli
