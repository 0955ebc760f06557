import { spawnSync } from 'node:child_process'
import { buildIfStale } from './build.ts'

/** `npm run package [-- electron-builder arguments]`: installers for this platform; `--dir` for an unpacked folder. */
await buildIfStale()
const run = spawnSync(
  process.execPath,
  [
    'node_modules/electron-builder/cli.js',
    '--config',
    'electron-builder.yml',
    '--publish',
    'never',
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
)
process.exit(run.status ?? 1)
