/** `sync-series` as the API's enums write it: `SYNC_SERIES`. */
export function enumName(kebab: string): string {
  return kebab.toUpperCase().replaceAll('-', '_');
}
