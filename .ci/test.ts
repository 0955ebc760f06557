import { spawnSync } from 'node:child_process'
import { buildIfStale } from './build.ts'
import { findChromium, findKubectl } from './tools.ts'

/**
 * `npm test [-- vitest arguments]`: builds what is stale, finds (on Debian as root: installs) the browser and kubectl that
 * the tests drive, then runs every suite.
 */
const chromium = findChromium()
const kubectl = findKubectl()
await buildIfStale()
const run = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', '.ci/vitest.config.ts', ...process.argv.slice(2)],
  // Building in this process has set NODE_ENV to production, under which React has no `act`.
  { stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test', ARGOSY_CHROMIUM: chromium, ARGOSY_KUBECTL: kubectl } },
)
process.exit(run.status ?? 1)
