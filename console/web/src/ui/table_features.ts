// SPDX-License-Identifier: Apache-2.0
// What the tables of this page can do beyond rows and columns: sort what is loaded, where a column says how.
import { createSortedRowModel, rowSortingFeature, sortFn_alphanumeric, sortFn_basic, tableFeatures } from '@tanstack/react-table';

export const table_features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});

export type Features = typeof table_features;
