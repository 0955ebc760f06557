import { readFileSync } from 'node:fs'

/** Fails when a package of the lockfile has a licence we have not agreed to ship or to build with. */
const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  'PSF-2.0',
  'BSL-1.0',
  'Unlicense',
  'WTFPL',
  'CC0-1.0',
  // File-level copyleft: fine for build tools (lightningcss, axe-core) that are not part of what is shipped.
  'MPL-2.0',
])

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>
}

/** `(MIT OR Apache-2.0)` is allowed when either is; `A AND B` when both are. */
const isAllowed = (expression: string): boolean =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((option) => option.split(' AND ').every((licence) => allowed.has(licence.trim())))

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile
const entries = Object.entries(packages).filter(([path]) => path !== '')
const refused = entries.filter(([, { license }]) => license === undefined || !isAllowed(license))

for (const [path, { license }] of refused)
  console.error(`${path}: licence ${license ?? 'not stated'} is not on the list`)
console.log(`${entries.length - refused.length} of ${entries.length} packages have an agreed licence`)
process.exit(refused.length === 0 ? 0 : 1)
