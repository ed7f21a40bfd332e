#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "sizes.hpp"
#include "trilane/error.hpp"
#include "trilane/product.hpp"
#include "trilane/quantize.hpp"
#include "trilane/trilane.h"

// trilane.h: pointers and sizes become spans, exceptions statuses.

struct trilane_matrix {
  trilane::PackedMatrix packed;
};

struct trilane_pool {
  trilane::ThreadPool threads;
};

namespace {

using namespace trilane;

thread_local char last_error[512] = "";

trilane_status fail(trilane_status status, const char* message) noexcept {
  std::strncpy(last_error, message, sizeof last_error - 1);
  return status;
}

trilane_status status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return TRILANE_INVALID_ARGUMENT;
    case ErrorCode::size_mismatch: return TRILANE_SIZE_MISMATCH;
    case ErrorCode::not_finite: return TRILANE_NOT_FINITE;
    case ErrorCode::overflow: return TRILANE_OVERFLOW;
    case ErrorCode::corrupt_data: return TRILANE_CORRUPT_DATA;
    case ErrorCode::unsupported_arch: return TRILANE_UNSUPPORTED_ARCH;
    case ErrorCode::bad_file:
    case ErrorCode::io: break;  // nothing here reads files
  }
  return TRILANE_INTERNAL;
}

template <class Call>
trilane_status guarded(const Call& call) noexcept {
  try {
    call();
    return TRILANE_OK;
  } catch (const Error& error) {
    return fail(status_of(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    return fail(TRILANE_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(TRILANE_INTERNAL, error.what());
  }
}

template <class T>
T& required(T* pointer, const char* what) {
  if (pointer == nullptr) throw Error(ErrorCode::invalid_argument, std::string(what) + " is null");
  return *pointer;
}

template <class T>
std::span<T> span_of(T* pointer, std::size_t n, const char* what) {
  required(pointer, what);
  return {pointer, n};
}

/// An enumerator that C lets be any number.
template <class E, class C>
E known(C value, E last, const char* what) {
  if (static_cast<unsigned>(value) > static_cast<unsigned>(last)) {
    throw Error(ErrorCode::invalid_argument,
                std::string("there is no ") + what + " " + std::to_string(static_cast<unsigned>(value)));
  }
  return static_cast<E>(value);
}

Format format_of(trilane_format format) { return known(format, Format::tl2, "format"); }

/// A caller's executor as ours.
class Foreign final : public Executor {
 public:
  explicit Foreign(const trilane_executor* executor) : executor_(executor) {
    if (executor != nullptr && executor->run == nullptr) {
      throw Error(ErrorCode::invalid_argument, "the executor's run is null");
    }
  }
  void run(std::size_t count, void (*task)(void* context, std::size_t i), void* context) override {
    executor_->run(executor_->self, count, task, context);
  }
  Executor* pointer() { return executor_ == nullptr ? nullptr : this; }

 private:
  const trilane_executor* executor_;
};

std::span<std::byte> bytes_of(void* workspace, std::size_t bytes) {
  return span_of(static_cast<std::byte*>(workspace), bytes, "workspace");
}

}  // namespace

const char* trilane_last_error() { return last_error; }

const char* trilane_active_arch() {
  const char* found = "";
  guarded([&] { found = active_arch().name().data(); });
  return found;
}

trilane_status trilane_set_active_arch(const char* name) {
  return guarded([&] { set_active_arch(find_arch(&required(name, "name"))); });
}

std::size_t trilane_storage_bytes(trilane_format format, std::size_t rows, std::size_t cols) {
  std::size_t bytes = 0;
  guarded([&] { bytes = storage_bytes(format_of(format), {rows, cols}); });
  return bytes;
}

trilane_status trilane_quantize(const float* weights, std::size_t rows, std::size_t cols, trilane_format format,
                                trilane_scale_rule rule, trilane_granularity granularity, std::uint8_t* codes,
                                std::size_t code_bytes, float* scales, std::size_t scale_count) {
  return guarded([&] {
    const QuantizeOptions options{known(rule, ScaleRule::absmax, "scale rule"),
                                  known(granularity, Granularity::row, "granularity")};
    quantize(span_of(weights, times(rows, cols), "weights"), {rows, cols}, format_of(format), options,
             span_of(codes, code_bytes, "codes"), span_of(scales, scale_count, "scales"));
  });
}

trilane_status trilane_quantize_activations(const float* x, std::size_t n, std::size_t cols, std::int8_t* q, float* a,
                                            std::int32_t* sums) {
  return guarded([&] {
    const std::size_t count = times(n, cols);
    quantize_activations(span_of(x, count, "x"), cols, span_of(q, count, "q"), span_of(a, n, "a"),
                         span_of(sums, n, "sums"));
  });
}

trilane_status trilane_pack(const std::uint8_t* codes, std::size_t code_bytes, const float* scales,
                            std::size_t scale_count, std::size_t rows, std::size_t cols, trilane_format format,
                            trilane_matrix** matrix) {
  return guarded([&] {
    required(matrix, "matrix") = new trilane_matrix{PackedMatrix(
        span_of(codes, code_bytes, "codes"), span_of(scales, scale_count, "scales"), {rows, cols}, format_of(format))};
  });
}

void trilane_free(trilane_matrix* matrix) { delete matrix; }

trilane_status trilane_unpack(const trilane_matrix* matrix, std::uint8_t* codes, std::size_t code_bytes) {
  return guarded([&] { required(matrix, "matrix").packed.unpack(span_of(codes, code_bytes, "codes")); });
}

trilane_pool* trilane_pool_create(unsigned threads) {
  trilane_pool* pool = nullptr;
  guarded([&] { pool = new trilane_pool{ThreadPool(threads)}; });
  return pool;
}

void trilane_pool_free(trilane_pool* pool) { delete pool; }

trilane_executor trilane_pool_executor(trilane_pool* pool) {
  const auto run = [](void* self, std::size_t count, void (*task)(void*, std::size_t), void* context) {
    static_cast<trilane_pool*>(self)->threads.run(count, task, context);
  };
  return {run, pool};
}

std::size_t trilane_workspace_bytes(const trilane_matrix* matrix, std::size_t n) {
  return matrix == nullptr ? 0 : workspace_bytes(matrix->packed, n);
}

trilane_status trilane_gemm(const trilane_matrix* matrix, const std::int8_t* q, const float* a, std::size_t n, float* y,
                            void* workspace, std::size_t workspace_bytes, const trilane_executor* executor) {
  return guarded([&] {
    const PackedMatrix& w = required(matrix, "matrix").packed;
    Foreign foreign(executor);
    gemm(w, {span_of(q, times(n, w.shape().cols), "q"), span_of(a, n, "a")}, span_of(y, times(n, w.shape().rows), "y"),
         bytes_of(workspace, workspace_bytes), foreign.pointer());
  });
}

trilane_status trilane_gemm_sums(const trilane_matrix* matrix, const std::int8_t* q, std::size_t n, std::int32_t* sums,
                                 void* workspace, std::size_t workspace_bytes, const trilane_executor* executor) {
  return guarded([&] {
    const PackedMatrix& w = required(matrix, "matrix").packed;
    Foreign foreign(executor);
    gemm_sums(w, span_of(q, times(n, w.shape().cols), "q"), span_of(sums, times(n, w.shape().rows), "sums"),
              bytes_of(workspace, workspace_bytes), foreign.pointer());
  });
}
