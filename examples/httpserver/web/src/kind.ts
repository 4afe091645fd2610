/** What is imported: products of the catalogue, or the stock of one store. */
export type Kind = 'products' | 'inventory';

/** The address of imports of products. */
export const productsBase = '/api/v1/admin/products/import';

/** The address of the statistics. */
export const analyticsAddress = '/api/v1/admin/import/analytics';

/** Returns the address of the stock imports of a store. */
export function inventoryBase(storeID: string): string {
  return `/api/v1/stores/${encodeURIComponent(storeID)}/inventory/import`;
}
