// Nothing of rigjit or LLVM is destroyed when a process ends. exit(), or a return from main, runs
// the destructors of static objects while other threads go on: one that loads a rig at that time
// would find LLVM's options and tables gone. The system takes the memory back anyway, and the
// library is never unloaded (-z nodelete).

extern "C" {

// Static objects, function-local ones too, register their destructors with it. This definition
// comes before glibc's for whatever it is linked with, and a version script hides it.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the ABI's name
int __cxa_atexit(void (*)(void*), void*, void*) noexcept { return 0; }

}  // extern "C"
