/* Knows nothing of rigjit: calls KERNEL with every frame of standard input, IN floats each, and
 * writes its result and the OUT bytes that it made to standard output. With STATE, the function
 * continues what the frame before left in so many floats. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef STATE
extern int KERNEL(const float *in, unsigned char *out, const float *previous, float *next);
#else
extern int KERNEL(const float *in, unsigned char *out);
#endif

int main(void) {
  static float in[IN];
  static unsigned char out[OUT];
#ifdef STATE
  static float states[2][(STATE + 15) / 16 * 16] __attribute__((aligned(64)));
  int now = 0;
  for (int i = 0; i < STATE; ++i) states[0][i] = NAN;
#endif
  while (fread(in, sizeof(float), IN, stdin) == IN) {
    int32_t bad;
    memset(out, 0, sizeof(out));
#ifdef STATE
    bad = KERNEL(in, out, states[now], states[1 - now]);
    if (bad == 0) now = 1 - now;
#else
    bad = KERNEL(in, out);
#endif
    bad = bad != 0;
    fwrite(&bad, sizeof(bad), 1, stdout);
    fwrite(out, 1, sizeof(out), stdout);
  }
  return 0;
}
