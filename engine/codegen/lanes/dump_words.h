// Numbers and instructions as dumps call them.
#pragma once

#include <llvm/IR/Instruction.h>

#include <span>
#include <string>

namespace rigjit {

// The shortest decimal digits that read back as the same number, without an exponent where people
// would write none.
[[nodiscard]] std::string plain_digits(float value);
[[nodiscard]] std::string plain_digits(double value);

// "0x7fffffff"; small numbers in decimal.
[[nodiscard]] std::string word_digits(uint32_t value);

// All of them, with spaces between; of many equal ones at the end the first and how often.
[[nodiscard]] std::string text_of_numbers(std::span<const float> values);
[[nodiscard]] std::string text_of_numbers(std::span<const double> values);
[[nodiscard]] std::string text_of_numbers(std::span<const uint32_t> values);
[[nodiscard]] std::string text_of_numbers(std::span<const uint8_t> values);

// What an instruction gives, in a word: "sum", "fma", "permuted".
[[nodiscard]] const char* word_of(const llvm::Instruction& instruction);

}  // namespace rigjit
