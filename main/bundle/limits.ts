/** What a bundle may be at most, whoever made it. One that is larger is refused before it is read any further. */
export interface BundleLimits {
  /** Of the file. */
  readonly fileBytes: number
  /** Of what it expands to. */
  readonly bytes: number
  /** How often larger that may be than the file, beyond the first `ratioFreeBytes`. */
  readonly ratio: number
  readonly ratioFreeBytes: number
  readonly lineBytes: number
  readonly rows: number
  /** How deep JSON may be nested. */
  readonly depth: number
}

const mib = 1024 ** 2

export const bundleLimits: BundleLimits = {
  fileBytes: 64 * mib,
  bytes: 256 * mib,
  ratio: 200,
  ratioFreeBytes: 16 * mib,
  lineBytes: 4 * mib,
  rows: 1_000_000,
  depth: 64,
}
