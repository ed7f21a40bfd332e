#include <stdio.h>
#include <stdlib.h>
#include <trilane/trilane.h>

int main(void) {
  const float weights[8] = {0.5f, -0.25f, 1.0f, -1.0f, 0.0f, 0.75f, -0.5f, 0.125f}; /* 2 rows of 4 */
  const float x[4] = {1.0f, -2.0f, 3.0f, 4.0f};
  uint8_t codes[64];
  float scale, a, y[2];
  int8_t q[4];
  int32_t sum;
  trilane_matrix* matrix = NULL;

  if (trilane_quantize(weights, 2, 4, TRILANE_I2_S, TRILANE_ABSMEAN, TRILANE_PER_TENSOR, codes, sizeof codes, &scale,
                       1) ||
      trilane_quantize_activations(x, 1, 4, q, &a, &sum) ||
      trilane_pack(codes, sizeof codes, &scale, 1, 2, 4, TRILANE_I2_S, &matrix)) {
    fprintf(stderr, "%s\n", trilane_last_error());
    return 1;
  }
  size_t bytes = trilane_workspace_bytes(matrix, 1);
  void* workspace = malloc(bytes);
  if (trilane_gemm(matrix, q, &a, 1, y, workspace, bytes, NULL)) {
    fprintf(stderr, "%s\n", trilane_last_error());
    return 1;
  }
  printf("%g %g\n", y[0], y[1]);
  free(workspace);
  trilane_free(matrix);
  return 0;
}
