/** SQLite's codes for a file that is damaged, and for one that is no database. */
const damaged: readonly number[] = [11, 26]

/** SQLite found the file damaged, or no database at all. */
export const isDamage = (thrown: unknown): thrown is Error & { readonly errcode: number } =>
  thrown instanceof Error && 'errcode' in thrown && damaged.includes(Number(thrown.errcode) & 0xff)
