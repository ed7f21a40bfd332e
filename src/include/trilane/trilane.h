#ifndef TRILANE_TRILANE_H
#define TRILANE_TRILANE_H

/* Ternary products for engines in C or with a C interface: the calls of trilane.hpp, which explains them. Formulas, shapes and
 * layouts are the same. Calls return a status, never throw, and are safe from any thread; results do not depend on threads, nor on the
 * calling thread's floating-point environment, which calls leave as it is. */

#include <stddef.h>
#include <stdint.h>

#include "trilane/api.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trilane_status {
  TRILANE_OK = 0,
  TRILANE_INVALID_ARGUMENT, /* a value that no call accepts: a null pointer, zero rows, an unknown name, q = -128 */
  TRILANE_SIZE_MISMATCH,    /* a length that does not fit the shape */
  TRILANE_NOT_FINITE,       /* NaN or infinity among the inputs */
  TRILANE_OVERFLOW,         /* a sum, a size or a product that its type cannot hold */
  TRILANE_CORRUPT_DATA,     /* storage that no quantizer writes */
  TRILANE_UNSUPPORTED_ARCH, /* an arch that this build has and this CPU lacks */
  TRILANE_OUT_OF_MEMORY,
  TRILANE_INTERNAL /* a bug of trilane */
} trilane_status;

/* One line about the last call of this thread that failed; "" if none did. Valid until the next failure. */
TRILANE_API const char* trilane_last_error(void);

typedef enum trilane_format { TRILANE_I2_S = 0, TRILANE_TL1, TRILANE_TL2 } trilane_format;
typedef enum trilane_scale_rule { TRILANE_ABSMEAN = 0, TRILANE_ABSMAX } trilane_scale_rule;
typedef enum trilane_granularity { TRILANE_PER_TENSOR = 0, TRILANE_PER_ROW } trilane_granularity;

/* The arch that calls use, and a way to force another: "scalar", "avx2" ... Calls after that use it. */
TRILANE_API const char* trilane_active_arch(void);
TRILANE_API trilane_status trilane_set_active_arch(const char* name);

/* Bytes of the codes of rows x cols weights; 0 if the shape is impossible. */
TRILANE_API size_t trilane_storage_bytes(trilane_format format, size_t rows, size_t cols);

/* weights: rows * cols floats. codes: code_bytes == trilane_storage_bytes(). scales: 1 float, or one a row. */
TRILANE_API trilane_status trilane_quantize(const float* weights, size_t rows, size_t cols, trilane_format format,
                                            trilane_scale_rule rule, trilane_granularity granularity, uint8_t* codes,
                                            size_t code_bytes, float* scales, size_t scale_count);

/* x: n * cols floats. q: n * cols. a, sums: n each. */
TRILANE_API trilane_status trilane_quantize_activations(const float* x, size_t n, size_t cols, int8_t* q, float* a,
                                                        int32_t* sums);

/* Weights in the order of the active arch. */
typedef struct trilane_matrix trilane_matrix;

/* Makes *matrix, which trilane_free() frees; codes and scales can go afterwards. */
TRILANE_API trilane_status trilane_pack(const uint8_t* codes, size_t code_bytes, const float* scales,
                                        size_t scale_count, size_t rows, size_t cols, trilane_format format,
                                        trilane_matrix** matrix);
TRILANE_API void trilane_free(trilane_matrix* matrix);

/* The storage bytes back: code_bytes == trilane_storage_bytes(). */
TRILANE_API trilane_status trilane_unpack(const trilane_matrix* matrix, uint8_t* codes, size_t code_bytes);

/* Where the parts of a product run: run() calls task(context, i) once for each i < count, on any threads and in any order, and
 * returns when all are done. */
typedef struct trilane_executor {
  void (*run)(void* self, size_t count, void (*task)(void* context, size_t i), void* context);
  void* self;
} trilane_executor;

/* A small pool of threads, the caller's among them; NULL where there are none, or for 0. */
typedef struct trilane_pool trilane_pool;
TRILANE_API trilane_pool* trilane_pool_create(unsigned threads);
TRILANE_API void trilane_pool_free(trilane_pool* pool);
TRILANE_API trilane_executor trilane_pool_executor(trilane_pool* pool);

/* Bytes that a product of n vectors needs to prepare activations. */
TRILANE_API size_t trilane_workspace_bytes(const trilane_matrix* matrix, size_t n);

/* Y = X * W^T: q n x cols with a factor a each, y n x rows, all row-major. executor: NULL for the calling thread alone. */
TRILANE_API trilane_status trilane_gemm(const trilane_matrix* matrix, const int8_t* q, const float* a, size_t n,
                                        float* y, void* workspace, size_t workspace_bytes,
                                        const trilane_executor* executor);

/* The exact sums alone: sums n x rows. */
TRILANE_API trilane_status trilane_gemm_sums(const trilane_matrix* matrix, const int8_t* q, size_t n, int32_t* sums,
                                             void* workspace, size_t workspace_bytes, const trilane_executor* executor);

#ifdef __cplusplus
}
#endif

#endif
