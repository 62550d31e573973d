#include "engine/ops/internal/attention_kernels.h"
#include "engine/ops/internal/row_kernels.h"
#include "engine/ops/internal/table_of_set.h"

namespace fantascope::ops::internal {

const KernelTable& avx512_kernels(Storage storage) { return table_of_set<Singles>(storage); }
const KernelTable& avx512_bf16_kernels(Storage storage) { return table_of_set<Pairs>(storage); }

}  // namespace fantascope::ops::internal
