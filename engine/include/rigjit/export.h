// Marks what librigjit.so shows to its users; everything else in it stays hidden.
#pragma once

#define RIGJIT_EXPORT __attribute__((visibility("default")))
